// The engines under the contract tests behind one harness: the simulated one on a clock that jumps to the
// next sleeper when nothing else is to be done, and a live Docker Engine when one answers at the address that
// the docker CLI would use.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "slipway/async/task_scope.h"
#include "slipway/async/wake.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime::test {

class EngineHarness {
 public:
  virtual ~EngineHarness() = default;
  virtual Engine& engine() = 0;
  virtual async::Clock& clock() = 0;
  // An image with a busybox; an empty string: there is none, `why_not` says why.
  virtual std::string image() = 0;
  virtual std::string why_not() const = 0;
  // Runs the event loop until `done` or for 60 s.
  virtual void run_until(const std::function<bool()>& done) = 0;

  boost::asio::io_context io;

  // Runs one call of the engine to its end.
  template <class T>
  T wait(async::Awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr failure;
    bool ended = false;
    boost::asio::co_spawn(io, keep(std::move(work), result),
                          [&failure, &ended](const std::exception_ptr& error) {
                            failure = error;
                            ended = true;
                          });
    run_until([&ended] { return ended; });
    if (failure) std::rethrow_exception(failure);
    if (!ended) throw std::runtime_error("the call did not end");
    return std::move(*result);
  }

 private:
  template <class T>
  static async::Awaitable<void> keep(async::Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }
};

std::unique_ptr<EngineHarness> make_simulated_harness();
std::unique_ptr<EngineHarness> make_docker_harness();

}  // namespace slipway::runtime::test
