#include "scheduler/service_plan_reasons.h"

#include <algorithm>

#include "scheduler/service_plan_text.h"

namespace slipway::scheduler {
namespace {

using model::HealthStatus;
using model::RolloutState;
using text::clock;
using text::tasks;

void earlier(std::optional<TimePoint>& next, TimePoint at) {
  if (!next || at < *next) next = at;
}

// Counts as healthy by its age, not by a health check.
bool settles(const ServiceTask& task) { return !task.checked && task.started_at; }

std::string of_deployment(std::string_view id) { return "of deployment " + model::deployment_name(id); }

std::string count_of(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + " of " + tasks(whole);
}

class Sentences final {
 public:
  Sentences(const model::Service& service, const Round& round, Now now)
      : service_(service), round_(round), now_(now) {}

  std::vector<std::string> tell() {
    starts();
    for (const auto& deployment : service_.deployments) crew_of(deployment.id);
    failing();
    old_tasks();
    protection();
    ending();
    breaker();
    return std::move(sentences_);
  }

 private:
  void say(std::string sentence) { sentences_.push_back(std::move(sentence)); }
  std::string at(TimePoint time) const { return clock(time, now_.control); }
  const model::Deployment& primary() const { return primary_of(service_); }

  void starts() {
    const Starts& starts = round_.starts;
    if (starts.hold == Hold::Failed) {
      return say("Deployment " + model::deployment_name(primary().id) + " failed (" +
                 primary().rollout_reason + ") and starts no more tasks: update the service to go on.");
    }
    if (starts.count > 0) say(tasks(starts.count) + " to start now.");
    if (starts.needed <= starts.count) return;
    const std::string missing = tasks(starts.needed - starts.count);
    if (starts.hold == Hold::Throttled) return throttled(missing);
    if (starts.hold == Hold::NoPlace) return no_place(missing);
    const auto upper = bounds_of(service_).upper;
    say(missing + " to start, but maximumPercent " + std::to_string(service_.maximum_percent) + " allows " +
        tasks(upper) + ", " + std::to_string(round_.fleet.alive() + starts.count) + " run or start.");
    if (is_blocked(service_, round_)) {
      say("minimumHealthyPercent " + std::to_string(service_.minimum_healthy_percent) + " keeps " +
          std::to_string(bounds_of(service_).lower) +
          " healthy, so nothing can stop either: change minimumHealthyPercent or maximumPercent.");
    }
  }

  void throttled(const std::string& missing) {
    const std::string until = at(*primary().next_start_at);
    if (primary().failed_starts > 0) {
      say(missing + " to start, throttled until " + until + ": tasks failed to start " +
          std::to_string(primary().failed_starts) + " times in a row.");
    } else {
      say(missing + " to start, paused until " + until + ": " + std::to_string(primary().crashes) +
          " tasks in a row ended before they counted as healthy.");
    }
  }

  void no_place(const std::string& missing) {
    const auto& failure = *service_.placement_failure;
    say(missing + " to start: the service " + failure.text + " Tried again at " + at(failure.retry_at) + ".");
  }

  // Tasks of a deployment that are not there yet.
  void crew_of(const std::string& id) {
    const bool newest = id == primary().id;
    const Crew& crew = newest ? round_.fleet.primary : round_.fleet.old;
    const auto mine = [&](const TaskList& list) {
      TaskList part;
      std::ranges::copy_if(list, std::back_inserter(part),
                           [&](const ServiceTask* task) { return task->deployment == id; });
      return part;
    };
    const TaskList slow = mine(crew.pending), settling = mine(crew.settling);
    const std::int64_t all =
        size_of(slow) + size_of(settling) + size_of(mine(crew.healthy)) + size_of(mine(crew.failing));
    if (!slow.empty()) say(count_of(size_of(slow), all) + " " + of_deployment(id) + " not RUNNING yet.");
    young(id, settling, all);
    unchecked(id, settling, all);
  }

