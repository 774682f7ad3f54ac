// The Docker Engine for commands that look at it themselves: found as `serve` finds it, one coroutine run to
// its end.
#pragma once

#include <functional>

#include "cli/options.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::cli {

// Where the engine is, by the flags and the environment. Throws std::runtime_error with a text that says what
// to do.
runtime::DockerEndpoint find_engine(const EngineOptions& options);

// Runs `work` on an engine client for `endpoint` until it ends; what it throws is thrown here.
void with_engine(const runtime::DockerEndpoint& endpoint,
                 const std::function<runtime::Awaitable<void>(runtime::Engine&)>& work);

}  // namespace slipway::cli
