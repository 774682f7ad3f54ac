// Timestamps on the wire: epoch seconds with a fraction, and ISO 8601. Years 1 to 9999. Pure, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slipway/base/time.h"

namespace slipway::protocol {

// Of epoch seconds; nothing when the year is not 1 to 9999 or the number is not finite. Rounded to
// milliseconds.
std::optional<TimePoint> time_from_seconds(double seconds);
std::optional<TimePoint> time_from_seconds(std::int64_t seconds);

// "1700000000.123": always three digits of fraction.
void append_epoch_seconds(std::string& out, TimePoint time);

// "2023-11-14T22:13:20Z", with ".123" only when there are milliseconds.
void append_iso8601(std::string& out, TimePoint time);

// Of "2023-11-14T22:13:20Z", with an optional fraction (cut to milliseconds) and "Z", "+hh:mm" or "-hh:mm".
std::optional<TimePoint> parse_iso8601(std::string_view text);

}  // namespace slipway::protocol
