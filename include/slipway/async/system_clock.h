// Control time over the machine's clocks: control = anchor + scale x elapsed + advance, never backwards
// (decisions.md 7). Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "slipway/async/clock.h"

namespace slipway::async {

// What makes control time go on where it was after a restart; the caller keeps it.
struct ClockAnchor {
  TimePoint control;  // control time at `real`
  TimePoint real;
};

class SystemClock final : public Clock {
 public:
  // 2200-01-01T00:00:00Z. Control time stands still there: the calendar of the C++ library ends in 2262.
  static constexpr TimePoint kEnd{Seconds{7'258'118'400}};

  // Starts where `anchor` says: the time since anchor.real counts, scaled. `scale` > 0.
  // Without a past, pass {wall_now(), wall_now()}. `floor`: control time is never before it.
  SystemClock(boost::asio::any_io_executor executor, ClockAnchor anchor, double scale, TimePoint floor);

  static TimePoint wall_now();

  Now now() const override;
  Awaitable<void> sleep_until(TimePoint deadline) override;
  Awaitable<void> sleep_real(Millis span) override;

  // Moves control time forward, to kEnd at most; sleepers whose deadline has come wake. `span` >= 0.
  void advance(Millis span);
  double scale() const;
  // To be kept for the next start.
  ClockAnchor anchor() const;

 private:
  struct State;
  static Awaitable<void> sleep(std::shared_ptr<State> state, TimePoint deadline);

  std::shared_ptr<State> state_;  // shared with the sleepers, which may be destroyed after the clock
};

}  // namespace slipway::async
