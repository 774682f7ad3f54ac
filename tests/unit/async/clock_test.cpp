// Sleepers on a hand-moved clock, and the arithmetic of the system clock (which is never waited for here).
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <vector>

#include "slipway/async/manual_clock.h"
#include "slipway/async/system_clock.h"

namespace slipway::async {
namespace {

namespace asio = boost::asio;

constexpr TimePoint kStart{Seconds{1'000'000}};

Awaitable<void> note_after(Clock& clock, Millis span, int name, std::vector<int>& woken) {
  co_await clock.sleep_until(clock.now().control + span);
  woken.push_back(name);
}

Awaitable<void> note_after_real(Clock& clock, Millis span, int name, std::vector<int>& woken) {
  co_await clock.sleep_real(span);
  woken.push_back(name);
}

struct ManualClockTest : testing::Test {
  asio::io_context io;
  ManualClock clock{io.get_executor(), kStart};
  std::vector<int> woken;

  void start(Awaitable<void> work) { asio::co_spawn(io, std::move(work), asio::detached); }
  void run() {
    io.restart();
    io.poll();
  }
};

TEST_F(ManualClockTest, wakes_due_sleepers_in_the_order_of_their_deadlines) {
  start(note_after(clock, Millis{300}, 3, woken));
  start(note_after(clock, Millis{100}, 1, woken));
  start(note_after_real(clock, Millis{200}, 2, woken));
  start(note_after(clock, Millis{900}, 9, woken));
  run();
  EXPECT_TRUE(woken.empty());
  EXPECT_EQ(clock.next_deadline(), kStart + Millis{100});

  clock.advance(Millis{300});
  run();
  EXPECT_EQ(woken, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(clock.next_deadline(), kStart + Millis{900});
  EXPECT_EQ(clock.now().control, kStart + Millis{300});
  EXPECT_EQ(clock.now().real, kStart + Millis{300});
}

TEST_F(ManualClockTest, a_deadline_in_the_past_does_not_wait) {
  start(note_after(clock, Millis{-5}, 1, woken));
  run();
  EXPECT_EQ(woken, std::vector<int>{1});
  EXPECT_EQ(clock.next_deadline(), std::nullopt);
}

TEST_F(ManualClockTest, a_cancelled_sleeper_throws_and_is_forgotten) {
  asio::cancellation_signal signal;
  std::exception_ptr failure;
  auto ended = [&failure](const std::exception_ptr& error) { failure = error; };
  asio::co_spawn(io, note_after(clock, Millis{100}, 1, woken),
                 asio::bind_cancellation_slot(signal.slot(), ended));
  run();
  signal.emit(asio::cancellation_type::terminal);
  run();
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), boost::system::system_error);
  EXPECT_EQ(clock.next_deadline(), std::nullopt);
  EXPECT_TRUE(woken.empty());
}

TEST(SystemClockTest, counts_the_time_while_it_was_down_scaled) {
  asio::io_context io;
  const TimePoint wall = SystemClock::wall_now();
  const ClockAnchor anchor{kStart, wall - Seconds{10}};
  SystemClock clock(io.get_executor(), anchor, 20, TimePoint{});
  EXPECT_GE(clock.now().control, kStart + Seconds{200});
  EXPECT_LT(clock.now().control, kStart + Seconds{1200});
  EXPECT_GE(clock.now().real, wall);
}

TEST(SystemClockTest, never_starts_before_its_floor_even_when_the_wall_clock_went_back) {
  asio::io_context io;
  const ClockAnchor anchor{kStart, SystemClock::wall_now() + Seconds{3600}};
  SystemClock clock(io.get_executor(), anchor, 1, kStart + Seconds{50});
  EXPECT_GE(clock.now().control, kStart + Seconds{50});
}

TEST(SystemClockTest, stands_still_at_its_end) {
  asio::io_context io;
  const TimePoint wall = SystemClock::wall_now();
  SystemClock clock(io.get_executor(), {wall, wall - std::chrono::years{1}}, 100'000, wall);
  EXPECT_EQ(clock.now().control, SystemClock::kEnd);
  clock.advance(std::chrono::years{10});
  EXPECT_EQ(clock.now().control, SystemClock::kEnd);
}

TEST(SystemClockTest, advance_wakes_the_sleepers_whose_deadline_has_come) {
  asio::io_context io;
  const TimePoint wall = SystemClock::wall_now();
  const ClockAnchor anchor{wall, wall};
  SystemClock clock(io.get_executor(), anchor, 1, TimePoint{});
  std::vector<int> woken;
  asio::co_spawn(io, note_after(clock, Seconds{3600}, 1, woken), asio::detached);
  asio::co_spawn(io, note_after(clock, Seconds{36000}, 2, woken), asio::detached);
  io.poll();
  EXPECT_TRUE(woken.empty());
  clock.advance(Seconds{3601});
  io.poll();
  EXPECT_EQ(woken, std::vector<int>{1});
  EXPECT_GE(clock.anchor().control, wall + Seconds{3601});
}

TEST(SystemClockTest, a_sleeper_survives_the_clock_when_its_executor_is_destroyed_last) {
  std::vector<int> woken;
  asio::io_context io;
  {
    const TimePoint wall = SystemClock::wall_now();
    const ClockAnchor anchor{wall, wall};
    SystemClock clock(io.get_executor(), anchor, 1, TimePoint{});
    asio::co_spawn(io, note_after(clock, Seconds{3600}, 1, woken), asio::detached);
    io.poll();
  }
  EXPECT_TRUE(woken.empty());
}

}  // namespace
}  // namespace slipway::async
