// A cluster as the API shows it. Pure.
#pragma once

#include <cstdint>

#include "slipway/api/ecs/Cluster.h"
#include "slipway/model/cluster.h"

namespace slipway::services::ecs {

// What an answer shows beyond the fixed members; bits, so that each combination has its own cached text.
inline constexpr unsigned kClusterAttachments = 1;
inline constexpr unsigned kClusterConfiguration = 2;
inline constexpr unsigned kClusterSettings = 4;
inline constexpr unsigned kClusterStatistics = 8;
inline constexpr unsigned kClusterTags = 16;

// Services of each launch type.
struct ServiceCounts {
  std::int64_t ec2 = 0;
  std::int64_t fargate = 0;
  std::int64_t external = 0;
};

// What a cluster holds at this moment.
struct ClusterLoad {
  model::TaskCounts tasks;
  std::int64_t instances = 0;
  std::int64_t active_services = 0;
  // Of the statistics only: left out where these are not shown.
  ServiceCounts active, draining;
};

// Parts that are not asked for are empty arrays or absent, as control-plane.md 3.1 says for each.
api::ecs::Cluster cluster_view(const model::Cluster& cluster, const ClusterLoad& load, unsigned parts);

}  // namespace slipway::services::ecs
