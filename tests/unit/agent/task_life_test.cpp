// Whole lives of tasks on the simulated engine; the sections are those of data-plane.md.
#include <gtest/gtest.h>

#include "support/agent_world.h"

namespace slipway::test {
namespace {

using model::DesiredStatus;
using model::LaunchType;
using model::NetworkMode;
using model::StopCode;
using model::TaskStatus;
using Words = std::vector<std::string>;

class TaskLife : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(world.violations(), Words()); }
  World world;
};

// 1.1: no PROVISIONING without an interface; each state is a commit with a version of its own.
TEST_F(TaskLife, a_bridge_task_goes_from_pending_to_running_to_stopping_to_stopped) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("web").sim("run-seconds", "5").sim("exit-code", "3")}));
  world.settle();
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(task).connectivity, model::Connectivity::Connected);
  world.advance(Seconds{6});
  EXPECT_EQ(world.history(task), (Words{"PENDING 1", "RUNNING 2", "RUNNING 3", "STOPPING 4", "STOPPED 5"}));
  const auto ended = world.task(task);
  EXPECT_EQ(ended.stop_code, StopCode::EssentialContainerExited);
  EXPECT_EQ(ended.stopped_reason, "Essential container in task exited");
  EXPECT_EQ(world.container(task, "web").exit_code, 3);
  EXPECT_EQ(world.container(task, "web").reason, "");
  EXPECT_TRUE(ended.execution_stopped_at <= ended.stopping_at && ended.stopping_at <= ended.stopped_at);
}

// 1.1, 5.1.
TEST_F(TaskLife, an_awsvpc_task_shows_its_interface_coming_and_going) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("web").port(80), ContainerBuilder("side")}, NetworkMode::Awsvpc),
      LaunchType::Fargate);
  world.settle();
  const auto running = world.task(task);
  EXPECT_EQ(running.last_status, TaskStatus::Running);
  ASSERT_TRUE(running.eni);
  EXPECT_EQ(running.eni->address, "172.31.0.4");
  EXPECT_EQ(running.eni->private_dns_name, "ip-172-31-0-4.ec2.internal");
  EXPECT_EQ(running.eni->status, model::AttachmentStatus::Attached);
  EXPECT_NE(running.eni->mac, "");
  const auto pause = world.container(task, std::string(model::kPauseName));
  ASSERT_EQ(pause.published.size(), 1U);
  EXPECT_EQ(pause.published[0].container_port, 80);
  EXPECT_TRUE(world.container(task, "web").bindings.empty());
  world.stop_task(task);
  world.advance(Seconds{1});
  EXPECT_EQ(world.history(task), (Words{"PROVISIONING 1", "PROVISIONING 2", "PENDING 3", "RUNNING 4",
                                        "RUNNING 5", "STOPPING 6", "DEPROVISIONING 7", "STOPPED 8"}));
  EXPECT_EQ(world.task(task).eni->status, model::AttachmentStatus::Deleted);
  EXPECT_TRUE(world.container(task, std::string(model::kPauseName)).removed);
}

// 1.5: the wish is visible at once, the status follows.
TEST_F(TaskLife, stopping_shows_the_wish_before_the_status) {
  const auto task = world.run_task(world.define({ContainerBuilder("web").sim("stop-seconds", "3")}));
  world.settle();
  world.stop_task(task, "enough");
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.task(task).desired_status, DesiredStatus::Stopped);
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopping);
  world.advance(Seconds{5});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.task(task).stopped_reason, "enough");
  EXPECT_EQ(world.container(task, "web").exit_code, 143);
}

// 2.2.
TEST_F(TaskLife, a_container_that_ignores_sigterm_is_killed_after_its_stop_timeout) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("web").sim("stop-seconds", "never").stop_timeout(7)}));
  world.settle();
  world.stop_task(task);
  world.advance(Seconds{6});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopping);
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 137);
}

