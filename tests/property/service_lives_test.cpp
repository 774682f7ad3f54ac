// Services on the simulated engine through crashes, faults, restarts and clock jumps (service_lives_world.h).
// The seed of a failing case is printed; SLIPWAY_PROPERTY_SEED runs that one alone and prints its events,
// SLIPWAY_PROPERTY_CASES sets how many are tried.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

#include "property/service_lives_world.h"

namespace slipway::test {
namespace {

using runtime::EngineErrorKind;

constexpr Seconds kStep{5};

Nature any_nature(Luck& luck) {
  return static_cast<Nature>(luck.below(1 + static_cast<int>(Nature::NeverHealthy)));
}

void act_as_user(ServiceStory& story, Luck& luck) {
  switch (luck.below(12)) {
    case 0:
    case 1:
    case 2:
      return story.deploy(any_nature(luck));
    case 3:
      story.deploy(any_nature(luck));
      return story.deploy(any_nature(luck));
    case 4:
    case 5:
      return story.scale(luck.below(6));
    case 6:
      return story.update({{"forceNewDeployment", true}});
    case 7:
      return story.update({{"deploymentConfiguration",
                            {{"minimumHealthyPercent", luck.of<int>({0, 50, 100})},
                             {"maximumPercent", luck.of<int>({150, 200})}}}});
    case 8:
      return story.stop_deployment();
    case 9:
    case 10: {
      const auto tasks = story.tasks();
      if (!tasks.empty()) story.protect(luck.of(tasks)->arn, 1 + luck.below(15));
      return;
    }
    default:
      if (luck.percent(10)) story.remove();
      return;
  }
}

void make_trouble(ServiceStory& story, Luck& luck) {
  auto& engine = story.world.engine();
  const auto tasks = story.tasks();
  switch (luck.below(8)) {
    case 0: {
      static const std::vector<EngineErrorKind> kinds{EngineErrorKind::Unreachable, EngineErrorKind::Timeout,
                                                      EngineErrorKind::Failed};
      return engine.fail_next(luck.of(kVerbs), 1 + luck.below(3), {luck.of(kinds), "trouble"});
    }
    case 1:
      return engine.set_reachable(false);
    case 2:
      return engine.set_reachable(true);
    case 3:
      return engine.restart(luck.percent(50));
    case 4:
      return story.world.crash_at_commit(1 + luck.below(8));
    case 5:
      if (!tasks.empty()) story.world.stop_task(luck.of(tasks)->arn);
      return;
    case 6:
      // All that was due meanwhile is late.
      return story.world.clock().advance(Seconds{1 + luck.below(900)});
    default: {
      if (tasks.empty()) return;
      const auto task = luck.of(tasks);
      const auto& container = task->containers.front();
      if (!container.runtime_id.empty()) engine.crash(container.runtime_id, 41);
      return;
    }
  }
}

std::uint64_t number(const char* variable, std::uint64_t usual) {
  const char* given = std::getenv(variable);
  return given == nullptr ? usual : std::strtoull(given, nullptr, 10);
}

void for_each_seed(std::uint64_t usual, const std::function<void(std::uint64_t)>& run) {
  const bool one = std::getenv("SLIPWAY_PROPERTY_SEED") != nullptr;
  const auto first = number("SLIPWAY_PROPERTY_SEED", 1);
  const auto count = one ? 1 : number("SLIPWAY_PROPERTY_CASES", usual);
  for (auto seed = first; seed < first + count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ": SLIPWAY_PROPERTY_SEED=" + std::to_string(seed));
    run(seed);
  }
}

TEST(ServiceLives, whatever_goes_wrong_the_bounds_hold_and_the_service_comes_to_rest) {
  for_each_seed(40, [](std::uint64_t seed) {
    Luck luck(seed);
    ServiceStory story(random_wish(luck), luck.of<int>({1024, 8192}));
    for (int step = 40 + luck.below(200); step > 0 && !testing::Test::HasFailure(); --step) {
      if (luck.percent(8)) act_as_user(story, luck);
      if (luck.percent(12)) make_trouble(story, luck);
      story.pass(kStep);
    }
    story.calm_down();
    story.pass(std::chrono::hours{1});
    story.check_that_the_deployment_ended();
    story.deploy(Nature::Good);
    story.update({{"deploymentConfiguration", {{"minimumHealthyPercent", 50}, {"maximumPercent", 200}}}});
    story.pass(std::chrono::hours{2});
    story.check_that_all_is_well();
    story.remove();
    story.pass(std::chrono::hours{2});
    story.check_that_all_is_gone();
  });
}

// One revision after the other, each with the time to end.
struct Chapter {
  Nature nature = Nature::Good;
  int desired = 1;
};

void tell(ServiceStory& story, const std::vector<Chapter>& chapters) {
  for (const auto& chapter : chapters) {
    story.deploy(chapter.nature);
    story.pass(Seconds{20});
    story.scale(chapter.desired);
    story.pass(Seconds{1200});
  }
  story.calm_down();
  story.pass(Seconds{1200});
}

TEST(ServiceLives, a_server_killed_at_any_commit_ends_where_one_ends_that_was_not) {
  for_each_seed(15, [](std::uint64_t seed) {
    Luck luck(seed);
    ServiceWish wish = random_wish(luck);
    wish.breaker = true;  // else what is broken goes on failing, at times that a restart may move
    std::vector<Chapter> chapters(static_cast<std::size_t>(1 + luck.below(3)));
    for (auto& chapter : chapters) chapter = {any_nature(luck), 1 + luck.below(5)};
    ServiceStory calm(wish, 8192);
    tell(calm, chapters);
    const std::string expected = calm.end_state();
    for (int kills = 0; kills < 3; ++kills) {
      ServiceStory killed(wish, 8192);
      const int at = 1 + luck.below(calm.world.commits());
      SCOPED_TRACE("killed at commit " + std::to_string(at) + " of " + std::to_string(calm.world.commits()));
      killed.world.crash_at_commit(at);
      tell(killed, chapters);
      EXPECT_EQ(killed.end_state(), expected);
    }
  });
}

}  // namespace
}  // namespace slipway::test
