// Container instances for the tasks of a request, with the local engine stepping in where a cluster
// has none. Control thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/ecs/context.h"
#include "services/ecs/task_size.h"
#include "slipway/api/ecs/Failure.h"
#include "slipway/api/ecs/PlacementConstraint.h"
#include "slipway/api/ecs/PlacementStrategy.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/cluster.h"
#include "slipway/model/instance.h"
#include "slipway/model/task_definition.h"

namespace slipway::services::ecs {

// What RunTask and the services say of it.
struct PlacementRules {
  std::vector<api::ecs::PlacementConstraint> constraints;
  std::vector<api::ecs::PlacementStrategy> strategies;
};

struct PlacementRequest {
  const model::Cluster& cluster;
  const api::ecs::TaskDefinition& definition;
  const PlacementRules& rules;
  const TaskSize& size;
  std::string group;
  model::LaunchType type;
  std::size_t count = 1;
};

struct Placed {
  std::vector<std::shared_ptr<const model::ContainerInstance>> instances;  // of each task that found a place
  std::vector<api::ecs::Failure> failures;
};

// Throws InvalidParameterException for constraints and strategies of the wrong form, or that `type` does not
// take (control-plane.md 5.1).
void check_placement(const api::ecs::TaskDefinition& definition, const PlacementRules& rules,
                     model::LaunchType type);

// Host ports that the containers ask for themselves, where the network mode takes them from the instance.
std::vector<model::PortBinding> fixed_bindings(const api::ecs::TaskDefinition& definition,
                                               const api::ecs::ContainerDefinition& container);

// Not for Fargate. Throws InvalidParameterException when the cluster has no instances and none steps in.
Placed place_on_instances(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                          const PlacementRequest& wanted);

}  // namespace slipway::services::ecs
