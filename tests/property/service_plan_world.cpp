#include "property/service_plan_world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::test {
namespace {

using model::DesiredStatus;
using model::HealthStatus;
using model::ServiceDeploymentStatus;
using model::StopCode;
using model::TaskStatus;

constexpr TimePoint kNever = TimePoint::max();

bool is_alive(const SimTask& task) {
  return task.seen.desired_status == DesiredStatus::Running && task.seen.last_status != TaskStatus::Stopped;
}

}  // namespace

ServiceWorld::ServiceWorld(std::uint64_t seed) : chance_(seed) {
  now_.control = now_.real = TimePoint{Seconds{1'800'000'000}};
}

void ServiceWorld::live() {
  create();
  run_for(Seconds{chance_.below(1500)}, true);
  if (testing::Test::HasFailure()) return;
  calm_down();
  run_for(std::chrono::hours{3}, false);
  if (testing::Test::HasFailure()) return;
  check_end();
  check_silence();
}

void ServiceWorld::create() {
  service_.arn = "arn:aws:ecs:us-east-1:000000000000:service/default/web";
  service_.scope = {"000000000000", "us-east-1"};
  service_.cluster = "default";
  service_.name = "web";
  service_.desired_count = chance_.below(9);
  service_.minimum_healthy_percent = chance_.of({0, 25, 50, 50, 100, 100, 100});
  service_.maximum_percent = chance_.of({100, 125, 150, 200, 200, 200, 300});
  service_.circuit_breaker = always_watched_ = chance_.percent(60);
  service_.rollback = chance_.percent(70);
  service_.health_check_grace_seconds = chance_.of({0, 0, 30});
  deploy(chance_.percent(70));
}

void ServiceWorld::deploy(bool good) {
  const std::string id = std::to_string(1'000'000'000'000'000'000 + ++made_);
  Revision revision{.checked = chance_.percent(40), .slowest_start = chance_.of({1, 5, 60})};
  if (!good) {
    revision.fails_to_start = chance_.of({0, 0, 30, 100});
    revision.crashes = chance_.of({0, 30, 100});
    revision.falls_ill = chance_.of({0, 50, 100});
  }
  revisions_[id] = revision;
  const auto former = rows_.find(service_.current_deployment);
  if (former != rows_.end()) former->second = scheduler::superseded(former->second, now_);
  service_ = scheduler::begin_deployment(service_, id, "web:" + std::to_string(made_), now_);
  model::ServiceDeployment made;
  made.arn = "row-" + id;
  made.created_at = now_.control;
  rows_[made.arn] = made;
  service_.current_deployment = made.arn;
}

void ServiceWorld::run_for(Seconds time, bool trouble) {
  const TimePoint end = now_.real + time;
  TimePoint next_act = trouble ? now_.real : kNever;
  while (now_.real < end && !testing::Test::HasFailure()) {
    if (now_.real >= next_act) {
      act();
      next_act = now_.real + Millis{chance_.below(chance_.of({100, 20'000, 60'000}))};
    }
    // What is due at one moment may need several rounds to happen.
    for (int round = 0; (happen() || changed_) && round < 100 && !testing::Test::HasFailure(); ++round) {
      changed_ = false;
      settle();
    }
    const TimePoint next = std::min({next_event(), next_act, end});
    advance_to(std::max(next, now_.real + Millis{1}));
  }
}

void ServiceWorld::advance_to(TimePoint real) {
  now_.control += real - now_.real;
  now_.real = real;
}

TimePoint ServiceWorld::next_event() const {
  TimePoint next = kNever;
  for (const auto& [arn, task] : tasks_) {
    next = std::min({next, task.runs_at, task.fails_at, task.judged_at, task.ends_at});
  }
  if (look_) next = std::min(next, now_.real + (*look_ - now_.control));
  if (look_real_) next = std::min(next, *look_real_);
  return next;
}

bool ServiceWorld::happen() {
  bool any = (look_ && *look_ <= now_.control) || (look_real_ && *look_real_ <= now_.real);
  for (auto& [arn, task] : tasks_) {
    const TimePoint due = std::min({task.runs_at, task.fails_at, task.judged_at, task.ends_at});
    if (due > now_.real) continue;
    step_task(task);
    any = true;
  }
  return any;
}

void ServiceWorld::step_task(SimTask& task) {
  if (task.ends_at <= now_.real) {
    task.seen.last_status = TaskStatus::Stopped;
    task.runs_at = task.fails_at = task.judged_at = task.ends_at = kNever;
  } else if (task.fails_at <= now_.real) {
    stop(task, task.seen.started_at ? StopCode::EssentialContainerExited : StopCode::TaskFailedToStart);
  } else if (task.runs_at <= now_.real) {
    task.runs_at = kNever;
    task.seen.last_status = TaskStatus::Running;
    task.seen.started_at = now_.control;
    task.seen.started_real = now_.real;
  } else {
    task.judged_at = kNever;
    task.seen.health = task.will_be_ill ? HealthStatus::Unhealthy : HealthStatus::Healthy;
  }
}

void ServiceWorld::stop(SimTask& task, StopCode code) {
  if (!is_alive(task)) return;
  task.seen.desired_status = DesiredStatus::Stopped;
  task.seen.stop_code = code;
  task.seen.stopping_at = now_.control;
  task.runs_at = task.fails_at = kNever;
  task.ends_at = now_.real + Seconds{chance_.of({0, 1, 5, 40})};
}

std::size_t ServiceWorld::start(std::size_t wanted, std::optional<scheduler::PlannedEvent>& note) {
  const auto& deployment = service_.deployments.front();
  const Revision& revision = revisions_.at(deployment.id);
  const auto held = std::ranges::count_if(
      tasks_, [](const auto& t) { return t.second.seen.last_status != TaskStatus::Stopped; });
  std::size_t placed = 0;
  for (; placed < wanted && held + static_cast<std::int64_t>(placed) < capacity_; ++placed) {
    SimTask task;
    task.seen.id = std::to_string(++made_);
    task.seen.arn = "task/" + task.seen.id;
    task.seen.deployment = deployment.id;
    task.seen.checked = revision.checked;
    task.seen.zone = std::string(1, static_cast<char>('a' + chance_.below(3)));
    task.seen.created_at = now_.control;
    const TimePoint ready = now_.real + Millis{1 + chance_.below(1000 * revision.slowest_start)};
    if (chance_.percent(revision.fails_to_start)) {
      task.fails_at = ready;
    } else {
      task.runs_at = ready;
      if (chance_.percent(revision.crashes))
        task.fails_at = ready + Seconds{1 + chance_.below(revision.longest_life)};
      task.will_be_ill = chance_.percent(revision.falls_ill);
      if (revision.checked) task.judged_at = ready + Seconds{2 + chance_.below(30)};
    }
    tasks_[task.seen.arn] = task;
  }
  if (placed < wanted) {
    auto failure = scheduler::note_placement_failure(service_, "was unable to place a task.", now_);
    service_ = std::move(failure.service);
    note = std::move(failure.event);
  } else if (service_.placement_failure) {
    service_ = scheduler::note_placed(service_);
  }
  return placed;
}

void ServiceWorld::act() {
  if (service_.status != model::ServiceStatus::Active) return act_on_task();
  if (chance_.percent(50)) {
    act_on_task();
  } else {
    act_on_service();
  }
}

void ServiceWorld::act_on_task() {
  if (tasks_.empty()) return;
  auto found = tasks_.begin();
  std::advance(found, chance_.below(static_cast<int>(tasks_.size())));
  SimTask& task = found->second;
  if (!is_alive(task)) return;
  changed_ = true;
  const bool running = task.seen.last_status == TaskStatus::Running;
  switch (chance_.below(4)) {
    case 0:
      return stop(task, StopCode::UserInitiated);
    case 1:
      if (running) stop(task, StopCode::EssentialContainerExited);
      return;
    case 2:
      task.will_be_ill = !task.will_be_ill;
      if (running && task.seen.checked) task.judged_at = now_.real;
      return;
    default:
      if (running) task.seen.protected_until = now_.control + Seconds{chance_.below(1200)};
      return;
  }
}

void ServiceWorld::act_on_service() {
  changed_ = true;
  switch (chance_.below(13)) {
    case 0:
    case 1:
      return deploy(true);
    case 2:
    case 3:
      return deploy(false);
    case 4:
      deploy(chance_.percent(50));
      return deploy(chance_.percent(50));
    case 5:
    case 6:
      service_.desired_count = chance_.below(9);
      return;
    case 7:
      service_.minimum_healthy_percent = chance_.of({0, 50, 100});
      service_.maximum_percent = chance_.of({100, 150, 200});
      return;
    case 8:
      service_.circuit_breaker = !service_.circuit_breaker;
      always_watched_ = false;
      return;
    case 9:
      if (row() != nullptr && (row()->status == ServiceDeploymentStatus::Pending ||
                               row()->status == ServiceDeploymentStatus::InProgress)) {
        row()->status = ServiceDeploymentStatus::RollbackRequested;
      }
      return;
    case 10:
      capacity_ = chance_.of({2, 4, 6, 1000});
      can_roll_back_ = chance_.percent(80);
      return;
    case 11:
      now_.control += Seconds{chance_.below(600)};
      return;
    default:
      if (chance_.percent(10)) {
        service_.status = model::ServiceStatus::Draining;
        service_.desired_count = 0;
      }
      return;
  }
}

model::ServiceDeployment* ServiceWorld::row() {
  const auto found = rows_.find(service_.current_deployment);
  return found == rows_.end() ? nullptr : &found->second;
}

// From here on everything works, but for new tasks of a deployment that the circuit breaker will have to end.
void ServiceWorld::calm_down() {
  changed_ = true;
  capacity_ = 1000;
  const auto* primary = service_.deployments.empty() ? nullptr : &service_.deployments.front();
  const bool watched = primary != nullptr && primary->rollout == model::RolloutState::InProgress &&
                       service_.circuit_breaker && service_.desired_count > 0;
  for (auto& [id, revision] : revisions_) {
    if (watched && id == primary->id && chance_.percent(50)) {
      const int fault = chance_.below(3);
      const bool checked = revision.checked || fault == 2;
      revision = {.checked = checked, .longest_life = 1};
      (fault == 0 ? revision.fails_to_start : fault == 1 ? revision.crashes : revision.falls_ill) = 100;
    } else {
      revision = {.checked = revision.checked, .slowest_start = 5};
    }
  }
  for (auto& [arn, task] : tasks_) {
    task.will_be_ill = false;
    if (is_alive(task) && !task.seen.started_at) task.runs_at = std::min(task.runs_at, task.fails_at);
    if (is_alive(task)) task.fails_at = kNever;
    if (is_alive(task) && task.seen.checked && task.judged_at == kNever) {
      task.judged_at = now_.real + Seconds{10};
    }
  }
}

scheduler::ServiceSnapshot ServiceWorld::snapshot() const {
  scheduler::ServiceSnapshot snapshot{service_, nullptr, {}, can_roll_back_ && service_.last_completed};
  const auto found = rows_.find(service_.current_deployment);
  if (found != rows_.end()) snapshot.deployment = &found->second;
  for (const auto& [arn, task] : tasks_) {
    snapshot.tasks.push_back(task.seen);
  }
  return snapshot;
}

scheduler::ServicePlan ServiceWorld::plan() const {
  const auto seen = snapshot();
  return scheduler::plan_service(seen, now_);
}

// Plans until there is nothing to do, as the controller does when each commit wakes it again.
void ServiceWorld::settle() {
  for (int round = 0; round < 40; ++round) {
    const auto decided = plan();
    check_plan(decided);
    look_ = decided.look_again;
    look_real_ = decided.look_again_real;
    last_reasons_ = decided.reasons;
    if (testing::Test::HasFailure()) return;
    if (decided.empty()) return check_rest();
    apply(decided);
    check_service();
  }
  ADD_FAILURE() << "planning does not come to an end";
}

void ServiceWorld::write(const std::string& event) {
  if (std::getenv("SLIPWAY_PROPERTY_SEED") != nullptr) {
    std::cerr << (now_.real - TimePoint{Seconds{1'800'000'000}}).count() << " ms: " << event << "\n";
  }
  events_.push_back(event);
}

void ServiceWorld::apply(const scheduler::ServicePlan& plan) {
  for (const auto& arn : plan.noted) {
    EXPECT_EQ(tasks_.erase(arn), 1U) << arn << " is noted twice";
  }
  if (plan.service) service_ = *plan.service;
  std::optional<scheduler::PlannedEvent> note;
  const std::size_t started = plan.start > 0 ? start(plan.start, note) : 0;
  for (const auto& order : plan.stop) stop(tasks_.at(order.task_arn), StopCode::ServiceSchedulerInitiated);
  for (const auto& event : plan.events) {
    if (!event.of_started || started > 0)
      write(event.message + (event.of_started ? " " + std::to_string(started) : ""));
  }
  if (note) write(note->message);
  if (plan.deployment) {
    check_row_change(rows_.at(plan.deployment->arn), *plan.deployment);
    rows_.at(plan.deployment->arn) = *plan.deployment;
  }
}

}  // namespace slipway::test
