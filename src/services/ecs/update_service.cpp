#include <utility>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/new_deployment.h"
#include "services/ecs/service.h"
#include "services/ecs/service_answer.h"
#include "services/ecs/service_document.h"
#include "services/ecs/service_extras.h"
#include "services/ecs/service_lookup.h"
#include "services/ecs/service_rules.h"
#include "services/ecs/task_definition.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using Request = api::ecs::UpdateServiceRequest;
using DefinitionPtr = std::shared_ptr<const model::TaskDefinition>;

// The one that is asked for, or the one that the service has, which may be INACTIVE meanwhile
// (control-plane.md 4.6).
DefinitionPtr wanted_definition(const store::Transaction& transaction, const model::Service& service,
                                const Request& request) {
  if (request.task_definition) {
    return resolve_task_definition(transaction, service.scope, *request.task_definition);
  }
  auto kept = transaction.find_definition(service.document->task_definition.value_or(""));
  if (!kept) throw api::ecs::client("TaskDefinition not found.");
  return kept;
}

// What is not given stays as the PRIMARY deployment has it.
std::optional<api::ecs::ServiceConnectConfiguration> wanted_service_connect(
    const store::Transaction& transaction, const model::Service& service, const Request& request) {
  if (request.service_connect_configuration || service.deployments.empty()) {
    return request.service_connect_configuration;
  }
  const auto revision = transaction.find_revision(model::service_revision_arn(
      service.scope, service.cluster, service.name, service.deployments.front().id));
  return revision ? revision->document->service_connect_configuration : std::nullopt;
}

// Whether the answer would be the same without the request.
bool changes_nothing(const model::Service& before, const model::Service& after) {
  return *before.document == *after.document && before.desired_count == after.desired_count;
}

}  // namespace

api::ecs::UpdateServiceResponse update_service(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller, const Request& request) {
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  rules::check_rules_of("service", "UpdateService", request);
  const auto known = get_service(transaction, *cluster, *request.service);
  if (known->status != model::ServiceStatus::Active) {
    throw api::ecs::service_not_active("Service was not ACTIVE.");
  }
  const auto definition = wanted_definition(transaction, *known, request);
  rules::check_rules("UpdateService", request);
  refuse_controllers(request);
  auto settled = settle_service(context, transaction, caller,
                                {*cluster, *definition, changed_document(*known->document, request),
                                 changed_launch(*known->document, request), extras_of(request), "updated"});
  const bool deploys =
      request.force_new_deployment.value_or(false) || needs_deployment(*known->document, settled.document);
  auto service = with_document(*known, std::move(settled.document));
  if (request.desired_count) service.desired_count = *request.desired_count;
  api::ecs::UpdateServiceResponse response;
  if (deploys) {
    service = open_deployment(context.ids, transaction, std::move(service),
                              {*definition, std::move(settled.platform_version),
                               wanted_service_connect(transaction, *known, request), caller.now});
  } else if (changes_nothing(*known, service)) {
    response.service = shown_service(transaction, *known);
    return response;
  }
  // What hindered the tasks of before need not hinder those of now.
  if (service.placement_failure) service.placement_failure->retry_at = caller.now.control;
  service.updated_at = caller.now.control;
  warn_of_service(transaction, caller, *definition, service);
  response.service = shown_service(transaction, service);
  transaction.put(std::move(service));
  return response;
}

}  // namespace slipway::services::ecs
