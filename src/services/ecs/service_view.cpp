#include "services/ecs/service_view.h"

#include <algorithm>

namespace slipway::services::ecs {

namespace {

std::optional<std::string> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

TaskCount count_of(const TaskCounts& tasks, std::string_view deployment) {
  const auto found = tasks.find(deployment);
  return found == tasks.end() ? TaskCount{} : found->second;
}

// The digits of a revision's ARN.
std::string_view id_of(std::string_view revision_arn) {
  return revision_arn.substr(revision_arn.rfind('/') + 1);
}

bool is_primary(const model::Service& service, std::string_view id) {
  return std::ranges::any_of(service.deployments, [&](const model::Deployment& deployment) {
    return deployment.id == id && deployment.status == model::DeploymentStatus::Primary;
  });
}

// A deployment that is PRIMARY wants what the service wants; an older one what is left of it.
std::int64_t desired_of(const model::Service& service, std::string_view id, const TaskCount& count) {
  return is_primary(service, id) ? service.desired_count : count.wanted();
}

template <class Summary>
Summary summary_of(const model::Service& service, const TaskCounts& tasks, const std::string& revision_arn) {
  const auto count = count_of(tasks, id_of(revision_arn));
  Summary summary;
  summary.arn = revision_arn;
  summary.requested_task_count = static_cast<std::int32_t>(desired_of(service, id_of(revision_arn), count));
  summary.running_task_count = static_cast<std::int32_t>(count.running);
  summary.pending_task_count = static_cast<std::int32_t>(count.pending);
  return summary;
}

void add_revision(api::ecs::Deployment& view, const api::ecs::ServiceRevision& revision) {
  view.launch_type = revision.launch_type;
  view.capacity_provider_strategy = revision.capacity_provider_strategy;
  view.platform_version = revision.platform_version;
  view.platform_family = revision.platform_family;
  view.network_configuration = revision.network_configuration;
  view.service_connect_configuration = revision.service_connect_configuration;
}

api::ecs::Deployment deployment_view(const model::Service& service, const model::Deployment& deployment,
                                     const ServiceFacts& facts) {
  const auto count = count_of(facts.tasks, deployment.id);
  api::ecs::Deployment view;
  view.id = model::deployment_name(deployment.id);
  view.status = model::to_string(deployment.status);
  view.task_definition = deployment.definition_arn;
  view.desired_count = static_cast<std::int32_t>(desired_of(service, deployment.id, count));
  view.pending_count = static_cast<std::int32_t>(count.pending);
  view.running_count = static_cast<std::int32_t>(count.running);
  view.failed_tasks = static_cast<std::int32_t>(deployment.failed_tasks);
  view.created_at = deployment.created_at;
  view.updated_at = std::max(deployment.updated_at, count.changed_at);
  view.rollout_state = model::to_string(deployment.rollout);
  view.rollout_state_reason = unless_empty(deployment.rollout_reason);
  for (const auto& revision : facts.revisions) {
    if (revision->id == deployment.id) add_revision(view, *revision->document);
  }
  return view;
}

std::vector<api::ecs::ServiceEvent> events_view(const std::vector<model::ServiceEvent>& events) {
  std::vector<api::ecs::ServiceEvent> view;
  view.reserve(events.size());
  for (const auto& event : events) {
    auto& shown = view.emplace_back();
    shown.id = event.id;
    shown.created_at = event.created_at;
    shown.message = event.message;
  }
  return view;
}

// The model has alarms in every service deployment, also where none are watched.
api::ecs::DeploymentConfiguration with_alarms(api::ecs::DeploymentConfiguration configuration) {
  if (!configuration.alarms) {
    auto& alarms = configuration.alarms.emplace();
    alarms.alarm_names.emplace();
    alarms.rollback = alarms.enable = false;
  }
  return configuration;
}

}  // namespace

TaskCounts count_tasks(const std::vector<model::TaskPtr>& tasks) {
  TaskCounts counts;
  for (const auto& task : tasks) {
    if (task->last_status == model::TaskStatus::Stopped) continue;
    auto& count = counts[std::string(model::deployment_of(task->started_by))];
    count.changed_at = std::max(count.changed_at, task->updated_at);
    if (task->desired_status != model::DesiredStatus::Running) continue;
    if (task->last_status == model::TaskStatus::Running) ++count.running;
    if (task->last_status < model::TaskStatus::Running) ++count.pending;
  }
  return counts;
}

api::ecs::Service service_view(const model::Service& service, const ServiceFacts& facts) {
  api::ecs::Service view = *service.document;
  view.service_arn = service.arn;
  view.service_name = service.name;
  view.cluster_arn = model::cluster_arn(service.scope, service.cluster);
  view.status = model::to_string(service.status);
  view.desired_count = static_cast<std::int32_t>(service.desired_count);
  std::int64_t running = 0;
  std::int64_t pending = 0;
  auto& revisions = view.current_service_revisions.emplace();
  for (const auto& [id, count] : facts.tasks) {
    running += count.running;
    pending += count.pending;
  }
  view.running_count = static_cast<std::int32_t>(running);
  view.pending_count = static_cast<std::int32_t>(pending);
  auto& deployments = view.deployments.emplace();
  for (const auto& deployment : service.deployments) {
    deployments.push_back(deployment_view(service, deployment, facts));
    if (count_of(facts.tasks, deployment.id).wanted() > 0) {
      const auto arn =
          model::service_revision_arn(service.scope, service.cluster, service.name, deployment.id);
      revisions.push_back(summary_of<api::ecs::ServiceCurrentRevisionSummary>(service, facts.tasks, arn));
    }
  }
  view.events = events_view(facts.events);
  view.created_at = service.created_at;
  view.created_by = service.created_by;
  view.current_service_deployment = unless_empty(service.current_deployment);
  view.resource_management_type = "CUSTOMER";
  return view;
}

api::ecs::ServiceDeployment service_deployment_view(const model::ServiceDeployment& deployment,
                                                    const model::Service& service, const TaskCounts& tasks) {
  using Summary = api::ecs::ServiceRevisionSummary;
  api::ecs::ServiceDeployment view;
  view.service_deployment_arn = deployment.arn;
  view.service_arn = deployment.service_arn;
  view.cluster_arn = model::cluster_arn(service.scope, service.cluster);
  view.created_at = deployment.created_at;
  view.started_at = deployment.started_at;
  view.finished_at = deployment.finished_at;
  view.stopped_at = deployment.stopped_at;
  view.updated_at = deployment.updated_at;
  auto& sources = view.source_service_revisions.emplace();
  for (const auto& arn : deployment.source_revisions) {
    sources.push_back(summary_of<Summary>(service, tasks, arn));
  }
  view.target_service_revision = summary_of<Summary>(service, tasks, deployment.target_revision);
  view.status = model::to_string(deployment.status);
  view.status_reason = unless_empty(deployment.status_reason);
  view.deployment_configuration = with_alarms(*deployment.configuration);
  if (const auto& rolled_back = deployment.rolled_back) {
    auto& rollback = view.rollback.emplace();
    rollback.reason = unless_empty(rolled_back->reason);
    rollback.started_at = rolled_back->started_at;
    rollback.service_revision_arn = unless_empty(rolled_back->revision_arn);
  }
  auto& breaker = view.deployment_circuit_breaker.emplace();
  breaker.status = model::to_string(deployment.breaker);
  breaker.failure_count = static_cast<std::int32_t>(deployment.breaker_failures);
  breaker.threshold = static_cast<std::int32_t>(deployment.breaker_threshold);
  view.alarms.emplace().status = "DISABLED";
  return view;
}

api::ecs::ServiceDeploymentBrief service_deployment_brief(const model::ServiceDeployment& deployment,
                                                          const model::Service& service) {
  api::ecs::ServiceDeploymentBrief view;
  view.service_deployment_arn = deployment.arn;
  view.service_arn = deployment.service_arn;
  view.cluster_arn = model::cluster_arn(service.scope, service.cluster);
  view.started_at = deployment.started_at;
  view.created_at = deployment.created_at;
  view.finished_at = deployment.finished_at;
  view.target_service_revision_arn = deployment.target_revision;
  view.status = model::to_string(deployment.status);
  view.status_reason = unless_empty(deployment.status_reason);
  return view;
}

api::ecs::ServiceRevision service_revision_view(const model::ServiceRevision& revision) {
  api::ecs::ServiceRevision view = *revision.document;
  view.guard_duty_enabled = false;
  if (!view.service_connect_configuration) view.service_connect_configuration.emplace().enabled = false;
  return view;
}

}  // namespace slipway::services::ecs
