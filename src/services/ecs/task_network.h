// The network of tasks as RunTask asks for it: what is allowed in the definition's network mode, and the
// subnets and security groups, which are adopted when nobody knows them. Control thread.
#pragma once

#include <optional>
#include <vector>

#include "services/ecs/context.h"
#include "slipway/api/ecs/NetworkConfiguration.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/network.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

struct NetworkPlan {
  model::NetworkMode mode = model::NetworkMode::Bridge;
  std::optional<model::NetworkConfiguration> configuration;  // awsvpc only
  std::vector<model::Subnet> subnets;                        // of the configuration, in its order
};

// Throws InvalidParameterException when the configuration does not go with the mode, and, in strict mode, for
// subnets and security groups that do not exist (control-plane.md 5.1); else adopts these with a warning.
NetworkPlan plan_network(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                         const api::ecs::TaskDefinition& definition,
                         const std::optional<api::ecs::NetworkConfiguration>& given);

}  // namespace slipway::services::ecs
