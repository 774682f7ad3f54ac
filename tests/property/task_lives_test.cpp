// Random task definitions, stops, faults and server crashes on the simulated engine with a hand-moved clock:
// whatever happens, states move along the table, exit codes are the engine's, nothing is left, nothing of
// others is touched; and a server that is killed at any commit ends where one ends that was not. The seed of
// a failing case is printed; SLIPWAY_PROPERTY_SEED runs that one alone, SLIPWAY_PROPERTY_CASES sets how many
// are tried.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "support/agent_world.h"

namespace slipway::test {
namespace {

using model::ContainerState;
using model::LaunchType;
using model::NetworkMode;
using model::TaskStatus;

class Dice final {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

struct PlannedTask {
  std::vector<ContainerBuilder> containers;
  NetworkMode mode = NetworkMode::Bridge;
  LaunchType type = LaunchType::Ec2;
  int stop_after = 0;  // seconds; ends of containers fall on other ones
};

// Each container's life ends at a time of its own (a digit to base 4 in the seconds, which also keeps
// restarts apart), far from the stops: two ends at one instant may be seen in either order, and either is
// right.
ContainerBuilder random_container(Dice& dice, int index) {
  ContainerBuilder container("c" + std::to_string(index), dice.chance(6) ? "app:missing" : "app:1");
  container.essential(index == 0 || dice.chance(50));
  if (dice.chance(60)) {
    container.sim("run-seconds", std::to_string(100 * (1 + dice.below(4)) + (1 << (2 * index))));
    container.sim("exit-code", std::to_string(dice.of<int>({0, 0, 1, 3})));
  }
  if (dice.chance(15)) container.sim("stop-seconds", dice.of<std::string>({"3", "never"}));
  if (dice.chance(5)) container.sim("start-error", "no such file");
  if (dice.chance(5)) container.sim("create-error", "bad request");
  if (dice.chance(5)) container.sim("oom", "true").sim("run-seconds", "20");
  if (dice.chance(20)) container.port(80 + index);
  if (dice.chance(15)) container.restart(60, {3});
  if (dice.chance(25)) {
    container.health_check();
    container.sim("health", dice.of<std::string>({"healthy", "unhealthy", "healthy-after:10"}));
    if (dice.chance(50)) container.start_timeout(25);
  }
  for (int earlier = 0; earlier < index; ++earlier) {
    if (!dice.chance(30)) continue;
    container.after("c" + std::to_string(earlier),
                    dice.of<std::string>({"START", "COMPLETE", "SUCCESS", "HEALTHY"}));
  }
  container.stop_timeout(4);
  return container;
}

std::vector<PlannedTask> random_plan(Dice& dice) {
  std::vector<PlannedTask> plan(static_cast<std::size_t>(1 + dice.below(4)));
  for (auto& task : plan) {
    const int containers = 1 + dice.below(4);
    for (int i = 0; i < containers; ++i) task.containers.push_back(random_container(dice, i));
    const bool own_address = dice.chance(40);
    task.mode =
        own_address ? NetworkMode::Awsvpc : dice.of<NetworkMode>({NetworkMode::Bridge, NetworkMode::Host});
    task.type = own_address && dice.chance(50) ? LaunchType::Fargate : LaunchType::Ec2;
    task.stop_after = 95 + 100 * dice.below(6);
  }
  return plan;
}

class Story final {
 public:
  explicit Story(const std::vector<PlannedTask>& plan) : plan_(plan) {
    stranger_ = world.foreign_container("postgres", {});
    neighbour_ = world.foreign_container("ecs-app-1-c0-1", {{"dev.slipway.server", "another"}});
    for (const auto& task : plan) definitions_.push_back(world.define(task.containers, task.mode));
    world.settle();
  }

  void launch() {
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      tasks.push_back(world.run_task(definitions_[i], plan_[i].type));
      world.settle();
    }
  }

  // `meanwhile` is called every five seconds.
  void live(const std::function<void(int)>& meanwhile) {
    for (int second = 0; second < 700; second += 5) {
      for (std::size_t i = 0; i < plan_.size(); ++i) {
        if (plan_[i].stop_after == second) world.stop_task(tasks[i]);
        world.settle();
      }
      meanwhile(second);
      world.advance(Seconds{5});
      check_exit_codes();
    }
    world.advance(Seconds{60});
  }

  std::string end_state() const {
    std::string text;
    for (const auto& arn : tasks) {
      const auto task = world.task(arn);
      text += std::string(model::to_string(task.last_status)) + " " +
              std::string(model::to_string(task.stop_code));
      // Which of several containers failed first, and how far the others came, is a matter of milliseconds.
      if (task.stop_code == model::StopCode::TaskFailedToStart) {
        text += "\n";
        continue;
      }
      text += " '" + task.stopped_reason + "'" + (task.started_at ? " ran" : "");
      for (const auto& container : task.containers) {
        text += "\n  " + container.name + " " +
                (container.exit_code ? std::to_string(*container.exit_code) : std::string("-")) + " '" +
                container.reason + "' restarts " + std::to_string(container.restarts);
      }
      text += "\n";
    }
    return text;
  }

