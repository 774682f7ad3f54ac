// The local engine as a container instance (contract.md --strict): what it can do, and its record. Control
// thread.
#pragma once

#include <cstdint>
#include <set>

#include "services/ecs/context.h"
#include "slipway/model/cluster.h"
#include "slipway/model/instance.h"

namespace slipway::services::ecs {

// TCP host ports that an instance keeps for itself: ssh, the Docker daemon and the agent
// (control-plane.md 6.4).
const std::set<std::uint16_t>& reserved_ports();

// A new record of the local engine for `cluster`, not put yet.
model::ContainerInstance make_stand_in(EcsContext& context, const model::Cluster& cluster, TimePoint now);

// Brings the stand-ins of an earlier run up to the engine as it is now (another size, version or engine).
void refresh_stand_ins(const EcsContext& context, store::Transaction& transaction);

}  // namespace slipway::services::ecs
