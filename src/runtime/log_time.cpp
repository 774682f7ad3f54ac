#include "slipway/runtime/log_time.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "runtime/docker/codec.h"

namespace slipway::runtime {

std::optional<LogTime> parse_log_time(std::string_view text) {
  const auto rough = docker::parse_time(text);
  if (!rough) return std::nullopt;
  LogTime time = std::chrono::floor<Seconds>(*rough);
  if (text.size() <= 20 || text[19] != '.') return time;
  std::int64_t nanoseconds = 0;
  bool digits = true;
  for (std::size_t i = 20; i < 29; ++i) {
    digits = digits && i < text.size() && text[i] >= '0' && text[i] <= '9';
    nanoseconds = nanoseconds * 10 + (digits ? text[i] - '0' : 0);
  }
  return time + std::chrono::nanoseconds(nanoseconds);
}

std::string log_time_text(LogTime time) {
  const auto whole = std::chrono::floor<Seconds>(time);
  const auto seconds = static_cast<std::time_t>(whole.time_since_epoch().count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + length, text.size() - length, ".%09dZ",
                static_cast<int>((time - whole).count()));
  return text.data();
}

}  // namespace slipway::runtime
