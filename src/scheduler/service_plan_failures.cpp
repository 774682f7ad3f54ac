#include "scheduler/service_plan_failures.h"

#include <algorithm>

namespace slipway::scheduler {
namespace {

using model::RolloutState;
using model::StopCode;

// Rounds of failed starts that are followed by the next at once; then the delay doubles.
constexpr std::int64_t kRoundsAtOnce = 2;
constexpr Seconds kFirstDelay{10};
constexpr Seconds kLongestDelay{15 * 60};
// A crash loop of a task that does reach RUNNING is not throttled by ECS; here it pauses, so that it does not
// keep the machine busy, as do tasks that fail their health checks one after the other. AWS differs: there
// the time that a start takes has the same effect.
constexpr std::int64_t kCrashesAtOnce = 2;
constexpr Seconds kCrashPause{10};

Seconds start_delay(std::int64_t rounds) {
  const auto doublings = std::min<std::int64_t>(rounds - kRoundsAtOnce - 1, 10);
  return std::min(kFirstDelay * (std::int64_t{1} << doublings), kLongestDelay);
}

// Neither asked for by somebody nor after the task had counted as healthy.
bool is_failure(const ServiceTask& task, Now now) {
  switch (task.stop_code) {
    case StopCode::UserInitiated:
    case StopCode::ServiceSchedulerInitiated:
    case StopCode::SpotInterruption:
    case StopCode::TerminationNotice:
      return false;
    case StopCode::None:
    case StopCode::TaskFailedToStart:
    case StopCode::EssentialContainerExited:
      break;
  }
  return !was_healthy(task, now);
}

// A service of no tasks fails at nothing. With a circuit breaker the count ends where it trips.
void count_failed(model::Deployment& deployment, const model::Service& service) {
  if (deployment.rollout != RolloutState::InProgress || service.desired_count == 0) return;
  const bool tripped =
      service.circuit_breaker && deployment.failed_tasks >= breaker_threshold(service.desired_count);
  if (!tripped) deployment.failed_tasks += 1;
}

void remember(model::Deployment& deployment, const Fleet& fleet, Now now) {
  deployment.last_failure_at = now.control;
  deployment.healthy_then = size_of(fleet.primary.healthy);
}

// Tasks that were started together fail as one round: only one that was made after the last failure begins
// the next. A circuit breaker that watches replaces the throttling.
void count_failed_start(model::Deployment& deployment, const model::Service& service, const ServiceTask& task,
                        Now now) {
  if (service.circuit_breaker && deployment.rollout == RolloutState::InProgress) return;
  if (deployment.last_failure_at && task.created_at < *deployment.last_failure_at) return;
  deployment.failed_starts += 1;
  if (deployment.failed_starts <= kRoundsAtOnce) return;
  const TimePoint next = now.control + start_delay(deployment.failed_starts);
  deployment.next_start_at = std::max(deployment.next_start_at.value_or(next), next);
}

void count_crash(model::Deployment& deployment, Now now) {
  deployment.failed_starts = 0;
  deployment.crashes += 1;
  const bool waits = deployment.next_start_at && *deployment.next_start_at > now.control;
  if (deployment.crashes > kCrashesAtOnce && !waits) deployment.next_start_at = now.control + kCrashPause;
}

}  // namespace

model::Deployment cleared(model::Deployment deployment) {
  deployment.failed_tasks = 0;
  deployment.failed_starts = 0;
  deployment.next_start_at.reset();
  deployment.crashes = 0;
  deployment.last_failure_at.reset();
  deployment.healthy_then = 0;
  return deployment;
}

model::Deployment after_recovery(const model::Service& service, const Fleet& fleet) {
  model::Deployment deployment = primary_of(service);
  if (!deployment.last_failure_at || deployment.rollout == RolloutState::Failed) return deployment;
  const auto& healthy = fleet.primary.healthy;
  const bool newly = std::ranges::any_of(
      healthy, [&](const ServiceTask* task) { return *task->started_at > *deployment.last_failure_at; });
  if (newly || size_of(healthy) > deployment.healthy_then) return cleared(std::move(deployment));
  deployment.healthy_then = size_of(healthy);
  return deployment;
}

model::Deployment after_ends(const model::Service& service, const Fleet& fleet, Now now) {
  model::Deployment deployment = primary_of(service);
  if (deployment.rollout == RolloutState::Failed) return deployment;
  for (const auto* task : fleet.ended) {
    if (task->deployment != deployment.id || !is_failure(*task, now)) continue;
    count_failed(deployment, service);
    if (task->started_at) {
      count_crash(deployment, now);
    } else {
      count_failed_start(deployment, service, *task, now);
    }
    remember(deployment, fleet, now);
  }
  return deployment;
}

model::Deployment after_failed_checks(const model::Service& service, const Fleet& fleet, std::int64_t count,
                                      Now now) {
  model::Deployment deployment = primary_of(service);
  if (deployment.rollout == RolloutState::Failed) return deployment;
  for (std::int64_t i = 0; i < count; ++i) {
    count_failed(deployment, service);
    count_crash(deployment, now);
    remember(deployment, fleet, now);
  }
  return deployment;
}

bool began_throttling(const model::Deployment& before, const model::Deployment& after) {
  return before.failed_starts <= kRoundsAtOnce && after.failed_starts > kRoundsAtOnce;
}

}  // namespace slipway::scheduler
