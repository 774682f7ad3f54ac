// POST /_slipway/ports {"arn", "containerPort"?, "cluster"?, "region"?}: the address on this machine that
// stands for a port of a service. The same each time; a POST because the first one opens it.
#pragma once

#include "app/control_routes.h"

namespace slipway::app {

server::Route port_route(const ControlContext& context);

}  // namespace slipway::app
