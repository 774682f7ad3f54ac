#include "services/ecs/cluster_load.h"

#include "services/ecs/service_document.h"

namespace slipway::services::ecs {

namespace {

void count(ServiceCounts& counts, model::LaunchType type) {
  if (type == model::LaunchType::Ec2) ++counts.ec2;
  if (type == model::LaunchType::Fargate) ++counts.fargate;
  if (type == model::LaunchType::External) ++counts.external;
}

}  // namespace

ClusterLoad cluster_load(const store::Model& model, const std::string& arn, unsigned parts) {
  ClusterLoad load;
  load.tasks = model.task_counts(arn);
  load.instances = static_cast<std::int64_t>(model.instances(arn).size());
  load.active_services = static_cast<std::int64_t>(model.active_services(arn));
  if (!(parts & kClusterStatistics)) return load;
  store::ServiceQuery query;
  query.cluster_arn = arn;
  query.limit = model.live_services(arn);
  for (const auto& service : model.services(query)) {
    const bool active = service->status == model::ServiceStatus::Active;
    count(active ? load.active : load.draining, launch_type_of(*service->document));
  }
  return load;
}

}  // namespace slipway::services::ecs
