#include "slipway/async/manual_clock.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <map>

namespace slipway::async {
namespace asio = boost::asio;

struct ManualClock::State {
  asio::any_io_executor executor;
  TimePoint now;
  std::multimap<TimePoint, asio::steady_timer*> sleepers;
};

ManualClock::ManualClock(asio::any_io_executor executor, TimePoint start)
    : state_(std::make_shared<State>()) {
  state_->executor = std::move(executor);
  state_->now = start;
}

Now ManualClock::now() const { return {state_->now, state_->now}; }

Awaitable<void> ManualClock::sleep(std::shared_ptr<State> state, TimePoint deadline) {
  struct Registration {
    State& state;
    std::multimap<TimePoint, asio::steady_timer*>::iterator place;
    ~Registration() { state.sleepers.erase(place); }
  };
  while (state->now < deadline) {
    asio::steady_timer timer(state->executor, asio::steady_timer::time_point::max());
    const Registration registration{*state, state->sleepers.emplace(deadline, &timer)};
    auto woken = timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(woken);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

Awaitable<void> ManualClock::sleep_until(TimePoint deadline) { return sleep(state_, deadline); }

Awaitable<void> ManualClock::sleep_real(Millis span) { return sleep(state_, state_->now + span); }

void ManualClock::advance(Millis span) {
  state_->now += span;
  for (auto it = state_->sleepers.begin(); it != state_->sleepers.end() && it->first <= state_->now; ++it) {
    it->second->cancel();
  }
}

std::optional<TimePoint> ManualClock::next_deadline() const {
  if (state_->sleepers.empty()) return std::nullopt;
  return state_->sleepers.begin()->first;
}

}  // namespace slipway::async
