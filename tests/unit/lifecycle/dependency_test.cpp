// The dependency graph; sections are those of data-plane.md.
#include "slipway/lifecycle/dependency.h"

#include <gtest/gtest.h>

namespace slipway::lifecycle {
namespace {

using model::Container;
using model::ContainerState;
using model::HealthStatus;

constexpr TimePoint kNow{Millis{1'000'000}};

struct Pair {
  model::Task task;
  TaskSpec spec;
  Container& dependency() { return task.containers[0]; }
  Gate gate(TimePoint now = kNow) const { return start_gate(task, spec, "web", now); }
};

Pair waiting_for(Condition condition) {
  Pair pair;
  pair.task.containers.resize(2);
  pair.task.containers[0].name = "db";
  pair.task.containers[1].name = "web";
  ContainerSpec db, web;
  db.name = "db";
  db.health_check = true;
  web.name = "web";
  web.dependencies.push_back({"db", condition});
  pair.spec.containers = {db, web};
  return pair;
}

struct Case {
  const char* what;
  Condition condition;
  ContainerState known;
  std::optional<std::int32_t> exit_code;
  HealthStatus health;
  Gate::Kind answer;
};

constexpr auto kReady = Gate::Kind::Ready;
constexpr auto kBlocked = Gate::Kind::Blocked;
constexpr auto kNever = Gate::Kind::Never;

// 2.1.
const Case kCases[] = {
    {"START waits for the start",
     Condition::Start,
     ContainerState::Created,
     {},
     HealthStatus::Unknown,
     kBlocked},
    {"START is met by running", Condition::Start, ContainerState::Running, {}, HealthStatus::Unknown, kReady},
    {"START is met by an end, whatever the code", Condition::Start, ContainerState::Stopped, 7,
     HealthStatus::Unknown, kReady},
    {"COMPLETE waits for the end",
     Condition::Complete,
     ContainerState::Running,
     {},
     HealthStatus::Unknown,
     kBlocked},
    {"COMPLETE takes any code", Condition::Complete, ContainerState::Stopped, 7, HealthStatus::Unknown,
     kReady},
    {"COMPLETE waits for ever without a code",
     Condition::Complete,
     ContainerState::Stopped,
     {},
     HealthStatus::Unknown,
     kBlocked},
    {"SUCCESS waits for the end",
     Condition::Success,
     ContainerState::Running,
     {},
     HealthStatus::Unknown,
     kBlocked},
    {"SUCCESS takes code 0", Condition::Success, ContainerState::Stopped, 0, HealthStatus::Unknown, kReady},
    {"SUCCESS refuses other codes for good", Condition::Success, ContainerState::Stopped, 1,
     HealthStatus::Unknown, kNever},
    {"SUCCESS refuses an end without a code",
     Condition::Success,
     ContainerState::Stopped,
     {},
     HealthStatus::Unknown,
     kNever},
    {"HEALTHY waits while the check is new",
     Condition::Healthy,
     ContainerState::Running,
     {},
     HealthStatus::Unknown,
     kBlocked},
    {"HEALTHY waits while it is unhealthy",
     Condition::Healthy,
     ContainerState::Running,
     {},
     HealthStatus::Unhealthy,
     kBlocked},
    {"HEALTHY is met", Condition::Healthy, ContainerState::Running, {}, HealthStatus::Healthy, kReady},
    {"HEALTHY stays blocked by an ended one", Condition::Healthy, ContainerState::Stopped, 0,
     HealthStatus::Healthy, kBlocked},
    {"volumesFrom asks for creation only",
     Condition::Created,
     ContainerState::Created,
     {},
     HealthStatus::Unknown,
     kReady},
};

TEST(StartGate, answers_each_condition) {
  for (const auto& each : kCases) {
    Pair pair = waiting_for(each.condition);
    pair.dependency().known = each.known;
    pair.dependency().exit_code = each.exit_code;
    pair.dependency().health = each.health;
    EXPECT_EQ(pair.gate().kind, each.answer) << each.what;
  }
}

// 2.2: the awaited container's own timeout, from its start.
TEST(StartGate, the_start_timeout_of_the_awaited_container_ends_the_wait) {
  Pair pair = waiting_for(Condition::Healthy);
  pair.spec.containers[0].start_timeout = Seconds{10};
  pair.dependency().known = ContainerState::Running;
  pair.dependency().started_at = kNow;
  const Gate before = pair.gate(kNow + Seconds{9});
  EXPECT_EQ(before.kind, kBlocked);
  EXPECT_EQ(before.deadline, kNow + Seconds{10});
  const Gate after = pair.gate(kNow + Seconds{10});
  EXPECT_EQ(after.kind, kNever);
  EXPECT_EQ(after.text,
            "dependency graph: container ordering dependency [db] for target [web] has timed out");
}

TEST(StartGate, start_has_no_timeout_and_an_ended_dependency_never_times_out) {
  Pair start = waiting_for(Condition::Start);
  start.spec.containers[0].start_timeout = Seconds{1};
  start.dependency().known = ContainerState::Created;
  start.dependency().started_at = kNow;
  EXPECT_EQ(start.gate(kNow + Seconds{60}).kind, kBlocked);
  Pair ended = waiting_for(Condition::Healthy);
  ended.spec.containers[0].start_timeout = Seconds{1};
  ended.dependency().known = ContainerState::Stopped;
  ended.dependency().started_at = kNow;
  EXPECT_EQ(ended.gate(kNow + Seconds{60}).kind, kBlocked);
}

TEST(StartGate, a_dependency_that_will_not_start_or_is_not_there_is_final) {
  Pair stopping = waiting_for(Condition::Start);
  stopping.dependency().desired = model::DesiredStatus::Stopped;
  EXPECT_EQ(stopping.gate().kind, kNever);
  Pair missing = waiting_for(Condition::Start);
  missing.spec.containers[1].dependencies[0].container = "cache";
  EXPECT_EQ(missing.gate().kind, kNever);
}

// 5.1.
TEST(StartGate, everything_waits_for_the_container_that_holds_the_network) {
  Pair pair = waiting_for(Condition::Start);
  Container pause;
  pause.name = std::string(model::kPauseName);
  pair.task.containers.push_back(pause);
  pair.spec.containers[1].dependencies.clear();
  EXPECT_EQ(pair.gate().kind, kBlocked);
  EXPECT_EQ(start_gate(pair.task, pair.spec, model::kPauseName, kNow).kind, kReady);
  pair.task.containers[2].known = ContainerState::Running;
  EXPECT_EQ(pair.gate().kind, kReady);
}

// 2.3.
TEST(MayStop, only_after_all_that_depend_on_it) {
  Pair pair = waiting_for(Condition::Start);
  for (auto& container : pair.task.containers) container.known = ContainerState::Running;
  EXPECT_FALSE(may_stop(pair.task, pair.spec, "db"));
  EXPECT_TRUE(may_stop(pair.task, pair.spec, "web"));
  pair.task.containers[1].known = ContainerState::Stopped;
  EXPECT_TRUE(may_stop(pair.task, pair.spec, "db"));
}

TEST(MayStop, namespace_holders_go_last) {
  Pair pair = waiting_for(Condition::Start);
  Container pause;
  pause.name = std::string(model::kPauseName);
  pair.task.containers.push_back(pause);
  for (auto& container : pair.task.containers) container.known = ContainerState::Running;
  EXPECT_FALSE(may_stop(pair.task, pair.spec, model::kPauseName));
  pair.task.containers[0].known = pair.task.containers[1].known = ContainerState::Stopped;
  EXPECT_TRUE(may_stop(pair.task, pair.spec, model::kPauseName));
}

}  // namespace
}  // namespace slipway::lifecycle
