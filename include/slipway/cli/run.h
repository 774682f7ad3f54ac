// The command line's entry point, called by main only.
#pragma once

namespace slipway::cli {

// Parses the command line and runs it; returns the exit code (0 done, 1 failed, 2 bad usage). Errors are one
// line on standard error.
int run(int argc, char** argv);

}  // namespace slipway::cli
