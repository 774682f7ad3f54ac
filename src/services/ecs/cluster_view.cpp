#include "services/ecs/cluster_view.h"

#include <string>
#include <utility>

#include "services/ecs/tag_rules.h"

namespace slipway::services::ecs {

namespace {

std::vector<api::ecs::KeyValuePair> statistics(const ClusterLoad& load) {
  const auto& tasks = load.tasks;
  // Managed instances come with their own issue: until then there are none.
  const std::pair<const char*, std::int64_t> values[] = {
      {"runningEC2TasksCount", tasks.running_ec2},
      {"runningFargateTasksCount", tasks.running_fargate},
      {"runningExternalTasksCount", tasks.running_external},
      {"runningManagedInstancesTasksCount", 0},
      {"pendingEC2TasksCount", tasks.pending_ec2},
      {"pendingFargateTasksCount", tasks.pending_fargate},
      {"pendingExternalTasksCount", tasks.pending_external},
      {"pendingManagedInstancesTasksCount", 0},
      {"activeEC2ServiceCount", load.active.ec2},
      {"activeFargateServiceCount", load.active.fargate},
      {"activeExternalServiceCount", load.active.external},
      {"activeManagedInstancesServiceCount", 0},
      {"drainingEC2ServiceCount", load.draining.ec2},
      {"drainingFargateServiceCount", load.draining.fargate},
      {"drainingExternalServiceCount", load.draining.external},
      {"drainingManagedInstancesServiceCount", 0}};
  std::vector<api::ecs::KeyValuePair> out;
  for (const auto& [name, value] : values) {
    auto& pair = out.emplace_back();
    pair.name = name;
    pair.value = std::to_string(value);
  }
  return out;
}

}  // namespace

api::ecs::Cluster cluster_view(const model::Cluster& cluster, const ClusterLoad& load, unsigned parts) {
  const auto& tasks = load.tasks;
  const auto& document = cluster.document;
  api::ecs::Cluster view;
  view.cluster_arn = cluster.arn;
  view.cluster_name = cluster.name;
  view.status = cluster.status == model::ClusterStatus::Active ? "ACTIVE" : "INACTIVE";
  view.registered_container_instances_count = static_cast<std::int32_t>(load.instances);
  view.running_tasks_count =
      static_cast<std::int32_t>(tasks.running_ec2 + tasks.running_fargate + tasks.running_external);
  view.pending_tasks_count =
      static_cast<std::int32_t>(tasks.pending_ec2 + tasks.pending_fargate + tasks.pending_external);
  view.active_services_count = static_cast<std::int32_t>(load.active_services);
  view.statistics.emplace();
  if (parts & kClusterStatistics) view.statistics = statistics(load);
  view.tags.emplace();
  if (parts & kClusterTags) view.tags = tags_view(cluster.tags);
  view.settings.emplace();
  if (parts & kClusterSettings && document.settings) view.settings = document.settings;
  view.capacity_providers = document.capacity_providers.value_or(std::vector<std::string>{});
  view.default_capacity_provider_strategy.emplace();
  if (document.default_capacity_provider_strategy) {
    view.default_capacity_provider_strategy = document.default_capacity_provider_strategy;
  }
  if (parts & kClusterAttachments) {
    view.attachments.emplace();
    // FARGATE and FARGATE_SPOT have no attachments, so there is never one under way.
    if (!view.capacity_providers->empty()) view.attachments_status = "UPDATE_COMPLETE";
  }
  if (parts & kClusterConfiguration) {
    view.configuration = document.configuration;
    view.service_connect_defaults = document.service_connect_defaults;
  }
  return view;
}

}  // namespace slipway::services::ecs
