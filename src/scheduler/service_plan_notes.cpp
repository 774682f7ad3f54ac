// What becomes of a service whose tasks found no place, and when it tries again.
#include <algorithm>
#include <utility>

#include "scheduler/service_plan_text.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::scheduler {
namespace {

constexpr Seconds kFirstRetry{5};
constexpr Seconds kLongestRetry{60};
// A message that was told stays untold for that long while its cause lasts (Developer Guide, service event
// messages).
constexpr Seconds kRepeat{6 * 3600};

// As long again as it has failed already, so the delay doubles.
TimePoint retry_after(TimePoint since, TimePoint now) {
  return now + std::clamp<Millis>(now - since, kFirstRetry, kLongestRetry);
}

}  // namespace

PlacementNote note_placement_failure(model::Service service, std::string text, Now now) {
  PlacementNote note{std::move(service), std::nullopt};
  auto& failure = note.service.placement_failure;
  const bool known = failure && failure->text == text && now.control - failure->told_at < kRepeat;
  if (!failure) failure = model::PlacementFailure{{}, now.control, {}, {}};
  failure->retry_at = retry_after(failure->since, now.control);
  if (known) return note;
  failure->text = std::move(text);
  failure->told_at = now.control;
  note.event = text::event(note.service, failure->text);
  note.service.steady_since.reset();
  return note;
}

model::Service note_placed(model::Service service) {
  service.placement_failure.reset();
  return service;
}

}  // namespace slipway::scheduler
