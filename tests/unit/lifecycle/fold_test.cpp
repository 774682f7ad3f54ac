// Facts folded into a task; sections are those of data-plane.md.
#include "slipway/lifecycle/fold.h"

#include <gtest/gtest.h>

#include "slipway/lifecycle/stop.h"

namespace slipway::lifecycle {
namespace {

using model::ContainerState;
using model::DesiredStatus;
using model::HealthStatus;
using model::TaskStatus;

constexpr Now kNow{TimePoint{Millis{9'000'000}}, TimePoint{Millis{5'000'000}}};

struct Fixture {
  model::Task task;
  TaskSpec spec;
};

Fixture running() {
  Fixture fixture;
  fixture.task.last_status = TaskStatus::Running;
  for (const char* name : {"web", "side"}) {
    model::Container container;
    container.name = name;
    container.known = ContainerState::Running;
    container.created = true;
    container.runtime_id = std::string("id-") + name;
    container.started_at = kNow.real - Seconds{100};
    fixture.task.containers.push_back(container);
    ContainerSpec rules;
    rules.name = name;
    rules.essential = rules.name == "web";
    rules.health_check = rules.essential;
    fixture.spec.containers.push_back(rules);
  }
  return fixture;
}

Observation ended(std::int32_t code) {
  Observation seen;
  seen.runtime_id = "id";
  seen.exit_code = code;
  seen.started_at = kNow.real - Seconds{100};
  seen.finished_at = kNow.real;
  return seen;
}

TEST(Observed, an_essential_end_sets_the_code_and_execution_stopped_once) {
  auto [task, spec] = running();
  task = observed(task, spec, "web", ended(3), kNow);
  EXPECT_EQ(task.containers[0].known, ContainerState::Stopped);
  EXPECT_EQ(task.containers[0].exit_code, 3);
  EXPECT_EQ(task.containers[0].reason, "");
  EXPECT_EQ(task.execution_stopped_at, kNow.control);
  EXPECT_EQ(task.version, 1);
}

// 1.4: a container that ends while its task goes on is an event.
TEST(Observed, a_non_essential_end_counts_as_a_change_of_its_own) {
  auto [task, spec] = running();
  task = observed(task, spec, "side", ended(0), kNow);
  EXPECT_EQ(task.version, 2);
  EXPECT_FALSE(task.execution_stopped_at);
}

// 1.7.
TEST(Observed, the_first_error_stays_and_oom_wins_over_the_exit_code) {
  auto [task, spec] = running();
  Observation oom = ended(0);
  oom.oom_killed = true;
  oom.error = "something";
  task = observed(task, spec, "web", oom, kNow);
  EXPECT_EQ(task.containers[0].reason, "OutOfMemoryError: Container killed due to memory usage");
  auto [other, rules] = running();
  other.containers[0].known = ContainerState::Created;
  other.containers[0].reason = "CannotPullContainerError: first";
  other = failed(other, "web", "CannotStartContainerError: second");
  EXPECT_EQ(other.containers[0].reason, "CannotPullContainerError: first");
}

TEST(Observed, a_state_error_is_a_reason) {
  auto [task, spec] = running();
  Observation seen = ended(128);
  seen.error = "broken pipe";
  task = observed(task, spec, "web", seen, kNow);
  EXPECT_EQ(task.containers[0].reason, "DockerStateError: broken pipe");
}

// 1.9: no code for what never ran.
TEST(Observed, a_refused_start_whose_answer_got_lost_is_a_start_failure) {
  auto [task, spec] = running();
  task.containers[0].known = ContainerState::Created;
  task.containers[0].started_at.reset();
  Observation seen;
  seen.runtime_id = "id-web";
  seen.exit_code = 127;
  seen.error = "no such file";
  task = observed(task, spec, "web", seen, kNow);
  EXPECT_EQ(task.containers[0].known, ContainerState::Stopped);
  EXPECT_FALSE(task.containers[0].exit_code);
  EXPECT_EQ(task.containers[0].reason, "CannotStartContainerError: Error response from daemon: no such file");
}

TEST(Observed, a_stopped_container_stays_as_it_is) {
  auto [task, spec] = running();
  task = observed(task, spec, "web", ended(3), kNow);
  Observation alive;
  alive.running = true;
  alive.started_at = kNow.real;
  EXPECT_EQ(observed(task, spec, "web", alive, kNow).containers[0], task.containers[0]);
}

// 1.10.
TEST(Observed, health_counts_only_with_a_check_in_the_definition) {
  auto [task, spec] = running();
  Observation healthy;
  healthy.running = true;
  healthy.started_at = task.containers[0].started_at;
  healthy.health = HealthStatus::Healthy;
  task = observed(task, spec, "side", healthy, kNow);
  EXPECT_EQ(task.containers[1].health, HealthStatus::Unknown);
  EXPECT_EQ(task.health, HealthStatus::Unknown);
  task = observed(task, spec, "web", healthy, kNow);
  EXPECT_EQ(task.health, HealthStatus::Healthy);
  healthy.health = HealthStatus::Unhealthy;
  EXPECT_EQ(observed(task, spec, "web", healthy, kNow).health, HealthStatus::Unhealthy);
}

TEST(Vanished, names_the_error_and_gives_no_code) {
  auto [task, spec] = running();
  task = vanished(task, spec, "web", kNow);
  EXPECT_EQ(task.containers[0].reason, "ContainerVanishedError: No container matching saved ID found");
  EXPECT_FALSE(task.containers[0].exit_code);
  EXPECT_TRUE(task.containers[0].removed);
}

TEST(Failed, reasons_are_cut_at_255_characters) {
  auto [task, spec] = running();
  task.containers[0].known = ContainerState::None;
  EXPECT_EQ(failed(task, "web", std::string(400, 'x')).containers[0].reason.size(), 255U);
}

// 1.4.
TEST(Connected, follows_the_engine_without_a_version) {
  auto [task, spec] = running();
  EXPECT_FALSE(connected(task, false, kNow)) << "not taken up yet";
  task.connectivity = model::Connectivity::Connected;
  EXPECT_FALSE(connected(task, true, kNow));
  const TimePoint first = kNow.control - Seconds{60};
  task.connectivity_at = first;
  const auto away = connected(task, false, kNow);
  ASSERT_TRUE(away);
  EXPECT_EQ(away->connectivity, model::Connectivity::Disconnected);
  EXPECT_EQ(away->connectivity_at, first) << "it is when the task was last connected";
  EXPECT_EQ(away->version, task.version);
  EXPECT_FALSE(connected(*away, false, kNow));
  const auto back = connected(*away, true, kNow);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->connectivity, model::Connectivity::Connected);
  EXPECT_EQ(back->connectivity_at, kNow.control);
  task.last_status = TaskStatus::Stopped;
  EXPECT_FALSE(connected(task, false, kNow));
}

// 2.4.
TEST(WantsRestart, follows_the_policy) {
  auto [task, spec] = running();
  EXPECT_FALSE(wants_restart(task, spec, "web", ended(1)));
  spec.containers[0].restart = RestartPolicy{{7}, Seconds{60}};
  EXPECT_TRUE(wants_restart(task, spec, "web", ended(1)));
  EXPECT_TRUE(wants_restart(task, spec, "web", ended(0)));
  EXPECT_FALSE(wants_restart(task, spec, "web", ended(7)));
  Observation brief = ended(1);
  brief.started_at = kNow.real - Seconds{59};
  EXPECT_FALSE(wants_restart(task, spec, "web", brief));
  const auto stopping = request_stop(task, model::StopCode::UserInitiated, "", kNow);
  EXPECT_FALSE(wants_restart(stopping, spec, "web", ended(1)));
}

TEST(Observed, a_later_start_of_a_running_container_is_a_restart) {
  auto [task, spec] = running();
  Observation again;
  again.running = true;
  again.started_at = kNow.real;
  task = observed(task, spec, "web", again, kNow);
  EXPECT_EQ(task.containers[0].restarts, 1);
  EXPECT_EQ(task.version, 1);
}

// 1.4.
TEST(Pulls, the_start_is_set_once_and_the_end_moves_on) {
  model::Task task;
  const Now later{kNow.control + Seconds{5}, kNow.real};
  task = pull_stopped(pull_started(task, kNow), kNow);
  task = pull_stopped(pull_started(task, later), later);
  EXPECT_EQ(task.pull_started_at, kNow.control);
  EXPECT_EQ(task.pull_stopped_at, later.control);
}

// 1.5.
TEST(RequestStop, keeps_the_first_reason_and_leaves_the_status) {
  auto [task, spec] = running();
  task = request_stop(task, model::StopCode::UserInitiated, "one", kNow);
  EXPECT_EQ(task.last_status, TaskStatus::Running);
  EXPECT_EQ(task.version, 2);
  EXPECT_EQ(task.stopping_at, kNow.control);
  EXPECT_EQ(task.containers[1].desired, DesiredStatus::Stopped);
  task = request_stop(task, model::StopCode::SpotInterruption, "two", kNow);
  EXPECT_EQ(task.stopped_reason, "one");
  EXPECT_EQ(task.version, 2);
}

}  // namespace
}  // namespace slipway::lifecycle
