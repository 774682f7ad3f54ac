// Capacity providers as clusters and RunTask name them. Known so far: FARGATE and FARGATE_SPOT. Pure.
#pragma once

#include <string>
#include <vector>

#include "slipway/api/ecs/CapacityProviderStrategyItem.h"
#include "slipway/model/arn.h"

namespace slipway::services::ecs {

using Strategy = std::vector<api::ecs::CapacityProviderStrategyItem>;

// The names (ARNs become names). Throws ClientException for a provider that does not exist.
std::vector<std::string> checked_providers(const model::Scope& scope,
                                           const std::vector<std::string>& providers);

// The strategy with names instead of ARNs and every weight and base filled in. Throws
// InvalidParameterException when it names a provider that is not among `associated`, twice the same, several
// bases, or several providers and no weight.
Strategy checked_strategy(const model::Scope& scope, const Strategy& strategy,
                          const std::vector<std::string>& associated);

}  // namespace slipway::services::ecs
