#include "slipway/async/wake.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace slipway::async {
namespace asio = boost::asio;

struct Wake::State {
  explicit State(const asio::any_io_executor& executor)
      : timer(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer timer;  // cancelled by call()
};

namespace {

Awaitable<void> wait_for_cancel(std::shared_ptr<asio::steady_timer> timer) {
  auto woken = timer->async_wait(asio::as_tuple(asio::use_awaitable));
  co_await std::move(woken);
}

Awaitable<void> first_of(Awaitable<void> sleep, Awaitable<void> call) {
  using namespace asio::experimental::awaitable_operators;
  auto either = std::move(sleep) || std::move(call);
  co_await std::move(either);
}

}  // namespace

Wake::Wake(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}

Wake::~Wake() { call(); }

void Wake::call() { state_->timer.cancel(); }

Awaitable<void> Wake::wait() {
  const std::shared_ptr<asio::steady_timer> timer(state_, &state_->timer);
  auto called = wait_for_cancel(timer);
  co_await std::move(called);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

Awaitable<void> Wake::wait_until(Clock& clock, TimePoint deadline) {
  const std::shared_ptr<asio::steady_timer> timer(state_, &state_->timer);
  return first_of(clock.sleep_until(deadline), wait_for_cancel(timer));
}

Awaitable<void> Wake::wait_real(Clock& clock, Millis span) {
  const std::shared_ptr<asio::steady_timer> timer(state_, &state_->timer);
  return first_of(clock.sleep_real(span), wait_for_cancel(timer));
}

}  // namespace slipway::async
