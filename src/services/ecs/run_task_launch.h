// Where a RunTask request wants its tasks: launch type, capacity provider of each task, platform version.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/cluster.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

struct LaunchPlan {
  model::LaunchType type = model::LaunchType::Ec2;
  std::vector<std::string> providers;  // one per task when a strategy decided; else empty
  std::string platform_version;        // resolved; Fargate only
};

// With neither launch type nor strategy: the cluster's default strategy, then EC2. Throws as ECS does for a
// launch type that the definition does not support, a platform version that does not exist, and strategies
// that are none (control-plane.md 5.1, 6.1).
LaunchPlan plan_launch(const model::Cluster& cluster, const api::ecs::TaskDefinition& definition,
                       const api::ecs::RunTaskRequest& request);

}  // namespace slipway::services::ecs
