// Time as every module sees it: a point in UTC with millisecond resolution, and the two clocks' readings
// together.
#pragma once

#include <chrono>

namespace slipway {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using TimePoint = std::chrono::sys_time<Millis>;

// One instant on both clocks. `control` is control time (scaled and advanced; every API timestamp, deadline
// and retention); `real` is wall time (stop timeouts, health checks, restart periods: what containers live
// by).
struct Now {
  TimePoint control;
  TimePoint real;
};

}  // namespace slipway