// 1.3, 14.3.
TEST_F(TaskLife, a_non_essential_end_is_reported_and_stops_nothing) {
  const auto task = world.run_task(world.define(
      {ContainerBuilder("init").essential(false).sim("run-seconds", "2"), ContainerBuilder("web")}));
  world.advance(Seconds{3});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.container(task, "init").known, model::ContainerState::Stopped);
  EXPECT_EQ(world.task(task).version, 3);
  EXPECT_FALSE(world.task(task).execution_stopped_at);
}

// 1.3: reported as RUNNING and STOPPED although it ended at once.
TEST_F(TaskLife, a_container_that_ends_at_once_was_running_nevertheless) {
  const auto task = world.run_task(world.define({ContainerBuilder("job").sim("run-seconds", "0")}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.history(task), (Words{"PENDING 1", "RUNNING 2", "RUNNING 3", "STOPPING 4", "STOPPED 5"}));
  EXPECT_TRUE(world.task(task).started_at);
  EXPECT_EQ(world.container(task, "job").exit_code, 0);
}

// 1.6, 1.7, 14.12.
TEST_F(TaskLife, an_image_that_cannot_be_pulled_fails_the_task_where_ec2_says_so) {
  const auto task = world.run_task(world.define({ContainerBuilder("web", "app:missing")}));
  world.advance(Seconds{1});
  const auto ended = world.task(task);
  EXPECT_EQ(ended.last_status, TaskStatus::Stopped);
  EXPECT_EQ(ended.stop_code, StopCode::TaskFailedToStart);
  EXPECT_EQ(ended.stopped_reason, "Task failed to start");
  EXPECT_TRUE(world.container(task, "web").reason.starts_with("CannotPullContainerError: "));
  EXPECT_FALSE(world.container(task, "web").exit_code);
  EXPECT_FALSE(ended.started_at);
  EXPECT_FALSE(ended.execution_stopped_at);
  EXPECT_TRUE(ended.pull_started_at && ended.pull_stopped_at);
  EXPECT_TRUE(ended.cleaned);
}

TEST_F(TaskLife, an_image_that_cannot_be_pulled_fails_the_task_where_fargate_says_so) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("web", "app:missing")}, NetworkMode::Awsvpc), LaunchType::Fargate);
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).stop_code, StopCode::TaskFailedToStart);
  EXPECT_EQ(world.task(task).stopped_reason,
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
            "docker.io/library/app:missing: docker.io/library/app:missing: not found");
}

// 1.7.
TEST_F(TaskLife, create_and_start_failures_are_named) {
  const auto one = world.run_task(world.define({ContainerBuilder("web").sim("create-error", "no")}));
  const auto two = world.run_task(world.define({ContainerBuilder("web").sim("start-error", "no such file")}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.container(one, "web").reason, "CannotCreateContainerError: Error response from daemon: no");
  EXPECT_EQ(world.container(two, "web").reason,
            "CannotStartContainerError: Error response from daemon: no such file");
  EXPECT_EQ(world.task(two).stop_code, StopCode::TaskFailedToStart);
  EXPECT_FALSE(world.container(two, "web").exit_code);
}

TEST_F(TaskLife, out_of_memory_is_a_reason) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("web").sim("oom", "true").sim("run-seconds", "1")}));
  world.advance(Seconds{2});
  EXPECT_EQ(world.container(task, "web").reason, "OutOfMemoryError: Container killed due to memory usage");
  EXPECT_EQ(world.container(task, "web").exit_code, 137);
  EXPECT_EQ(world.task(task).stop_code, StopCode::EssentialContainerExited);
}

// 2.1, 1.9.
TEST_F(TaskLife, a_dependency_that_fails_lets_its_dependent_fail_with_143) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("init").essential(false).sim("run-seconds", "1").sim("exit-code", "1"),
                    ContainerBuilder("web").after("init", "SUCCESS")}));
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 143);
  EXPECT_TRUE(
      world.container(task, "web").reason.starts_with("CannotStartContainerError: dependency graph: "));
  EXPECT_EQ(world.task(task).stop_code, StopCode::TaskFailedToStart);
}

