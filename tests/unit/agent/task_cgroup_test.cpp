// When the agent makes and removes a task's parent cgroup, on the simulated engine.
#include <gtest/gtest.h>

#include <set>

#include "support/agent_world.h"

namespace slipway::test {
namespace {

using model::TaskStatus;

// Remembers; refuses when told to.
class MemoryCgroups final : public runtime::TaskCgroups {
 public:
  std::string version() const override { return "v2"; }
  std::string parent(std::string_view task) const override { return "/slipway/test/" + std::string(task); }
  Result<void, std::string> ensure(std::string_view task, const runtime::TaskLimits& limits) override {
    if (full) return std::string("no room");
    made.emplace(task);
    last = limits;
    ++ensured;
    return {};
  }
  runtime::TaskMemory memory(std::string_view) const override { return pressure; }
  bool remove(std::string_view task) override {
    if (in_use) return false;
    made.erase(std::string(task));
    return true;
  }
  std::vector<std::string> tasks() const override { return {made.begin(), made.end()}; }

  std::set<std::string> made;
  runtime::TaskLimits last;
  runtime::TaskMemory pressure = runtime::TaskMemory::Untouched;
  int ensured = 0;
  bool full = false, in_use = false;
};

class TaskCgroupTest : public testing::Test {
 protected:
  std::shared_ptr<MemoryCgroups> cgroups = std::make_shared<MemoryCgroups>();
  World world{{.cgroups = cgroups}};

  // Of two containers, with a size of the task.
  std::string run_sized(const std::vector<ContainerBuilder>& containers) {
    const std::string definition = world.define(containers);
    const auto row = world.store().model().find_definition(definition);
    auto document = std::make_shared<api::ecs::TaskDefinition>(*row->document);
    document->memory = "128";
    model::TaskDefinition sized = *row;
    sized.document = std::move(document);
    world.store().write([&](store::Transaction& tx) { tx.put(sized); });
    return world.run_task(definition);
  }
};

TEST_F(TaskCgroupTest, is_there_before_the_containers_and_goes_with_the_stop) {
  const auto task = run_sized({ContainerBuilder("web"), ContainerBuilder("side")});
  world.settle();
  EXPECT_EQ(cgroups->tasks(), std::vector<std::string>{world.task(task).id});
  EXPECT_EQ(cgroups->last.memory_bytes, 128 << 20);
  world.stop_task(task);
  world.advance(Seconds{40});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_TRUE(cgroups->made.empty());
}

TEST_F(TaskCgroupTest, a_task_without_a_size_has_none) {
  world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  EXPECT_EQ(cgroups->ensured, 0);
}

TEST_F(TaskCgroupTest, one_that_cannot_be_made_fails_the_task_as_on_ecs) {
  cgroups->full = true;
  const auto task = run_sized({ContainerBuilder("web")});
  world.advance(Seconds{5});
  EXPECT_EQ(world.task(task).stop_code, model::StopCode::TaskFailedToStart);
  EXPECT_EQ(world.container(task, "web").reason,
            "CgroupError: Agent could not create task's platform resources: no room");
  EXPECT_EQ(world.engine().containers(), 0U);
}

TEST_F(TaskCgroupTest, one_in_use_is_removed_later) {
  const auto task = run_sized({ContainerBuilder("web").sim("run-seconds", "1")});
  cgroups->in_use = true;
  world.advance(Seconds{10});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(cgroups->made.size(), 1U);
  cgroups->in_use = false;
  world.advance(Seconds{1});
  EXPECT_TRUE(cgroups->made.empty());
}

TEST_F(TaskCgroupTest, what_a_killed_server_left_goes_at_the_next_start_and_what_lives_stays) {
  const auto task = run_sized({ContainerBuilder("web")});
  world.settle();
  cgroups->made.insert("stranger");
  world.restart_server();
  world.advance(Seconds{2});
  EXPECT_EQ(cgroups->tasks(), std::vector<std::string>{world.task(task).id});
}

TEST_F(TaskCgroupTest, a_kill_at_any_commit_leaves_none) {
  for (int commit = 1; commit <= 12; ++commit) {
    const auto task = run_sized({ContainerBuilder("web").sim("run-seconds", "3")});
    world.crash_at_commit(commit);
    world.advance(Seconds{60});
    world.crash_at_commit(0);
    EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped) << commit;
    EXPECT_TRUE(cgroups->made.empty()) << commit;
  }
}

TEST_F(TaskCgroupTest, removing_everything_takes_them_too) {
  run_sized({ContainerBuilder("web")});
  world.settle();
  world.await(world.agent().remove_everything());
  EXPECT_TRUE(cgroups->made.empty());
  world.agent().resume();
}

TEST_F(TaskCgroupTest, a_victim_of_the_tasks_limit_is_out_of_memory_though_the_engine_does_not_say_so) {
  cgroups->pressure = runtime::TaskMemory::Killed;
  const auto task = run_sized(
      {ContainerBuilder("web").sim("run-seconds", "1").sim("exit-code", "137"), ContainerBuilder("side")});
  world.advance(Seconds{60});
  EXPECT_EQ(world.container(task, "web").reason, "OutOfMemoryError: Container killed due to memory usage");
  EXPECT_EQ(world.container(task, "side").reason, "");
}

}  // namespace
}  // namespace slipway::test
