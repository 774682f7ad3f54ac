// Which tasks of a service stop now: what is too much, what old deployments still have, what failed its
// health checks (control-plane.md 5.4, 6.2). A step of plan_service; pure.
#pragma once

#include "scheduler/service_plan_starts.h"

namespace slipway::scheduler {

struct Stops {
  TaskList scaled_in;  // too many, or of an old deployment
  TaskList unhealthy;  // of the PRIMARY deployment, because they failed their health checks
  TaskList kept;       // would go, but are protected
  bool none() const { return scaled_in.empty() && unhealthy.empty(); }
};

Stops choose_stops(const model::Service& service, const Fleet& fleet, const Starts& starts, Now now);

}  // namespace slipway::scheduler
