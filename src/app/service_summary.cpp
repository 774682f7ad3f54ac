#include "app/service_summary.h"

#include <nlohmann/json.hpp>

namespace slipway::app {
namespace {

using nlohmann::json;

struct Counts {
  std::int64_t running = 0, pending = 0;
};

// Of those that are to run, as DescribeServices counts them (control-plane.md 5.4). `deployment`: digits;
// empty: all.
Counts count(const std::vector<model::TaskPtr>& tasks, std::string_view deployment) {
  Counts counts;
  for (const auto& task : tasks) {
    if (task->desired_status != model::DesiredStatus::Running) continue;
    if (!deployment.empty() && model::deployment_of(task->started_by) != deployment) continue;
    if (task->last_status == model::TaskStatus::Running) ++counts.running;
    if (task->last_status < model::TaskStatus::Running) ++counts.pending;
  }
  return counts;
}

json deployment_json(const model::Deployment& deployment, const std::vector<model::TaskPtr>& tasks) {
  const Counts counts = count(tasks, deployment.id);
  return {{"id", model::deployment_name(deployment.id)},
          {"status", model::to_string(deployment.status)},
          {"taskDefinition", short_definition(deployment.definition_arn)},
          {"rolloutState", model::to_string(deployment.rollout)},
          {"rolloutStateReason", deployment.rollout_reason},
          {"runningCount", counts.running},
          {"pendingCount", counts.pending},
          {"failedTasks", deployment.failed_tasks}};
}

}  // namespace

std::string short_definition(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

json service_json(const store::Model& model, const model::Service& service) {
  const auto tasks = model.service_tasks(service.arn);
  const Counts counts = count(tasks, "");
  json deployments = json::array();
  for (const auto& deployment : service.deployments) {
    deployments.push_back(deployment_json(deployment, tasks));
  }
  return {{"account", service.scope.account},
          {"region", service.scope.region},
          {"cluster", service.cluster},
          {"name", service.name},
          {"arn", service.arn},
          {"status", model::to_string(service.status)},
          {"desiredCount", service.desired_count},
          {"runningCount", counts.running},
          {"pendingCount", counts.pending},
          {"deployments", deployments}};
}

}  // namespace slipway::app
