// What is next for a task; sections are those of data-plane.md.
#include "slipway/lifecycle/plan.h"

#include <gtest/gtest.h>

#include "slipway/lifecycle/stop.h"

namespace slipway::lifecycle {
namespace {

using model::AttachmentStatus;
using model::Connectivity;
using model::ContainerState;
using model::LaunchType;
using model::StopCode;
using model::TaskStatus;

constexpr Now kNow{TimePoint{Millis{9'000'000}}, TimePoint{Millis{5'000'000}}};

struct Fixture {
  model::Task task;
  TaskSpec spec;
  Work work;
  Plan plan() const { return next(task, spec, work, kNow); }
  // Stores transitions until there are none; their statuses.
  std::vector<TaskStatus> run() {
    std::vector<TaskStatus> seen;
    for (auto one = plan(); one.task; one = plan()) {
      if (one.task->last_status != task.last_status) seen.push_back(one.task->last_status);
      task = *one.task;
    }
    return seen;
  }
};

Fixture with(std::vector<ContainerState> states, TaskStatus status = TaskStatus::Pending) {
  Fixture fixture;
  fixture.task.last_status = status;
  fixture.task.connectivity = Connectivity::Connected;
  for (std::size_t i = 0; i < states.size(); ++i) {
    model::Container container;
    container.name = std::string(1, static_cast<char>('a' + i));
    container.known = states[i];
    if (states[i] >= ContainerState::Running) container.started_at = kNow.real;
    fixture.task.containers.push_back(container);
    ContainerSpec rules;
    rules.name = container.name;
    fixture.spec.containers.push_back(rules);
  }
  return fixture;
}

TEST(Next, connects_a_task_that_it_takes_up) {
  auto fixture = with({ContainerState::None});
  fixture.task.connectivity = Connectivity::None;
  const Plan plan = fixture.plan();
  ASSERT_TRUE(plan.task);
  EXPECT_EQ(plan.task->connectivity, Connectivity::Connected);
  EXPECT_EQ(plan.task->connectivity_at, kNow.control);
  EXPECT_EQ(plan.task->version, 1);
}

TEST(Next, pulls_and_launches_what_is_ready) {
  auto fixture = with({ContainerState::None, ContainerState::Pulled, ContainerState::Created});
  const std::vector<Step> expected{
      {Action::Pull, "a", Seconds{0}}, {Action::Launch, "b", Seconds{0}}, {Action::Launch, "c", Seconds{0}}};
  EXPECT_EQ(fixture.plan().steps, expected);
}

TEST(Next, looks_before_it_decides_and_leaves_alone_what_is_busy) {
  auto fixture = with({ContainerState::Pulled, ContainerState::Pulled, ContainerState::None});
  fixture.work.uncertain.insert("a");
  fixture.work.busy.insert("b");
  fixture.work.pulling.insert("c");
  const std::vector<Step> expected{{Action::Inspect, "a", Seconds{0}}};
  EXPECT_EQ(fixture.plan().steps, expected);
}

// 1.3.
TEST(Next, runs_when_every_container_runs_or_has_ended) {
  auto fixture = with({ContainerState::Running, ContainerState::Stopped});
  fixture.spec.containers[1].essential = false;
  EXPECT_EQ(fixture.run(), std::vector<TaskStatus>{TaskStatus::Running});
  EXPECT_EQ(fixture.task.started_at, kNow.control);
}

TEST(Next, an_essential_end_beside_a_running_container_stops_a_task_that_never_ran) {
  auto fixture = with({ContainerState::Stopped, ContainerState::Running});
  EXPECT_EQ(fixture.run(), std::vector<TaskStatus>{TaskStatus::Stopping});
  EXPECT_EQ(fixture.task.stop_code, StopCode::EssentialContainerExited);
  EXPECT_FALSE(fixture.task.started_at);
  const std::vector<Step> expected{{Action::Stop, "b", Seconds{30}}};
  EXPECT_EQ(fixture.plan().steps, expected);
}

// 1.1, 1.6.
TEST(Next, a_start_failure_never_shows_running) {
  auto fixture = with({ContainerState::Stopped});
  fixture.task.containers[0].started_at.reset();
  fixture.task.containers[0].reason = "CannotStartContainerError: no";
  EXPECT_EQ(fixture.run(), std::vector<TaskStatus>{TaskStatus::Stopped});
  EXPECT_EQ(fixture.task.stop_code, StopCode::TaskFailedToStart);
  EXPECT_EQ(fixture.task.stopped_reason, "Task failed to start");
}

TEST(Next, fargate_states_the_error_itself) {
  auto fixture = with({ContainerState::Stopped});
  fixture.task.launch_type = LaunchType::Fargate;
  fixture.task.containers[0].started_at.reset();
  fixture.task.containers[0].reason = "CannotPullContainerError: no";
  fixture.run();
  EXPECT_EQ(fixture.task.stopped_reason, "CannotPullContainerError: no");
}

// 1.1, 5.1.
TEST(Next, an_interface_is_provisioned_first_and_deprovisioned_last) {
  auto fixture = with({ContainerState::None}, TaskStatus::Provisioning);
  fixture.task.connectivity = Connectivity::None;
  fixture.task.eni.emplace();
  const std::vector<Step> network{{Action::EnsureNetwork, "", Seconds{0}}};
  EXPECT_EQ(fixture.plan().steps, network);
  fixture.work.busy.insert("");
  EXPECT_TRUE(fixture.plan().steps.empty());
  fixture.task.eni->status = AttachmentStatus::Attaching;
  EXPECT_EQ(fixture.run(), std::vector<TaskStatus>{TaskStatus::Pending});
  EXPECT_EQ(fixture.task.eni->status, AttachmentStatus::Attached);
  fixture.task = request_stop(fixture.task, StopCode::UserInitiated, "", kNow);
  const std::vector<TaskStatus> down{TaskStatus::Deprovisioning, TaskStatus::Stopped};
  EXPECT_EQ(fixture.run(), down);
  EXPECT_EQ(fixture.task.eni->status, AttachmentStatus::Deleted);
  EXPECT_EQ(fixture.task.stopped_at, kNow.control);
}

TEST(Next, a_namespace_container_is_added_and_launched_alone) {
  auto fixture = with({ContainerState::None});
  fixture.spec.internal.emplace_back(model::kPauseName);
  fixture.run();
  ASSERT_EQ(fixture.task.containers.size(), 2U);
  const std::vector<Step> expected{{Action::Pull, std::string(model::kPauseName), Seconds{0}}};
  EXPECT_EQ(fixture.plan().steps, expected);
}

// 2.3.
TEST(Next, what_was_never_made_is_stopped_without_a_code) {
  auto fixture = with({ContainerState::None, ContainerState::Created});
  fixture.task = request_stop(fixture.task, StopCode::UserInitiated, "", kNow);
  EXPECT_EQ(fixture.run(), std::vector<TaskStatus>{TaskStatus::Stopped});
  for (const auto& container : fixture.task.containers) EXPECT_FALSE(container.exit_code);
}

TEST(Next, a_stopping_task_waits_for_what_is_in_work) {
  auto fixture = with({ContainerState::Pulled});
  fixture.work.busy.insert("a");
  fixture.task = request_stop(fixture.task, StopCode::UserInitiated, "", kNow);
  EXPECT_TRUE(fixture.run().empty());
  EXPECT_TRUE(fixture.plan().steps.empty());
}

// 2.2, 1.9.
TEST(Next, wakes_at_a_start_timeout_and_then_fails_the_dependent) {
  auto fixture = with({ContainerState::Running, ContainerState::None});
  fixture.spec.containers[0].start_timeout = Seconds{10};
  fixture.spec.containers[1].dependencies.push_back({"a", Condition::Healthy});
  EXPECT_EQ(fixture.plan().wake_real, kNow.real + Seconds{10});
  fixture.task.containers[0].started_at = kNow.real - Seconds{10};
  fixture.run();
  EXPECT_EQ(fixture.task.containers[1].exit_code, 143);
  EXPECT_EQ(fixture.task.stop_code, StopCode::TaskFailedToStart);
}

TEST(Next, each_transition_has_a_version_of_its_own) {
  auto fixture = with({ContainerState::Running}, TaskStatus::Running);
  fixture.task.containers[0].known = ContainerState::Stopped;
  std::int64_t version = fixture.task.version;
  for (auto plan = fixture.plan(); plan.task; plan = fixture.plan()) {
    fixture.task = *plan.task;
    EXPECT_EQ(fixture.task.version, ++version);
  }
  EXPECT_EQ(fixture.task.last_status, TaskStatus::Stopped);
  EXPECT_EQ(version, 4);
}

TEST(Next, a_stopped_task_needs_nothing) {
  auto fixture = with({ContainerState::Stopped}, TaskStatus::Stopped);
  const Plan plan = fixture.plan();
  EXPECT_FALSE(plan.task);
  EXPECT_TRUE(plan.steps.empty());
}

}  // namespace
}  // namespace slipway::lifecycle
