// TaskScope and WorkQueue on a hand-moved clock.
#include "slipway/async/work_queue.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <stdexcept>
#include <vector>

#include "slipway/async/manual_clock.h"

namespace slipway::async {
namespace {

namespace asio = boost::asio;

constexpr TimePoint kStart{Seconds{1'000'000}};

struct WorkQueueTest : testing::Test {
  asio::io_context io;
  Log log{LogLevel::Error, LogFormat::Text};
  ManualClock clock{io.get_executor(), kStart};
  TaskScope scope{io.get_executor(), log};
  std::vector<std::string> seen;
  std::map<std::string, int> failures_left;  // of a key: so many looks fail
  Millis work_takes{0};
  int at_once = 0, most_at_once = 0;

  Awaitable<void> look(std::string key) {
    seen.push_back(key);
    most_at_once = std::max(most_at_once, ++at_once);
    if (work_takes > Millis{0}) co_await clock.sleep_real(work_takes);
    --at_once;
    if (failures_left[key] > 0) {
      --failures_left[key];
      throw std::runtime_error("not yet");
    }
  }

  WorkQueue queue{"test", clock, scope, log, [this](std::string key) { return look(std::move(key)); }};

  void run() {
    io.restart();
    io.poll();
  }
  void advance(Millis span) {
    clock.advance(span);
    run();
  }
  void stop() {
    asio::co_spawn(io, scope.stop(), asio::detached);
    run();
  }
};

TEST_F(WorkQueueTest, a_key_added_twice_is_looked_at_once) {
  queue.add("a");
  queue.add("b");
  queue.add("a");
  EXPECT_FALSE(queue.idle());
  EXPECT_TRUE(seen.empty());
  run();
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(queue.idle());
  EXPECT_EQ(scope.size(), 0u);
}

TEST_F(WorkQueueTest, a_key_added_while_worked_on_is_looked_at_again_afterwards) {
  work_takes = Millis{50};
  queue.add("a");
  run();
  queue.add("a");
  queue.add("a");
  run();
  EXPECT_EQ(seen.size(), 1u);
  advance(Millis{50});
  EXPECT_EQ(seen.size(), 2u);
  advance(Millis{50});
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(most_at_once, 1);
  EXPECT_TRUE(queue.idle());
}

TEST_F(WorkQueueTest, different_keys_are_worked_on_side_by_side) {
  work_takes = Millis{50};
  for (int i = 0; i < 40; ++i) queue.add(std::to_string(i));
  run();
  EXPECT_EQ(most_at_once, 40);
}

TEST_F(WorkQueueTest, a_failing_key_comes_back_after_a_growing_delay) {
  failures_left["a"] = 3;
  queue.add("a");
  run();
  EXPECT_FALSE(queue.idle());
  advance(Millis{99});
  EXPECT_EQ(seen.size(), 1u);
  advance(Millis{1});
  EXPECT_EQ(seen.size(), 2u);
  advance(Millis{199});
  EXPECT_EQ(seen.size(), 2u);
  advance(Millis{1});
  EXPECT_EQ(seen.size(), 3u);
  advance(Millis{400});
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_TRUE(queue.idle());
}

TEST_F(WorkQueueTest, the_delay_grows_to_thirty_seconds_and_is_forgotten_after_a_success) {
  failures_left["a"] = 12;
  queue.add("a");
  run();
  for (int i = 0; i < 12; ++i) advance(Seconds{30});
  EXPECT_EQ(seen.size(), 13u);
  failures_left["a"] = 1;
  queue.add("a");
  run();
  advance(Millis{100});
  EXPECT_EQ(seen.size(), 15u);
}

TEST_F(WorkQueueTest, a_failed_key_that_is_added_again_does_not_wait) {
  failures_left["a"] = 1;
  queue.add("a");
  run();
  queue.add("a");
  run();
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_TRUE(queue.idle());
  advance(Seconds{60});
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(WorkQueueTest, the_earliest_planned_time_of_a_key_stands) {
  queue.add_at("a", kStart + Seconds{10});
  run();
  queue.add_at("a", kStart + Seconds{5});
  queue.add_at("a", kStart + Seconds{7});
  queue.add_at("b", kStart + Seconds{6});
  run();
  EXPECT_TRUE(queue.idle());
  advance(Seconds{5});
  EXPECT_EQ(seen, (std::vector<std::string>{"a"}));
  advance(Seconds{1});
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
  advance(Seconds{60});
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(scope.size(), 0u);
}

TEST_F(WorkQueueTest, a_span_of_real_time_is_waited_for_beside_a_planned_control_time) {
  queue.add_at("a", kStart + Seconds{10});
  queue.add_after_real("a", Millis{2000});
  queue.add_after_real("a", Millis{9000});
  run();
  advance(Seconds{2});
  EXPECT_EQ(seen.size(), 1u);
  advance(Seconds{8});
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(WorkQueueTest, stopping_the_scope_ends_work_and_waits) {
  work_takes = Seconds{50};
  queue.add("a");
  queue.add_at("b", kStart + Seconds{10});
  queue.add_after_real("c", Millis{2000});
  run();
  EXPECT_EQ(scope.size(), 3u);
  stop();
  EXPECT_EQ(scope.size(), 0u);
  queue.add("d");
  advance(Seconds{60});
  EXPECT_EQ(seen, std::vector<std::string>{"a"});
}

TEST_F(WorkQueueTest, a_hundred_thousand_planned_keys_are_all_looked_at_in_order) {
  constexpr int kKeys = 100'000;
  for (int i = kKeys; i > 0; --i) queue.add_at(std::to_string(i), kStart + Millis{i});
  run();
  EXPECT_LE(scope.size(), 2u);
  advance(Millis{kKeys / 2});
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kKeys / 2));
  EXPECT_EQ(seen.front(), "1");
  advance(Millis{kKeys});
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kKeys));
  EXPECT_EQ(seen.back(), std::to_string(kKeys));
  EXPECT_EQ(most_at_once, 1);
}

Awaitable<void> fail_at_once() {
  throw std::runtime_error("broken");
  co_return;
}

TEST_F(WorkQueueTest, a_failed_coroutine_leaves_its_scope_usable) {
  scope.spawn("broken", fail_at_once());
  run();
  EXPECT_EQ(scope.size(), 0u);
  queue.add("a");
  run();
  EXPECT_EQ(seen.size(), 1u);
}

TEST_F(WorkQueueTest, a_queue_that_is_gone_ends_its_waits) {
  {
    WorkQueue other("other", clock, scope, log, [this](std::string key) { return look(std::move(key)); });
    other.add_at("a", kStart + Seconds{10});
    other.add_after_real("b", Millis{10'000});
    run();
    EXPECT_EQ(scope.size(), 2u);
  }
  run();
  EXPECT_EQ(scope.size(), 0u);
}

}  // namespace
}  // namespace slipway::async
