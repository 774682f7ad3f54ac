// Which of a service's ports a user means, by its task definition. Pure; called by ServicePorts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/controllers/service_ports.h"

namespace slipway::controllers {

// The TCP port that `wanted` names, or the only one. `service`: its name, for the sentences.
Result<std::uint16_t, PortRefusal> choose_port(const api::ecs::TaskDefinition& definition,
                                               const std::string& service,
                                               std::optional<std::uint16_t> wanted);

}  // namespace slipway::controllers
