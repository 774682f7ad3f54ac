// GET /_slipway/why?arn=…, which takes names too (with &cluster=, &region=): why a service or a task is not
// yet, or no more, what it should be.
#pragma once

#include "app/control_routes.h"

namespace slipway::app {

server::Route why_route(const ControlContext& context);

}  // namespace slipway::app
