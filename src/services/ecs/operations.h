// The table of ECS operations that are served. Control thread.
#pragma once

#include <vector>

#include "services/ecs/context.h"

namespace slipway::services::ecs {

// One binding per operation of operations.txt. `context` outlives them.
std::vector<Binding> operations(EcsContext& context);

}  // namespace slipway::services::ecs
