// The server process: opens the state, finds the engine, wires the modules, runs until it is told to stop.
#pragma once

#include "slipway/app/config.h"

namespace slipway::app {

// Runs `slipway serve`; returns the exit code. Prints `Ready.` on standard output once requests are accepted.
// Throws std::runtime_error with a text that says what to do when it cannot start.
int serve(const Config& config);

}  // namespace slipway::app
