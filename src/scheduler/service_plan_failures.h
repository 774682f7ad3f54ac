// What ended tasks and newly healthy ones mean for the PRIMARY deployment: failed tasks for the circuit
// breaker, throttled starts (control-plane.md 5.3 to 5.5). A step of plan_service; pure.
#pragma once

#include "scheduler/service_plan_fleet.h"

namespace slipway::scheduler {

// `deployment` without failures and free to start.
model::Deployment cleared(model::Deployment deployment);

// The PRIMARY deployment after tasks of it became healthy: one that did since the last failure ends every row
// of failures.
model::Deployment after_recovery(const model::Service& service, const Fleet& fleet);

// The PRIMARY deployment after its tasks in `fleet.ended`.
model::Deployment after_ends(const model::Service& service, const Fleet& fleet, Now now);

// The PRIMARY deployment after `count` of its tasks were told to stop because they failed their health
// checks.
model::Deployment after_failed_checks(const model::Service& service, const Fleet& fleet, std::int64_t count,
                                      Now now);

// Whether throttling of starts began between the two.
bool began_throttling(const model::Deployment& before, const model::Deployment& after);

}  // namespace slipway::scheduler
