#include "slipway/async/system_clock.h"

#include <time.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cmath>
#include <list>

#include "slipway/base/error.h"

namespace slipway::async {
namespace asio = boost::asio;
namespace {

using std::chrono::nanoseconds;

// No wait is longer: a timer does not count while the machine sleeps, so each sleeper looks again after this
// span.
constexpr std::chrono::seconds kLongestWait{60};

// Elapsed time that no clock setting changes and that goes on while the machine sleeps.
nanoseconds boot_time() {
  timespec reading{};
  clock_gettime(CLOCK_BOOTTIME, &reading);
  return std::chrono::seconds(reading.tv_sec) + nanoseconds(reading.tv_nsec);
}

// `start` and a span that may be longer than any time type holds.
TimePoint control_after(TimePoint start, double millis) {
  if (millis >= static_cast<double>((SystemClock::kEnd - start).count())) return SystemClock::kEnd;
  return start + Millis(static_cast<Millis::rep>(millis));
}

void throw_if_cancelled(const asio::cancellation_state& state) {
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace

struct SystemClock::State {
  asio::any_io_executor executor;
  double scale = 1;
  TimePoint start_control;  // control time when boot_time() read `start_boot`
  nanoseconds start_boot{0};
  std::list<asio::steady_timer*> sleepers;  // of sleep_until; cancelled (to look again) by advance

  TimePoint control() const {
    const double elapsed = std::chrono::duration<double, std::milli>(boot_time() - start_boot).count();
    return control_after(start_control, elapsed * scale);
  }

  // Real time until control time reaches `deadline`, rounded up, at most kLongestWait.
  nanoseconds wait_for(TimePoint deadline) const {
    const double control_span = std::chrono::duration<double>(deadline - control()).count();
    const double real_span =
        std::min(control_span / scale, std::chrono::duration<double>(kLongestWait).count());
    return nanoseconds(static_cast<nanoseconds::rep>(std::ceil(real_span * 1e9)));
  }
};

SystemClock::SystemClock(asio::any_io_executor executor, ClockAnchor anchor, double scale, TimePoint floor)
    : state_(std::make_shared<State>()) {
  SLIPWAY_ASSERT(scale > 0, "the time scale is positive");
  const Millis elapsed = std::max(Millis{0}, wall_now() - anchor.real);
  state_->executor = std::move(executor);
  state_->scale = scale;
  state_->start_control =
      std::max(floor, control_after(anchor.control, static_cast<double>(elapsed.count()) * scale));
  state_->start_boot = boot_time();
}

TimePoint SystemClock::wall_now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

Now SystemClock::now() const { return {state_->control(), wall_now()}; }

Awaitable<void> SystemClock::sleep(std::shared_ptr<State> state, TimePoint deadline) {
  struct Registration {
    State& state;
    std::list<asio::steady_timer*>::iterator place;
    ~Registration() { state.sleepers.erase(place); }
  };
  while (state->control() < deadline) {
    asio::steady_timer timer(state->executor, state->wait_for(deadline));
    const Registration registration{*state, state->sleepers.insert(state->sleepers.end(), &timer)};
    auto woken = timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(woken);
    throw_if_cancelled(co_await asio::this_coro::cancellation_state);
  }
}

Awaitable<void> SystemClock::sleep_until(TimePoint deadline) { return sleep(state_, deadline); }

Awaitable<void> SystemClock::sleep_real(Millis span) {
  asio::steady_timer timer(state_->executor, span);
  co_await timer.async_wait(asio::use_awaitable);
}

void SystemClock::advance(Millis span) {
  SLIPWAY_ASSERT(span >= Millis{0}, "control time never goes back");
  state_->start_control = control_after(state_->start_control, static_cast<double>(span.count()));
  for (auto* sleeper : state_->sleepers) sleeper->cancel();
}

double SystemClock::scale() const { return state_->scale; }

ClockAnchor SystemClock::anchor() const {
  const Now now = this->now();
  return {now.control, now.real};
}

}  // namespace slipway::async
