// What ECS computes about a definition: the agent capabilities that it needs, and the launch types that can
// run it (control-plane 4.2, 4.3). Both read the definition as it was sent. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slipway/api/ecs/TaskDefinition.h"

namespace slipway::services::ecs {

// Each once, in a stable order; nullopt when there is none: a plain definition has no such member
// (getmoto/moto#3584 quotes a real answer).
std::optional<std::vector<api::ecs::Attribute>> required_attributes(
    const api::ecs::TaskDefinition& definition);

std::vector<std::string> compatibilities(const api::ecs::TaskDefinition& definition);

}  // namespace slipway::services::ecs
