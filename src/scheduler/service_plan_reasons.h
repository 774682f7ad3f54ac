// What a service waits for, in sentences for its user, and when it is worth looking again. Pure.
#pragma once

#include <string>
#include <vector>

#include "scheduler/service_plan_finish.h"

namespace slipway::scheduler {

// Empty when the service is at rest.
std::vector<std::string> reasons_of(const model::Service& service, const Round& round, Now now);

// When the passing of time alone may change the plan; nullopt: never.
struct NextLook {
  std::optional<TimePoint> control, real;
};
NextLook next_look(const model::Service& service, const Round& round, Now now);

}  // namespace slipway::scheduler