  void check_end() {
    for (const auto& arn : tasks) EXPECT_EQ(world.task(arn).last_status, TaskStatus::Stopped) << arn;
    EXPECT_EQ(world.violations(), std::vector<std::string>());
    world.advance(std::chrono::minutes{70});
    EXPECT_EQ(world.engine().containers(), 2U) << "containers are left";
    for (const auto& id : {stranger_, neighbour_}) {
      auto status = world.await(world.engine().inspect(id));
      // A fault that was planned may still be there.
      for (int i = 0; i < 5 && !status; ++i) status = world.await(world.engine().inspect(id));
      const bool left_alone = status && (status->state == runtime::RunState::Running || engine_died);
      EXPECT_TRUE(left_alone) << "a container of others was touched";
    }
    world.advance(std::chrono::minutes{70});
    EXPECT_TRUE(
        world.await(world.engine().list_networks({{"dev.slipway.server", "0123456789abcdef"}}))->empty());
    EXPECT_EQ(world.agent().counters().launches_in_flight, 0U);
    EXPECT_EQ(world.agent().counters().jobs, 0U);
  }

  World world;
  std::vector<std::string> tasks;
  bool engine_died = false;  // and took all containers along

 private:
  // A code that is shown is the one that the engine has.
  void check_exit_codes() {
    for (const auto& arn : tasks) {
      const auto task = world.task(arn);
      for (const auto& container : task.containers) {
        if (!container.exit_code || !container.created || container.removed) continue;
        // A restart that was refused: the task keeps the code of the last run, the engine that of the
        // refusal.
        if (container.reason.starts_with("CannotStartContainerError")) continue;
        const auto status = world.await(world.engine().inspect(container.runtime_id));
        if (status) EXPECT_EQ(status->exit_code, *container.exit_code) << arn << " " << container.name;
      }
    }
  }

  const std::vector<PlannedTask>& plan_;
  std::vector<std::string> definitions_;
  std::string stranger_, neighbour_;
};

std::uint64_t first_seed() {
  const char* given = std::getenv("SLIPWAY_PROPERTY_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

std::uint64_t cases(std::uint64_t usual) {
  if (std::getenv("SLIPWAY_PROPERTY_SEED") != nullptr) return 1;
  const char* given = std::getenv("SLIPWAY_PROPERTY_CASES");
  return given == nullptr ? usual : std::strtoull(given, nullptr, 10);
}

TEST(TaskLives, a_server_killed_at_any_commit_ends_where_one_ends_that_was_not) {
  for (std::uint64_t seed = first_seed(), last = seed + cases(12); seed < last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const auto plan = random_plan(dice);
    Story calm(plan);
    calm.launch();
    calm.live([](int) {});
    const std::string expected = calm.end_state();
    const int commits = calm.world.commits();
    calm.check_end();
    for (int crash = 0; crash < 3; ++crash) {
      Story killed(plan);
      const int at = 1 + dice.below(commits);
      killed.world.crash_at_commit(at);
      SCOPED_TRACE("killed at commit " + std::to_string(at) + " of " + std::to_string(commits));
      killed.launch();
      killed.live([](int) {});
      EXPECT_EQ(killed.end_state(), expected);
      killed.check_end();
    }
    if (HasFailure()) return;
  }
}

void make_trouble(Story& run, Dice& dice) {
  auto& engine = run.world.engine();
  switch (dice.below(6)) {
    case 0: {
      static const std::vector<std::string> verbs{"create",        "start",  "stop", "inspect",
                                                  "inspect_image", "remove", "list"};
      static const std::vector<runtime::EngineErrorKind> kinds{runtime::EngineErrorKind::Unreachable,
                                                               runtime::EngineErrorKind::Timeout,
                                                               runtime::EngineErrorKind::Failed};
      engine.fail_next(dice.of(verbs), 1 + dice.below(3), {dice.of(kinds), "trouble"});
      break;
    }
    case 1:
      engine.set_reachable(false);
      break;
    case 2:
      engine.set_reachable(true);
      break;
    case 3:
      run.engine_died = dice.chance(50) || run.engine_died;
      engine.restart(!run.engine_died);
      break;
    case 4:
      run.world.crash_at_commit(1 + dice.below(6));
      break;
    case 5: {
      const auto task = run.world.task(dice.of(run.tasks));
      const auto& container = dice.of(task.containers);
      if (container.known == ContainerState::Running) engine.crash(container.runtime_id, 41);
      break;
    }
    default:
      break;
  }
}

TEST(TaskLives, whatever_goes_wrong_the_rules_hold_and_nothing_is_left) {
  for (std::uint64_t seed = first_seed(), last = seed + cases(40); seed < last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const auto plan = random_plan(dice);
    Story run(plan);
    run.launch();
    run.live([&](int second) {
      if (second < 600 && dice.chance(20)) make_trouble(run, dice);
      if (second == 600) run.world.engine().set_reachable(true);
    });
    run.world.crash_at_commit(0);
    run.check_end();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace slipway::test
