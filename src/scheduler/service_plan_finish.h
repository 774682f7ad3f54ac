// The end of a round of plan_service: deployments that leave or complete, the steady state, and what is told
// once while it lasts (control-plane.md 5.3, 5.9). Pure.
#pragma once

#include <vector>

#include "scheduler/service_plan_stops.h"

namespace slipway::scheduler {

// A steady service is told to be so again after that long.
inline constexpr Seconds kSteadyRepeat{6 * 3600};

// What a round came to.
struct Round {
  const Fleet& fleet;
  const Starts& starts;
  const Stops& stops;
};

// Whether the desired tasks of the PRIMARY deployment are there and healthy, and no others.
bool is_at_rest(const model::Service& service, const Round& round);

// Whether minimumHealthyPercent and maximumPercent let nothing happen, and nothing is under way that could
// change that.
bool is_blocked(const model::Service& service, const Round& round);

// Each gives the service with what it changes, and appends to `events` what is to be told.
model::Service without_gone_deployments(model::Service service, const Fleet& fleet);
model::Service with_completion(model::Service service, const Round& round, Now now,
                               std::vector<PlannedEvent>& events);
model::Service with_hindrances_told(model::Service service, const Round& round,
                                    std::vector<PlannedEvent>& events);

// The service after the tasks of a DRAINING one are gone.
model::Service inactive(model::Service service, Now now);

}  // namespace slipway::scheduler
