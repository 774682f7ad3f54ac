#include "store/service_document.h"

#include "store/document_parts.h"

namespace slipway::store {
namespace {

void write_number(JsonWriter& out, std::string_view name, std::int64_t value, std::int64_t left_out) {
  if (value == left_out) return;
  out.key(name);
  out.value(value);
}

// The first value of an enumeration is its default.
template <class Enum>
void write_word(JsonWriter& out, std::string_view name, Enum value) {
  if (value != Enum{}) out.text(name, to_string(value));
}

void write_deployment(JsonWriter& out, const model::Deployment& deployment) {
  out.begin_object();
  out.text("id", deployment.id);
  out.text("definition", deployment.definition_arn);
  write_word(out, "status", deployment.status);
  write_word(out, "rollout", deployment.rollout);
  out.text("rolloutReason", deployment.rollout_reason);
  out.number("failedTasks", deployment.failed_tasks);
  write_time(out, "createdAt", deployment.created_at);
  write_time(out, "updatedAt", deployment.updated_at);
  out.number("failedStarts", deployment.failed_starts);
  write_time(out, "nextStartAt", deployment.next_start_at);
  out.number("crashes", deployment.crashes);
  write_time(out, "lastFailureAt", deployment.last_failure_at);
  out.number("healthyThen", deployment.healthy_then);
  out.end_object();
}

model::Deployment read_deployment(JsonReader& in) {
  model::Deployment deployment;
  in.object([&](std::string_view key) {
    if (key == "id") return void(deployment.id = in.string());
    if (key == "definition") return void(deployment.definition_arn = in.string());
    if (key == "status")
      return void(deployment.status = word(in, model::parse_deployment_status, "deployment status"));
    if (key == "rollout")
      return void(deployment.rollout = word(in, model::parse_rollout_state, "rollout state"));
    if (key == "rolloutReason") return void(deployment.rollout_reason = in.string());
    if (key == "failedTasks") return void(deployment.failed_tasks = in.integer());
    if (key == "createdAt") return void(deployment.created_at = read_time(in));
    if (key == "updatedAt") return void(deployment.updated_at = read_time(in));
    if (key == "failedStarts") return void(deployment.failed_starts = in.integer());
    if (key == "nextStartAt") return void(deployment.next_start_at = read_time(in));
    if (key == "crashes") return void(deployment.crashes = in.integer());
    if (key == "lastFailureAt") return void(deployment.last_failure_at = read_time(in));
    if (key == "healthyThen") return void(deployment.healthy_then = in.integer());
    in.skip();
  });
  return deployment;
}

void write_placement_failure(JsonWriter& out, const model::PlacementFailure& failure) {
  out.begin_object();
  out.text("text", failure.text);
  write_time(out, "since", failure.since);
  write_time(out, "toldAt", failure.told_at);
  write_time(out, "retryAt", failure.retry_at);
  out.end_object();
}

model::PlacementFailure read_placement_failure(JsonReader& in) {
  model::PlacementFailure failure;
  in.object([&](std::string_view key) {
    if (key == "text") return void(failure.text = in.string());
    if (key == "since") return void(failure.since = read_time(in));
    if (key == "toldAt") return void(failure.told_at = read_time(in));
    if (key == "retryAt") return void(failure.retry_at = read_time(in));
    in.skip();
  });
  return failure;
}

void write_rollback(JsonWriter& out, const model::ServiceDeployment::Rollback& rollback) {
  out.begin_object();
  out.text("reason", rollback.reason);
  write_time(out, "startedAt", rollback.started_at);
  out.text("revision", rollback.revision_arn);
  out.end_object();
}

model::ServiceDeployment::Rollback read_rollback(JsonReader& in) {
  model::ServiceDeployment::Rollback rollback;
  in.object([&](std::string_view key) {
    if (key == "reason") return void(rollback.reason = in.string());
    if (key == "startedAt") return void(rollback.started_at = read_time(in));
    if (key == "revision") return void(rollback.revision_arn = in.string());
    in.skip();
  });
  return rollback;
}

// The deployments and what the scheduler remembers.
void write_progress(JsonWriter& out, const model::Service& service) {
  if (!service.deployments.empty()) {
    out.key("deployments");
    out.begin_array();
    for (const auto& deployment : service.deployments) write_deployment(out, deployment);
    out.end_array();
  }
  if (service.last_completed) {
    out.key("lastCompleted");
    write_deployment(out, *service.last_completed);
  }
  out.text("currentDeployment", service.current_deployment);
  if (service.placement_failure) {
    out.key("placementFailure");
    write_placement_failure(out, *service.placement_failure);
  }
  write_time(out, "steadySince", service.steady_since);
  out.flag("blockedTold", service.blocked_told);
  out.text("protectionTold", service.protection_told);
}

std::vector<model::Deployment> read_deployments(JsonReader& in) {
  std::vector<model::Deployment> deployments;
  in.array([&] { deployments.push_back(read_deployment(in)); });
  return deployments;
}

// False: the key of something else.
bool read_progress(JsonReader& in, std::string_view key, model::Service& service) {
  if (key == "deployments") return service.deployments = read_deployments(in), true;
  if (key == "lastCompleted") return service.last_completed = read_deployment(in), true;
  if (key == "currentDeployment") return service.current_deployment = in.string(), true;
  if (key == "placementFailure") return service.placement_failure = read_placement_failure(in), true;
  if (key == "steadySince") return service.steady_since = read_time(in), true;
  if (key == "blockedTold") return service.blocked_told = in.boolean(), true;
  if (key == "protectionTold") return service.protection_told = in.string(), true;
  return false;
}

template <class Document>
std::shared_ptr<const Document> read_api(JsonReader& in) {
  return std::make_shared<const Document>(protocol::from_json<Document>(in.raw()));
}

}  // namespace

std::string write_service_document(const model::Service& service) {
  JsonWriter out;
  out.begin_object();
  out.number("desired", service.desired_count);
  const model::Service defaults;
  write_number(out, "minimumHealthy", service.minimum_healthy_percent, defaults.minimum_healthy_percent);
  write_number(out, "maximum", service.maximum_percent, defaults.maximum_percent);
  out.flag("breaker", service.circuit_breaker);
  out.flag("rollback", service.rollback);
  out.number("grace", service.health_check_grace_seconds);
  write_progress(out, service);
  write_time(out, "inactiveAt", service.inactive_at);
  out.text("createdBy", service.created_by);
  if (!service.tags.empty()) {
    out.key("tags");
    write_tags(out, service.tags);
  }
  if (service.document) {
    out.key("asked");
    out.raw(protocol::to_json(*service.document));
  }
  out.end_object();
  return out.take();
}

void read_service_document(std::string_view json, model::Service& service) {
  JsonReader in(json);
  in.object([&](std::string_view key) {
    if (key == "desired") return void(service.desired_count = in.integer());
    if (key == "minimumHealthy") return void(service.minimum_healthy_percent = small<std::int32_t>(in));
    if (key == "maximum") return void(service.maximum_percent = small<std::int32_t>(in));
    if (key == "breaker") return void(service.circuit_breaker = in.boolean());
    if (key == "rollback") return void(service.rollback = in.boolean());
    if (key == "grace") return void(service.health_check_grace_seconds = in.integer());
    if (key == "inactiveAt") return void(service.inactive_at = read_time(in));
    if (key == "createdBy") return void(service.created_by = in.string());
    if (key == "tags") return void(service.tags = read_tags(in));
    if (key == "asked") return void(service.document = read_api<api::ecs::Service>(in));
    if (!read_progress(in, key, service)) in.skip();
  });
  in.end();
}

std::string write_deployment_document(const model::ServiceDeployment& deployment) {
  JsonWriter out;
  out.begin_object();
  out.text("statusReason", deployment.status_reason);
  out.text("target", deployment.target_revision);
  write_strings(out, "sources", deployment.source_revisions);
  if (deployment.rolled_back) {
    out.key("rolledBack");
    write_rollback(out, *deployment.rolled_back);
  }
  write_word(out, "breaker", deployment.breaker);
  out.number("breakerFailures", deployment.breaker_failures);
  out.number("breakerThreshold", deployment.breaker_threshold);
  write_time(out, "startedAt", deployment.started_at);
  write_time(out, "finishedAt", deployment.finished_at);
  write_time(out, "stoppedAt", deployment.stopped_at);
  if (deployment.configuration) {
    out.key("configuration");
    out.raw(protocol::to_json(*deployment.configuration));
  }
  out.end_object();
  return out.take();
}

void read_deployment_document(std::string_view json, model::ServiceDeployment& deployment) {
  JsonReader in(json);
  in.object([&](std::string_view key) {
    if (key == "statusReason") return void(deployment.status_reason = in.string());
    if (key == "target") return void(deployment.target_revision = in.string());
    if (key == "sources") return void(deployment.source_revisions = read_strings(in));
    if (key == "rolledBack") return void(deployment.rolled_back = read_rollback(in));
    if (key == "breaker")
      return void(deployment.breaker = word(in, model::parse_breaker_status, "breaker status"));
    if (key == "breakerFailures") return void(deployment.breaker_failures = in.integer());
    if (key == "breakerThreshold") return void(deployment.breaker_threshold = in.integer());
    if (key == "startedAt") return void(deployment.started_at = read_time(in));
    if (key == "finishedAt") return void(deployment.finished_at = read_time(in));
    if (key == "stoppedAt") return void(deployment.stopped_at = read_time(in));
    if (key == "configuration")
      return void(deployment.configuration = read_api<api::ecs::DeploymentConfiguration>(in));
    in.skip();
  });
  in.end();
}

}  // namespace slipway::store
