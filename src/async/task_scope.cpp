#include "slipway/async/task_scope.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <vector>

namespace slipway::async {
namespace asio = boost::asio;
namespace {

struct Running {
  std::string name;
  asio::cancellation_signal signal;
};

void log_failure(Log& log, const std::string& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return;
    log.error("coroutine failed", {{"name", name}, {"error", error.what()}});
  } catch (const std::exception& error) {
    log.error("coroutine failed", {{"name", name}, {"error", error.what()}});
  }
}

// Goes through the executor's queue first: spawn never runs `work` inside its caller. Also, co_spawn of
// Boost 1.81 lets an exception escape when a coroutine that never suspended is cancelled.
Awaitable<void> start_later(asio::any_io_executor executor, Awaitable<void> work) {
  auto turn = asio::post(executor, asio::use_awaitable);
  co_await std::move(turn);
  co_await std::move(work);
}

}  // namespace

struct TaskScope::State {
  State(asio::any_io_executor executor_in, Log& log_in)
      : executor(std::move(executor_in)),
        log(log_in),
        all_ended(executor, asio::steady_timer::time_point::max()) {}

  asio::any_io_executor executor;
  Log& log;
  bool stopping = false;
  std::list<std::shared_ptr<Running>> running;
  asio::steady_timer all_ended;  // cancelled when the last coroutine has ended
};

TaskScope::TaskScope(asio::any_io_executor executor, Log& log)
    : state_(std::make_shared<State>(std::move(executor), log)) {}

TaskScope::~TaskScope() = default;

void TaskScope::spawn(std::string name, Awaitable<void> work) {
  if (state_->stopping) return;
  auto entry = std::make_shared<Running>();
  entry->name = std::move(name);
  const auto place = state_->running.insert(state_->running.end(), entry);
  auto ended = [state = state_, entry, place](const std::exception_ptr& failure) {
    if (failure) log_failure(state->log, entry->name, failure);
    state->running.erase(place);
    if (state->running.empty()) state->all_ended.cancel();
  };
  asio::co_spawn(state_->executor, start_later(state_->executor, std::move(work)),
                 asio::bind_cancellation_slot(entry->signal.slot(), std::move(ended)));
}

Awaitable<void> TaskScope::stop() {
  const auto state = state_;
  state->stopping = true;
  // A copy: a coroutine may end while another one is being cancelled.
  const std::vector<std::shared_ptr<Running>> running(state->running.begin(), state->running.end());
  for (const auto& entry : running) entry->signal.emit(asio::cancellation_type::terminal);
  while (!state->running.empty()) {
    auto ended = state->all_ended.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(ended);
  }
}

asio::any_io_executor TaskScope::executor() const { return state_->executor; }

std::size_t TaskScope::size() const { return state_->running.size(); }

}  // namespace slipway::async
