// What ECS writes into a definition that the client left out, and nothing else (control-plane 4.1). Pure.
#pragma once

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/arn.h"

namespace slipway::services::ecs {

// Roles become ARNs of the scope's account, cpu and memory plain numbers. The definition must be valid.
void fill_defaults(api::ecs::TaskDefinition& definition, const model::Scope& scope);

}  // namespace slipway::services::ecs
