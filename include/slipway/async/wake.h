// Lets coroutines wait for a time or for a call, whichever comes first. A call wakes who waits at that moment
// and is not remembered: a waiter looks at its condition before each wait. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "slipway/async/clock.h"

namespace slipway::async {

class Wake final {
 public:
  explicit Wake(const boost::asio::any_io_executor& executor);
  ~Wake();  // wakes the waiters
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void call();

  // Each ends at the call or at the time given; throws operation_aborted when the coroutine is cancelled.
  Awaitable<void> wait();
  Awaitable<void> wait_until(Clock& clock, TimePoint deadline);  // control time
  Awaitable<void> wait_real(Clock& clock, Millis span);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the waiters, which may be destroyed later
};

}  // namespace slipway::async
