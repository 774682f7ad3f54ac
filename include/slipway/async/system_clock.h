// Control time over the machine's clocks: control = anchor + scale x elapsed + advance, never backwards
// (decisions.md 7). Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "slipway/async/clock.h"

namespace slipway::async {

// What makes control time go on where it was after a restart; the caller keeps it.
struct ClockAnchor {
  TimePoint control;  // control time at `real`
  TimePoint real;
};

class SystemClock final : public Clock {
 public:
  // Starts where `anchor` says: the time since anchor.real counts, scaled. `scale` > 0.
  // Without a past, pass {wall_now(), wall_now()}. `floor`: control time is never before it.
  SystemClock(boost::asio::any_io_executor executor, ClockAnchor anchor, double scale, TimePoint floor);

  static TimePoint wall_now();

  Now now() const override;
  Awaitable<void> sleep_until(TimePoint deadline) override;
  Awaitable<void> sleep_real(Millis span) override;

  // Moves control time forward; sleepers whose deadline has come wake. `span` >= 0.
  void advance(Millis span);
  double scale() const { return scale_; }
  // To be kept for the next start.
  ClockAnchor anchor() const;

 private:
  boost::asio::any_io_executor executor_;
  double scale_;
  TimePoint start_control_;  // control time when the steady clock read start_steady_
  std::chrono::steady_clock::time_point start_steady_;
  std::list<boost::asio::steady_timer*> sleepers_;  // of sleep_until; cancelled (to look again) by advance
};

}  // namespace slipway::async
