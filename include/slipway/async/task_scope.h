// Owns coroutines: every one that is started belongs to a scope, which logs its failure with its name,
// cancels it and waits for it. No coroutine is detached elsewhere. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "slipway/async/clock.h"
#include "slipway/base/log.h"

namespace slipway::async {

class TaskScope final {
 public:
  TaskScope(boost::asio::any_io_executor executor, Log& log);
  ~TaskScope();  // every coroutine must have ended: await stop() first, or stop running the executor
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Runs `work` on the executor, never inside this call. Dropped unstarted once stop() was called. An
  // exception other than a cancellation is logged as an error with `name`.
  void spawn(std::string name, Awaitable<void> work);

  // Cancels all (terminal cancellation) and waits until each has ended.
  Awaitable<void> stop();

  boost::asio::any_io_executor executor() const;
  // Coroutines that have not ended.
  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace slipway::async
