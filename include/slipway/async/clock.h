// Where time comes from. SystemClock in the program, ManualClock in tests. Every sleep in the code goes
// through here. Used on the control thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "slipway/base/time.h"

namespace slipway::async {

template <class T>
using Awaitable = boost::asio::awaitable<T>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Now now() const = 0;

  // Suspends until control time reaches `deadline`; returns at once when it has. Throws
  // boost::system::system_error(operation_aborted) when the coroutine is cancelled.
  virtual Awaitable<void> sleep_until(TimePoint deadline) = 0;
  // Suspends for a span of real time.
  virtual Awaitable<void> sleep_real(Millis span) = 0;
};

}  // namespace slipway::async
