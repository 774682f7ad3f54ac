// Engines that go away and come back, servers that are killed (decisions.md 6, 24).
#include <gtest/gtest.h>

#include "support/agent_world.h"

namespace slipway::test {
namespace {

using model::LaunchType;
using model::NetworkMode;
using model::TaskStatus;

TEST(Trouble, a_killed_server_adopts_its_running_containers) {
  World world;
  const auto task =
      world.run_task(world.define({ContainerBuilder("web"), ContainerBuilder("side")}, NetworkMode::Awsvpc),
                     LaunchType::Fargate);
  world.settle();
  const auto before = world.task(task);
  world.restart_server();
  world.advance(Seconds{5});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(task).version, before.version);
  for (const auto& container : before.containers) {
    EXPECT_EQ(world.container(task, container.name).runtime_id, container.runtime_id);
  }
  EXPECT_EQ(world.engine().containers(), 3U);
}

TEST(Trouble, what_ended_while_no_server_ran_has_its_true_exit_code) {
  World world;
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  world.engine().crash(world.container(task, "web").runtime_id, 42);
  world.restart_server();
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 42);
}

TEST(Trouble, tasks_keep_their_state_while_the_engine_is_away) {
  World world;
  const auto lives = world.run_task(world.define({ContainerBuilder("web")}));
  const auto ends =
      world.run_task(world.define({ContainerBuilder("web").sim("run-seconds", "60").sim("exit-code", "9")}));
  world.advance(Seconds{10});
  world.engine().set_reachable(false);
  const auto late = world.run_task(world.define({ContainerBuilder("web")}));
  world.advance(Seconds{120});
  EXPECT_EQ(world.task(lives).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(ends).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(late).last_status, TaskStatus::Pending);
  world.engine().set_reachable(true);
  world.advance(Seconds{3});
  EXPECT_EQ(world.task(lives).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(ends).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(ends, "web").exit_code, 9);
  EXPECT_EQ(world.task(late).last_status, TaskStatus::Running);
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

TEST(Trouble, after_an_engine_restart_the_dead_are_reported_with_their_code) {
  World world;
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  world.engine().restart(false);
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 137);
}

TEST(Trouble, after_a_live_restore_everything_goes_on) {
  World world;
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  world.engine().restart(true);
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
}

TEST(Trouble, a_container_removed_behind_our_back_has_vanished) {
  World world;
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  const auto removed = world.await(world.engine().remove(world.container(task, "web").runtime_id));
  EXPECT_TRUE(removed);
  world.engine().restart(true);
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").reason,
            "ContainerVanishedError: No container matching saved ID found");
  EXPECT_FALSE(world.container(task, "web").exit_code);
}

TEST(Trouble, an_unknown_outcome_of_a_start_is_looked_up) {
  World world;
  world.engine().fail_next("start", 1, {runtime::EngineErrorKind::Timeout, "no answer"});
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.advance(Seconds{3});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.engine().containers(), 1U);
}

TEST(Trouble, containers_of_others_and_of_other_servers_are_left_alone) {
  World world;
  const auto stranger = world.foreign_container("postgres", {});
  const auto neighbour = world.foreign_container("ecs-app-1-web-1", {{"dev.slipway.server", "another"}});
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  world.restart_server();
  world.advance(std::chrono::hours{2});
  world.await(world.agent().remove_everything());
  world.advance(Seconds{1});
  EXPECT_EQ(world.engine().containers(), 2U);
  for (const auto& id : {stranger, neighbour}) {
    EXPECT_EQ(world.await(world.engine().inspect(id))->state, runtime::RunState::Running);
  }
}

TEST(Trouble, containers_of_ours_that_the_state_does_not_know_are_removed_at_start) {
  World world;
  world.foreign_container("ecs-app-1-web-2",
                          {{"dev.slipway.server", "0123456789abcdef"},
                           {"com.amazonaws.ecs.task-arn", "arn:aws:ecs:us-east-1:0:task/default/x"},
                           {"com.amazonaws.ecs.container-name", "web"}});
  world.restart_server();
  world.advance(Seconds{1});
  EXPECT_EQ(world.engine().containers(), 0U);
}

TEST(Trouble, a_reset_removes_all_and_leaves_the_agent_usable) {
  World world;
  const auto definition = world.define({ContainerBuilder("web")}, NetworkMode::Awsvpc);
  world.run_task(definition, LaunchType::Fargate);
  world.settle();
  world.await(world.agent().remove_everything());
  EXPECT_EQ(world.engine().containers(), 0U);
  EXPECT_TRUE(
      world.await(world.engine().list_networks({{"dev.slipway.server", "0123456789abcdef"}}))->empty());
  world.store().reset();
  world.agent().resume();
  const auto again = world.run_task(world.define({ContainerBuilder("web")}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(again).last_status, TaskStatus::Running);
}

TEST(Trouble, more_than_four_launches_wait_their_turn) {
  World world;
  std::vector<std::string> tasks;
  const auto definition = world.define({ContainerBuilder("web").sim("start-seconds", "1")});
  for (int i = 0; i < 10; ++i) tasks.push_back(world.run_task(definition));
  world.advance(Millis{500});
  EXPECT_EQ(world.agent().counters().launches_in_flight, 4U);
  EXPECT_EQ(world.agent().counters().launches_waiting, 6U);
  world.advance(Millis{1000});
  int running = 0;
  for (const auto& task : tasks) running += world.task(task).last_status == TaskStatus::Running ? 1 : 0;
  EXPECT_EQ(running, 4);
  world.advance(Seconds{5});
  for (const auto& task : tasks) EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.agent().counters().launches_in_flight, 0U);
}

}  // namespace
}  // namespace slipway::test
