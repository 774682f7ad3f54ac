// How many tasks of the PRIMARY deployment start now, and what keeps the others. A step of plan_service;
// pure.
#pragma once

#include <cstdint>

#include "scheduler/service_plan_fleet.h"

namespace slipway::scheduler {

// Why tasks that are needed do not start, beside a lack of room under maximumPercent.
enum class Hold : std::uint8_t {
  None,
  Failed,     // the deployment failed and starts nothing any more
  Throttled,  // until Deployment.next_start_at
  NoPlace     // until PlacementFailure.retry_at, or until room comes free
};

struct Starts {
  std::int64_t needed = 0;     // tasks that are missing to the desired count
  std::int64_t count = 0;      // of them start now
  std::int64_t replacing = 0;  // of those stand in for one that failed its health checks
  Hold hold = Hold::None;
  // Tasks that are needed and have no room, once the tasks of `freed` are gone as well: what an old task may
  // have to make way for.
  std::int64_t stuck(const model::Service& service, const Fleet& fleet, std::int64_t freed) const;
};

Starts choose_starts(const model::Service& service, const Fleet& fleet, Now now);

}  // namespace slipway::scheduler
