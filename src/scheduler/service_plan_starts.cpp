#include "scheduler/service_plan_starts.h"

#include <algorithm>

namespace slipway::scheduler {
namespace {

Hold hold_on(const model::Service& service, Now now) {
  const model::Deployment& primary = primary_of(service);
  if (primary.rollout == model::RolloutState::Failed) return Hold::Failed;
  if (primary.next_start_at && *primary.next_start_at > now.control) return Hold::Throttled;
  if (service.placement_failure && service.placement_failure->retry_at > now.control) return Hold::NoPlace;
  return Hold::None;
}

}  // namespace

Starts choose_starts(const model::Service& service, const Fleet& fleet, Now now) {
  Starts starts;
  starts.needed = std::max<std::int64_t>(0, service.desired_count - fleet.primary.good());
  starts.hold = hold_on(service, now);
  if (starts.hold != Hold::None) return starts;
  const std::int64_t room = std::max<std::int64_t>(0, bounds_of(service).upper - fleet.alive());
  starts.count = std::min(starts.needed, room);
  starts.replacing = std::min(starts.count, size_of(fleet.primary.failing));
  return starts;
}

std::int64_t Starts::stuck(const model::Service& service, const Fleet& fleet, std::int64_t freed) const {
  if (hold == Hold::Failed || hold == Hold::Throttled) return 0;
  const std::int64_t missing = needed - count;
  // Where there is no place, whatever goes makes some, also what is on its way out.
  const std::int64_t room = service.placement_failure
                                ? freed + size_of(fleet.ending)
                                : bounds_of(service).upper - (fleet.alive() + count - freed);
  return std::max<std::int64_t>(0, missing - std::max<std::int64_t>(0, room));
}

}  // namespace slipway::scheduler