TEST_F(TaskLife, a_dependent_waits_until_its_dependency_is_healthy) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("db").health_check().sim("health", "healthy-after:5"),
                                   ContainerBuilder("web").after("db", "HEALTHY")}));
  world.advance(Seconds{4});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Pending);
  world.advance(Seconds{2});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.container(task, "db").health, model::HealthStatus::Healthy);
  EXPECT_EQ(world.task(task).health, model::HealthStatus::Unknown);  // 1.10: web has no check
}

// 2.2.
TEST_F(TaskLife, a_dependent_fails_when_its_dependency_takes_longer_than_its_start_timeout) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("db").health_check().sim("health", "unhealthy").start_timeout(10),
                    ContainerBuilder("web").after("db", "HEALTHY")}));
  world.advance(Seconds{9});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Pending);
  world.advance(Seconds{3});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 143);
  EXPECT_EQ(world.container(task, "db").exit_code, 143);
}

// 2.3.
TEST_F(TaskLife, containers_stop_in_reverse_dependency_order) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("db").sim("stop-seconds", "2"),
                                   ContainerBuilder("web").after("db", "START").sim("stop-seconds", "2")}));
  world.advance(Seconds{1});
  world.stop_task(task);
  world.advance(Seconds{10});
  const auto db = world.container(task, "db"), web = world.container(task, "web");
  ASSERT_TRUE(db.finished_at && web.finished_at);
  EXPECT_EQ(*db.finished_at - *web.finished_at, Seconds{2});
}

// 2.4.
TEST_F(TaskLife, a_restart_policy_starts_the_same_container_again) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("web").sim("run-seconds", "70").sim("exit-code", "1").restart(60)}));
  world.settle();
  const auto id = world.container(task, "web").runtime_id;
  world.advance(Seconds{100});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.container(task, "web").restarts, 1);
  EXPECT_EQ(world.container(task, "web").runtime_id, id);
  EXPECT_EQ(world.task(task).version, 2);
}

TEST_F(TaskLife, an_exit_before_the_attempt_period_or_with_an_ignored_code_is_final) {
  const auto early =
      world.run_task(world.define({ContainerBuilder("web").sim("run-seconds", "5").restart(60)}));
  const auto ignored =
      world.run_task(world.define({ContainerBuilder("web").sim("run-seconds", "70").restart(60, {0})}));
  world.advance(Seconds{100});
  EXPECT_EQ(world.task(early).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.task(ignored).last_status, TaskStatus::Stopped);
}

TEST_F(TaskLife, a_restart_that_the_engine_refuses_leaves_the_last_code_and_says_why) {
  const auto task = world.run_task(
      world.define({ContainerBuilder("web").sim("run-seconds", "70").sim("exit-code", "1").restart(60)}));
  world.advance(Seconds{60});
  world.engine().fail_next("start", 1, {runtime::EngineErrorKind::Failed, "no space left"});
  world.advance(Seconds{20});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_EQ(world.container(task, "web").exit_code, 1);
  EXPECT_EQ(world.container(task, "web").restarts, 0);
  EXPECT_EQ(world.container(task, "web").reason,
            "CannotStartContainerError: Error response from daemon: no space left");
}

// 5.2.
TEST_F(TaskLife, dynamic_host_ports_are_chosen_one_after_the_other) {
  const auto definition =
      world.define({ContainerBuilder("web").port(80).port(81), ContainerBuilder("fix").port(90, 9090)});
  const auto one = world.run_task(definition);
  world.settle();
  const auto two = world.run_task(world.define({ContainerBuilder("web").port(80)}));
  world.settle();
  const auto first = world.container(one, "web").bindings;
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].bind_ip, "0.0.0.0");
  EXPECT_EQ(first[0].host_port + 1, first[1].host_port);
  EXPECT_EQ(world.container(one, "fix").bindings[0].host_port, 9090);
  EXPECT_EQ(world.container(two, "web").bindings[0].host_port, first[1].host_port + 1);
}