  void young(const std::string& id, const TaskList& settling, std::int64_t all) {
    std::int64_t count = 0;
    std::optional<TimePoint> next;
    for (const auto* task : settling) {
      if (!settles(*task)) continue;
      ++count;
      earlier(next, *task->started_at + kSettleTime);
    }
    if (count == 0) return;
    say(count_of(count, all) + " " + of_deployment(id) + " run for less than " +
        std::to_string(kSettleTime.count()) + " s and do not count as healthy yet (next at " + at(*next) +
        ").");
  }

  void unchecked(const std::string& id, const TaskList& settling, std::int64_t all) {
    std::int64_t unknown = 0, grace = 0;
    for (const auto* task : settling) {
      if (settles(*task)) continue;
      ++(task->health == HealthStatus::Unhealthy ? grace : unknown);
    }
    if (unknown > 0) {
      say(count_of(unknown, all) + " " + of_deployment(id) + " wait for their container health checks.");
    }
    if (grace > 0) {
      say(count_of(grace, all) + " " + of_deployment(id) + " are UNHEALTHY within the grace period of " +
          std::to_string(service_.health_check_grace_seconds) + " s.");
    }
  }

  void failing() {
    for (const auto* task : round_.fleet.primary.failing) {
      say("Task " + task->id +
          " failed its container health checks and stops when a replacement is healthy.");
    }
  }

  void old_tasks() {
    const std::int64_t old = round_.fleet.old.alive() - size_of(round_.stops.kept);
    if (old <= 0 || round_.starts.hold == Hold::Failed) return;
    say(tasks(old) + " of older deployments still run: minimumHealthyPercent " +
        std::to_string(service_.minimum_healthy_percent) + " keeps " +
        std::to_string(bounds_of(service_).lower) + " healthy, " + std::to_string(round_.fleet.healthy()) +
        " are.");
  }

  void protection() {
    for (const auto* task : round_.stops.kept) {
      say("Task " + task->id + " " + of_deployment(task->deployment) +
          " should stop, but is protected until " + at(*task->protected_until) + ".");
    }
  }

  void ending() {
    const auto count = size_of(round_.fleet.ending);
    if (count > 0) say(tasks(count) + " still stopping.");
  }

  void breaker() {
    if (!service_.circuit_breaker || primary().rollout != RolloutState::InProgress) return;
    if (primary().failed_tasks == 0) return;
    say(std::to_string(primary().failed_tasks) + " of " +
        std::to_string(breaker_threshold(service_.desired_count)) +
        " failures after which the circuit breaker ends deployment " + model::deployment_name(primary().id) +
        ".");
  }

  const model::Service& service_;
  const Round& round_;
  Now now_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> reasons_of(const model::Service& service, const Round& round, Now now) {
  if (is_at_rest(service, round)) return {};
  return Sentences(service, round, now).tell();
}

NextLook next_look(const model::Service& service, const Round& round, Now now) {
  NextLook next;
  const auto& fleet = round.fleet;
  for (const TaskList* list : {&fleet.primary.settling, &fleet.old.settling}) {
    for (const auto* task : *list) {
      if (settles(*task) && *task->started_at + kSettleTime > now.control) {
        earlier(next.control, *task->started_at + kSettleTime);
      }
      if (in_grace(*task, service, now)) {
        earlier(next.real, *task->started_real + Seconds{service.health_check_grace_seconds});
      }
    }
  }
  // A mixed task counts as healthy by its age, also while it is UNHEALTHY within the grace period.
  for (const TaskList* list : {&fleet.primary.healthy, &fleet.old.healthy}) {
    for (const auto* task : *list) {
      if (in_grace(*task, service, now)) {
        earlier(next.real, *task->started_real + Seconds{service.health_check_grace_seconds});
      }
    }
  }
  for (const auto* task : round.stops.kept) earlier(next.control, *task->protected_until);
  const auto& primary = primary_of(service);
  if (round.starts.needed > 0 && round.starts.hold == Hold::Throttled) {
    earlier(next.control, *primary.next_start_at);
  }
  if (round.starts.needed > 0 && round.starts.hold == Hold::NoPlace) {
    earlier(next.control, service.placement_failure->retry_at);
  }
  if (is_at_rest(service, round)) earlier(next.control, *service.steady_since + kSteadyRepeat);
  return next;
}

}  // namespace slipway::scheduler
