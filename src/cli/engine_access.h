// The Docker Engine for commands that look at it themselves: found as `serve` finds it, one coroutine run to
// its end.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "cli/options.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::cli {

// Where the engine is, by the flags and the environment. Throws std::runtime_error with a text that says what
// to do.
runtime::DockerEndpoint find_engine(const EngineOptions& options);

// Awaits `call` and keeps its answer.
template <class T>
runtime::Awaitable<void> keep_answer(runtime::Awaitable<runtime::EngineResult<T>> call,
                                     std::optional<runtime::EngineResult<T>>* answer) {
  auto result = co_await std::move(call);
  answer->emplace(std::move(result));
}

// Runs `work` on an engine client for `endpoint` until it ends; what it throws is thrown here.
void with_engine(const runtime::DockerEndpoint& endpoint,
                 const std::function<runtime::Awaitable<void>(runtime::Engine&)>& work);

// The answer of one call. What `call` captures outlives this.
template <class T>
runtime::EngineResult<T> ask_engine(
    const runtime::DockerEndpoint& endpoint,
    const std::function<runtime::Awaitable<runtime::EngineResult<T>>(runtime::Engine&)>& call) {
  std::optional<runtime::EngineResult<T>> answer;
  with_engine(endpoint, [&](runtime::Engine& engine) { return keep_answer(call(engine), &answer); });
  return std::move(*answer);
}

}  // namespace slipway::cli
