// What the agent says that it does.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/agent_world.h"

namespace slipway::test {
namespace {

using Words = std::vector<std::string>;

class Activity : public ::testing::Test {
 protected:
  Words of(const std::string& task) {
    Words words;
    for (const auto& wait : world.agent().activity(task)) words.push_back(wait.sentence);
    return words;
  }
  World world;
};

TEST_F(Activity, a_pull_names_the_image_and_how_long_it_has_been_going_on) {
  const auto task = world.run_task(world.define({ContainerBuilder("web", "app:pull-30s")}));
  world.settle();
  world.advance(Seconds{4});
  EXPECT_EQ(
      of(task),
      (Words{
          "Container web waits for image app:pull-30s, which has been pulled for 4 s (Pulling from app)."}));
  world.advance(Seconds{30});
  EXPECT_EQ(of(task), Words());
}

TEST_F(Activity, launches_beyond_the_slots_wait_for_their_turn) {
  const auto slow = world.define({ContainerBuilder("web").sim("start-seconds", "20")});
  Words tasks;
  for (int i = 0; i < 6; ++i) tasks.push_back(world.run_task(slow));
  world.settle();
  world.advance(Seconds{3});
  Words queued;
  int starting = 0;
  for (const auto& task : tasks) {
    for (const auto& sentence : of(task)) {
      if (sentence.find("launch slots") != std::string::npos) {
        queued.push_back(sentence);
      } else {
        EXPECT_EQ(sentence, "Container web is being created and started for 3 s.");
        ++starting;
      }
    }
  }
  std::ranges::sort(queued);
  EXPECT_EQ(starting, 4);
  EXPECT_EQ(queued, (Words{"Container web waits for one of 4 launch slots; another launch comes before it.",
                           "Container web waits for one of 4 launch slots; it is the next."}));
}

TEST_F(Activity, a_stop_counts_down_to_sigkill) {
  const auto task =
      world.run_task(world.define({ContainerBuilder("web").stop_timeout(30).sim("stop-seconds", "never")}));
  world.settle();
  world.stop_task(task);
  world.settle();
  world.advance(Seconds{10});
  EXPECT_EQ(of(task), (Words{"Container web was sent its stop signal 10 s ago; SIGKILL follows in 20 s "
                             "(stopTimeout 30 s)."}));
  world.advance(Seconds{25});
  EXPECT_EQ(of(task), Words());
}

TEST_F(Activity, of_a_task_that_just_runs_or_is_unknown_there_is_none) {
  const auto task = world.run_task(world.define({ContainerBuilder("web")}));
  world.settle();
  EXPECT_EQ(of(task), Words());
  EXPECT_EQ(of("arn:none"), Words());
}

}  // namespace
}  // namespace slipway::test
