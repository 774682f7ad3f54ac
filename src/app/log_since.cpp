#include "slipway/app/log_since.h"

#include <charconv>

#include "slipway/runtime/log_time.h"

namespace slipway::app {
namespace {

constexpr std::int64_t kMostSeconds = 100LL * 366 * 24 * 3600;

std::optional<std::int64_t> unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    default:
      return std::nullopt;
  }
}

std::optional<Seconds> parse_span(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size()) return std::nullopt;
    const auto unit = unit_seconds(*end);
    if (!unit || number < 0 || number > kMostSeconds / *unit) return std::nullopt;
    sum += number * *unit;
    if (sum > kMostSeconds) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end + 1 - text.data()));
  }
  return Seconds(sum);
}

}  // namespace

std::optional<runtime::LogTime> parse_since(std::string_view text, TimePoint now) {
  if (const auto span = parse_span(text)) return now - *span;
  return runtime::parse_log_time(text);
}

}  // namespace slipway::app
