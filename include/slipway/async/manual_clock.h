// A clock moved by hand, for tests: time passes only in advance(), which wakes due sleepers in order of their
// deadlines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>

#include "slipway/async/clock.h"

namespace slipway::async {

class ManualClock final : public Clock {
 public:
  // Both clocks read `start`.
  ManualClock(boost::asio::any_io_executor executor, TimePoint start);

  Now now() const override;
  Awaitable<void> sleep_until(TimePoint deadline) override;
  Awaitable<void> sleep_real(Millis span) override;

  // Moves both clocks. The executor must be run afterwards for the sleepers to go on.
  void advance(Millis span);
  // The next sleeper's deadline (control and real clocks move together here), or nullopt.
  std::optional<TimePoint> next_deadline() const;

 private:
  struct State;
  static Awaitable<void> sleep(std::shared_ptr<State> state, TimePoint deadline);

  std::shared_ptr<State> state_;  // shared with the sleepers, which may be destroyed after the clock
};

}  // namespace slipway::async
