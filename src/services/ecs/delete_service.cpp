#include <algorithm>
#include <utility>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/service.h"
#include "services/ecs/service_answer.h"
#include "services/ecs/service_lookup.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::services::ecs {

namespace {

// control-plane.md 5.10. The PRIMARY deployment is scaled as the service is.
void check_scaled_down(const model::Service& service, const TaskCounts& tasks) {
  if (service.desired_count > 0) {
    throw api::ecs::invalid_parameter("The service cannot be stopped while it is scaled above 0.");
  }
  const bool active = std::ranges::any_of(service.deployments, [&](const model::Deployment& deployment) {
    const auto count = tasks.find(deployment.id);
    return deployment.status != model::DeploymentStatus::Primary && count != tasks.end() &&
           count->second.wanted() > 0;
  });
  if (active) {
    throw api::ecs::invalid_parameter("The service cannot be stopped while deployments are active.");
  }
}

}  // namespace

api::ecs::DeleteServiceResponse delete_service(EcsContext&, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::DeleteServiceRequest& request) {
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  rules::check_rules("DeleteService", request);
  auto service = *get_service(transaction, *cluster, *request.service);
  if (service.status == model::ServiceStatus::Inactive) {
    throw api::ecs::service_not_found("Service not found.");
  }
  api::ecs::DeleteServiceResponse response;
  if (service.status == model::ServiceStatus::Draining) {
    response.service = shown_service(transaction, service);
    return response;
  }
  if (!request.force.value_or(false)) {
    check_scaled_down(service, count_tasks(transaction.model().service_tasks(service.arn)));
  }
  const auto running = transaction.find_service_deployment(service.current_deployment);
  if (running && !model::is_final(running->status)) {
    transaction.put(scheduler::superseded(*running, caller.now));
  }
  service.status = model::ServiceStatus::Draining;
  service.desired_count = 0;
  service.updated_at = caller.now.control;
  response.service = shown_service(transaction, service);
  transaction.put(std::move(service));
  return response;
}

}  // namespace slipway::services::ecs
