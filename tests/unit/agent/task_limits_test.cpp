// Which limits go where (data-plane.md 3.1), and who ended for want of memory.
#include "agent/task_limits.h"

#include <gtest/gtest.h>

namespace slipway::agent {
namespace {

using runtime::TaskLimits;
using runtime::TaskMemory;

constexpr std::int64_t kMiB = 1024 * 1024;

api::ecs::TaskDefinition definition_of(std::optional<std::string> cpu, std::optional<std::string> memory) {
  api::ecs::TaskDefinition definition;
  definition.cpu = std::move(cpu);
  definition.memory = std::move(memory);
  definition.container_definitions.emplace(2);
  definition.container_definitions->at(0).name = "a";
  definition.container_definitions->at(0).cpu = 300;
  definition.container_definitions->at(1).name = "b";
  return definition;
}

TEST(ParentLimits, go_on_tasks_that_have_a_size_of_their_own) {
  struct Case {
    const char* name;
    std::optional<std::string> cpu, memory;
    std::optional<TaskLimits> expected;
  };
  const Case cases[] = {
      {"none", {}, {}, std::nullopt},
      {"both", "256", "512", TaskLimits{512 * kMiB, 25'000, 100'000, 0}},
      {"cpu only", "2048", {}, TaskLimits{0, 200'000, 100'000, 0}},
      // Shares are the sum of the containers' own, at least 2 each.
      {"memory only", {}, "128", TaskLimits{128 * kMiB, 0, 0, 302}},
      {"less than a quota can be", "1", "6", TaskLimits{6 * kMiB, 1'000, 100'000, 0}},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(parent_limits({}, definition_of(each.cpu, each.memory)), each.expected) << each.name;
  }
}

TEST(ParentLimits, follow_the_overrides_of_run_task) {
  api::ecs::TaskOverride overrides;
  overrides.memory = "0.5GB";
  overrides.container_overrides.emplace(1);
  overrides.container_overrides->at(0).name = "b";
  overrides.container_overrides->at(0).cpu = 700;
  model::Task task;
  task.memory = "512";
  task.overrides = std::make_shared<const api::ecs::TaskOverride>(overrides);
  EXPECT_EQ(parent_limits(task, definition_of({}, "128")), (TaskLimits{512 * kMiB, 0, 0, 1000}));
}

TEST(ContainerLimits, are_the_containers_own_under_a_parent_and_the_tasks_without) {
  struct Case {
    const char* name;
    ContainerSize own;
    TaskSize task;
    bool parent;
    ContainerLimits expected;
  };
  const Case cases[] = {
      {"nothing asked for, a parent", {}, {256, 512}, true, {.shares = 2}},
      {"nothing asked for, no parent", {}, {256, 512}, false, {2, 25'000, 100'000, 512 * kMiB, 0}},
      {"its own, a parent", {128, 64, 32}, {256, 512}, true, {128, 0, 0, 64 * kMiB, 32 * kMiB}},
      {"its own, no parent", {128, 64, 32}, {256, 512}, false, {128, 25'000, 100'000, 64 * kMiB, 32 * kMiB}},
      {"more than the task, no parent", {0, 600, 0}, {{}, 512}, false, {2, 0, 0, 512 * kMiB, 0}},
      {"a task without a size", {1024, 64, 0}, {}, false, {1024, 0, 0, 64 * kMiB, 0}},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(container_limits(each.own, each.task, each.parent), each.expected) << each.name;
  }
}

TEST(OutOfMemory, tells_the_victim_from_its_neighbours) {
  struct Case {
    const char* name;
    Ending ending;
    TaskMemory task;
    bool expected;
  };
  const Case cases[] = {
      {"its own limit", {137, true, false}, TaskMemory::Untouched, true},
      {"its own limit, and it went on", {0, true, false}, TaskMemory::Untouched, true},
      {"killed by somebody", {137, false, false}, TaskMemory::Untouched, false},
      {"v1: the victim", {137, true, false}, TaskMemory::LimitHit, true},
      {"v1: its child was the victim", {1, true, false}, TaskMemory::LimitHit, true},
      {"v1: a neighbour that ended well", {0, true, false}, TaskMemory::LimitHit, false},
      {"v1: a neighbour that we killed", {137, true, true}, TaskMemory::LimitHit, false},
      {"v1: one that started later", {137, false, false}, TaskMemory::LimitHit, false},
      {"v2: the victim, flagged", {137, true, false}, TaskMemory::Killed, true},
      {"v2: the victim, not flagged", {137, false, false}, TaskMemory::Killed, true},
      {"v2: a neighbour that ended", {1, false, false}, TaskMemory::Killed, false},
      {"v2: a neighbour that we killed", {137, false, true}, TaskMemory::Killed, false},
  };
  for (const auto& each : cases) EXPECT_EQ(out_of_memory(each.ending, each.task), each.expected) << each.name;
}

}  // namespace
}  // namespace slipway::agent
