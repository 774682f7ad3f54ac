// A clock moved by hand, for tests: time passes only in advance(), which wakes due sleepers in order of their deadlines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "slipway/async/clock.h"

namespace slipway::async {

class ManualClock final : public Clock {
 public:
  // Both clocks read `start`.
  ManualClock(boost::asio::any_io_executor executor, TimePoint start);

  Now now() const override { return now_; }
  Awaitable<void> sleep_until(TimePoint deadline) override;
  Awaitable<void> sleep_real(Millis span) override;

  // Moves both clocks. The executor must be run afterwards for the sleepers to go on.
  void advance(Millis span);
  // The next sleeper's deadline (control and real clocks move together here), or nullopt.
  std::optional<TimePoint> next_deadline() const;

 private:
  boost::asio::any_io_executor executor_;
  Now now_;
  std::multimap<TimePoint, std::shared_ptr<boost::asio::steady_timer>> sleepers_;
};

}  // namespace slipway::async
