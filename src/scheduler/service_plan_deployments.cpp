// What others do to deployments: begin one, end its row; and the circuit breaker's threshold.
#include <algorithm>
#include <utility>

#include "scheduler/service_plan_text.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::scheduler {

model::Service begin_deployment(model::Service service, std::string id, std::string definition_arn, Now now) {
  for (auto& former : service.deployments) former.status = model::DeploymentStatus::Active;
  model::Deployment made;
  made.rollout_reason = text::in_progress(id);
  made.id = std::move(id);
  made.definition_arn = std::move(definition_arn);
  made.created_at = now.control;
  made.updated_at = now.control;
  service.deployments.insert(service.deployments.begin(), std::move(made));
  service.placement_failure.reset();
  service.steady_since.reset();
  service.blocked_told = false;
  service.protection_told.clear();
  return service;
}

model::ServiceDeployment superseded(model::ServiceDeployment deployment, Now now) {
  if (model::is_final(deployment.status)) return deployment;
  deployment.status = model::ServiceDeploymentStatus::Stopped;
  deployment.stopped_at = now.control;
  deployment.finished_at = now.control;
  deployment.updated_at = now.control;
  if (deployment.breaker == model::BreakerStatus::Monitoring) {
    deployment.breaker = model::BreakerStatus::MonitoringComplete;
  }
  return deployment;
}

std::int64_t breaker_threshold(std::int64_t desired_count) {
  return std::clamp<std::int64_t>((desired_count + 1) / 2, 3, 200);
}

}  // namespace slipway::scheduler
