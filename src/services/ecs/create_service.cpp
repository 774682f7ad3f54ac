#include <utility>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/new_deployment.h"
#include "services/ecs/service.h"
#include "services/ecs/service_answer.h"
#include "services/ecs/service_document.h"
#include "services/ecs/service_extras.h"
#include "services/ecs/service_rules.h"
#include "services/ecs/tag_rules.h"
#include "services/ecs/task_definition.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

using Request = api::ecs::CreateServiceRequest;
constexpr const char* kOperation = "CreateService";

[[noreturn]] void throw_not_idempotent() {
  throw api::ecs::invalid_parameter("Creation of service was not idempotent.");
}

std::string hash_of(Request request) {
  request.client_token.reset();
  return std::to_string(filter_hash({protocol::to_json(request)}));
}

// The service that this token made before, while it lives; nullptr for a request without a token or with a
// new one.
model::ServicePtr replay_token(const store::Transaction& transaction, const Caller& caller,
                               const Request& request) {
  if (request.client_token.value_or("").empty()) return nullptr;
  const auto record = transaction.find_token(caller.scope, kOperation, *request.client_token);
  if (!record) return nullptr;
  auto made = transaction.find_service(record->result);
  if (!made || made->status != model::ServiceStatus::Active) return nullptr;
  if (record->request_hash != hash_of(request)) throw_not_idempotent();
  return made;
}

void keep_token(store::Transaction& transaction, const Caller& caller, const Request& request,
                const model::Service& service) {
  if (request.client_token.value_or("").empty()) return;
  store::TokenRecord record;
  record.operation = kOperation;
  record.token = *request.client_token;
  record.request_hash = hash_of(request);
  record.result = service.arn;
  record.created_at = caller.now.control;
  transaction.put(caller.scope, std::move(record));
}

// Both are as asked for at first or updated since; what the scheduler does to a service does not count.
bool same_wish(const model::Service& a, const model::Service& b) {
  return *a.document == *b.document && a.desired_count == b.desired_count && a.tags == b.tags;
}

// In ECS's order: cluster, task definition, the members' forms, then what depends on both
// (control-plane.md 5.1).
SettledService settle(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                      const WantedService& wanted, const Request& request) {
  refuse_daemon(request);
  if (!request.desired_count) throw api::ecs::invalid_parameter("desiredCount should not be null or empty.");
  auto settled = settle_service(context, transaction, caller, wanted);
  if (!request.role.value_or("").empty()) {
    throw api::ecs::invalid_parameter(
        settled.document.role_arn
            ? "You cannot specify an IAM role for services that require a service linked role"
            : "IAM roles are only valid for services configured to use load balancers");
  }
  return settled;
}

model::Service new_service(const model::Cluster& cluster, const Caller& caller, const Request& request,
                           api::ecs::Service document) {
  model::Service service;
  service.scope = caller.scope;
  service.cluster = cluster.name;
  service.name = *request.service_name;
  service.arn = model::service_arn(caller.scope, cluster.name, service.name);
  service.desired_count = *request.desired_count;
  service.created_at = service.updated_at = caller.now.control;
  service.created_by = caller.principal_arn;
  service.tags = checked_tags(request.tags);
  return with_document(std::move(service), std::move(document));
}

api::ecs::CreateServiceResponse answer(api::ecs::Service shown, const model::Service& service) {
  if (!service.tags.empty()) shown.tags = tags_view(service.tags);
  api::ecs::CreateServiceResponse response;
  response.service = std::move(shown);
  return response;
}

}  // namespace

api::ecs::CreateServiceResponse create_service(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller, const Request& request) {
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  rules::check_rules_of("serviceName", kOperation, request);
  rules::check_rules_of("deploymentController", kOperation, request);
  refuse_controllers(request);
  rules::check_rules_of("taskDefinition", kOperation, request);
  if (const auto again = replay_token(transaction, caller, request)) {
    return answer(shown_service(transaction, *again), *again);
  }
  const auto definition = resolve_task_definition(transaction, caller.scope, *request.task_definition);
  rules::check_rules(kOperation, request);
  const LaunchRequest launch{request.launch_type, request.capacity_provider_strategy,
                             request.platform_version};
  auto settled =
      settle(context, transaction, caller,
             {*cluster, *definition, new_document(request), launch, extras_of(request), "created"}, request);
  auto service = new_service(*cluster, caller, request, std::move(settled.document));
  const auto known = transaction.find_service(service.arn);
  if (known && known->status == model::ServiceStatus::Draining) {
    throw api::ecs::invalid_parameter("Unable to Start a service that is still Draining.");
  }
  if (known && known->status == model::ServiceStatus::Active) {
    // A service that another token made, or none, is another creation.
    if (!request.client_token.value_or("").empty() || !same_wish(*known, service)) throw_not_idempotent();
    return answer(shown_service(transaction, *known), *known);
  }
  if (known) transaction.remove_service(known->arn);
  service = open_deployment(
      context.ids, transaction, std::move(service),
      {*definition, std::move(settled.platform_version), request.service_connect_configuration, caller.now});
  warn_of_service(transaction, caller, *definition, service);
  auto shown = shown_service(transaction, service);
  // A former service of that name left its own.
  shown.events->clear();
  auto response = answer(std::move(shown), service);
  keep_token(transaction, caller, request, service);
  transaction.put(std::move(service));
  return response;
}

}  // namespace slipway::services::ecs