TEST_F(TaskLife, a_port_that_somebody_took_meanwhile_is_chosen_again) {
  world.engine().fail_next(
      "start", 1,
      {runtime::EngineErrorKind::Failed, "Bind for 127.0.0.1:32768 failed: port is already allocated"});
  const auto task = world.run_task(world.define({ContainerBuilder("web").port(80)}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_EQ(world.container(task, "web").bindings[0].host_port, 32769);
  EXPECT_EQ(world.engine().containers(), 1U);
}

// Where ports cannot be tried the engine may refuse more than one.
TEST_F(TaskLife, ports_are_looked_for_further_away_with_each_refusal) {
  const runtime::EngineError taken{runtime::EngineErrorKind::Failed,
                                   "driver failed: Bind for 127.0.0.1:1 failed: port is already allocated"};
  world.engine().fail_next("start", 6, taken);
  const auto task = world.run_task(world.define({ContainerBuilder("web").port(80)}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Running);
  EXPECT_GT(world.container(task, "web").bindings[0].host_port, 32768 + 5000);
  EXPECT_EQ(world.engine().containers(), 1U);
}

TEST_F(TaskLife, when_the_seventh_port_is_taken_too_the_task_says_so) {
  world.engine().fail_next("start", 7,
                           {runtime::EngineErrorKind::Failed, "Bind failed: port is already allocated"});
  const auto task = world.run_task(world.define({ContainerBuilder("web").port(80)}));
  world.advance(Seconds{1});
  EXPECT_EQ(world.container(task, "web").reason,
            "CannotStartContainerError: Error response from daemon: Bind failed: port is already allocated");
}

// 3.4.
TEST_F(TaskLife, a_task_volume_goes_with_its_task) {
  api::ecs::Volume volume;
  volume.name = "data";
  const auto task = world.run_task(
      world.define({ContainerBuilder("web").mount("data", "/data")}, NetworkMode::Bridge, {volume}));
  world.settle();
  ASSERT_EQ(world.task(task).volumes.size(), 1U);
  EXPECT_TRUE(world.task(task).volumes[0].starts_with("ecs-app-1-data-"));
  world.stop_task(task);
  world.advance(std::chrono::hours{2});
  EXPECT_TRUE(world.await(world.engine().list_volumes({}))->empty());
}

TEST_F(TaskLife, a_shared_volume_that_is_missing_and_not_provisioned_fails_the_task) {
  api::ecs::Volume volume;
  volume.name = "shared";
  volume.docker_volume_configuration.emplace();
  volume.docker_volume_configuration->scope = "shared";
  const auto task = world.run_task(
      world.define({ContainerBuilder("web").mount("shared", "/data")}, NetworkMode::Bridge, {volume}));
  world.settle();
  EXPECT_EQ(
      world.container(task, "web").reason,
      "CannotCreateVolumeError: volume detection failed, volume 'shared' does not exist and autoprovision is "
      "set to false");
}

TEST_F(TaskLife, finished_containers_go_after_an_hour) {
  const auto task = world.run_task(world.define({ContainerBuilder("web").sim("run-seconds", "1")}));
  world.advance(std::chrono::minutes{30});
  EXPECT_EQ(world.engine().containers(), 1U);
  world.advance(std::chrono::minutes{40});
  EXPECT_EQ(world.engine().containers(), 0U);
  const auto kept = world.store().find_task(task);
  EXPECT_TRUE(kept == nullptr || kept->cleaned);
}

TEST_F(TaskLife, a_task_stopped_before_its_containers_are_made_never_makes_them) {
  const auto task = world.run_task(world.define({ContainerBuilder("web", "app:pull-20s")}));
  world.advance(Seconds{5});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Pending);
  world.stop_task(task);
  world.advance(Seconds{1});
  EXPECT_EQ(world.task(task).last_status, TaskStatus::Stopped);
  EXPECT_FALSE(world.container(task, "web").exit_code);
  world.advance(Seconds{60});
  EXPECT_EQ(world.engine().containers(), 0U);
}

}  // namespace
}  // namespace slipway::test
