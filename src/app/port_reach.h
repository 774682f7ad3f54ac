// How `slipway port` reaches tasks from where this process stands, and where its user connects to. Pure;
// called once at start.
#pragma once

#include <string>

#include "slipway/app/standing.h"
#include "slipway/controllers/service_ports.h"

namespace slipway::app {

// `publish_address`: where the engine publishes the ports of tasks, on its own machine.
controllers::PortReach port_reach(const Standing& standing, const std::string& publish_address);

}  // namespace slipway::app
