// Where a request wants its tasks: launch type, capacity provider of each task, platform version.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "services/ecs/capacity_strategy.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/cluster.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

// What RunTask and the services say of it; empty strategies say nothing.
struct LaunchRequest {
  std::optional<std::string> launch_type;
  std::optional<Strategy> strategy;
  std::optional<std::string> platform_version;
};

struct LaunchPlan {
  model::LaunchType type = model::LaunchType::Ec2;
  Strategy strategy;                   // that decided; or empty
  std::vector<std::string> providers;  // one per task once they are shared out by the strategy; else empty
  std::string platform_version;        // resolved; Fargate only

  // Gives each of `count` tasks its capacity provider. The count is checked later than the launch type, so it
  // is not known to be reasonable before.
  void share_out(std::size_t count);
};

// The version that tasks of Fargate run with where `asked` for: itself, or the newest for none and LATEST.
// Whether it exists is not looked at.
std::string resolved_platform(const std::string& asked);

// With neither launch type nor strategy: the cluster's default strategy, then EC2. Throws as ECS does for a
// launch type that the definition does not support, a platform version that does not exist, and strategies
// that are none (control-plane.md 5.1, 6.1).
LaunchPlan plan_launch(const model::Cluster& cluster, const api::ecs::TaskDefinition& definition,
                       const LaunchRequest& request);

}  // namespace slipway::services::ecs
