// The times of containers' output as text: RFC 3339. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slipway/runtime/engine.h"

namespace slipway::runtime {

// With up to nine digits of a second; nullopt for years before 1970 and for what is no time.
std::optional<LogTime> parse_log_time(std::string_view text);

// "2026-11-22T13:56:28.673946034Z": always nine digits.
std::string log_time_text(LogTime time);

}  // namespace slipway::runtime
