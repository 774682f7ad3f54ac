// From when on output is wanted, as `slipway logs --since` and GET /_slipway/logs?since= take it. Pure, any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "slipway/base/time.h"
#include "slipway/runtime/engine.h"

namespace slipway::app {

// A span before `now` ("90s", "10m", "1h30m", "2d"; "0s" is now) or a point in time ("2026-11-22T13:56:28Z",
// with a fraction or another zone too). nullopt when it is neither.
std::optional<runtime::LogTime> parse_since(std::string_view text, TimePoint now);

}  // namespace slipway::app
