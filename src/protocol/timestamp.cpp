#include "protocol/timestamp.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace slipway::protocol {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z

bool in_range(TimePoint time) {
  return time >= TimePoint{Seconds{kFirstSecond}} && time < TimePoint{Seconds{kLastSecond + 1}};
}

// Takes `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// Two numbers of two digits with a colon between them.
std::optional<std::chrono::minutes> take_pair(std::string_view& text, int first_limit) {
  const auto first = take_number(text, 2);
  if (!first || *first > first_limit || !take_char(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  return hours{*first} + minutes{*second};
}

std::optional<Millis> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return Millis{0};
  int millis = 0;
  int scale = 100;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    millis += (text.front() - '0') * scale;
    scale /= 10;
    any = true;
    text.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  return Millis{millis};
}

// What to subtract from local time; `text` must end there.
std::optional<minutes> take_offset(std::string_view& text) {
  if (take_char(text, 'Z')) return text.empty() ? std::optional{minutes{0}} : std::nullopt;
  const bool east = take_char(text, '+');
  if (!east && !take_char(text, '-')) return std::nullopt;
  const auto offset = take_pair(text, 23);
  if (!offset || !text.empty()) return std::nullopt;
  return east ? *offset : -*offset;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_char(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

}  // namespace

std::optional<TimePoint> time_from_seconds(double seconds) {
  // NaN fails both comparisons.
  if (!(seconds >= static_cast<double>(kFirstSecond) && seconds < static_cast<double>(kLastSecond + 1))) {
    return std::nullopt;
  }
  const TimePoint time{Millis{std::llround(seconds * 1000)}};
  return in_range(time) ? std::optional{time} : std::nullopt;
}

std::optional<TimePoint> time_from_seconds(std::int64_t seconds) {
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  return TimePoint{Seconds{seconds}};
}

void append_epoch_seconds(std::string& out, TimePoint time) {
  std::int64_t millis = time.time_since_epoch().count();
  if (millis < 0) out += '-';
  // Through unsigned, so that the smallest value has a magnitude.
  const std::uint64_t magnitude =
      millis < 0 ? 0 - static_cast<std::uint64_t>(millis) : static_cast<std::uint64_t>(millis);
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, magnitude / 1000).ptr;
  out.append(buffer, end);
  const auto fraction = static_cast<unsigned>(magnitude % 1000);
  const char digits[] = {'.', static_cast<char>('0' + fraction / 100),
                         static_cast<char>('0' + fraction / 10 % 10), static_cast<char>('0' + fraction % 10)};
  out.append(digits, sizeof digits);
}

void append_iso8601(std::string& out, TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char buffer[64];
  int length =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", int{date.year()},
                    unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  out.append(buffer, static_cast<std::size_t>(length));
  if (clock.subseconds() != Millis{0}) {
    length = std::snprintf(buffer, sizeof buffer, ".%03d", static_cast<int>(clock.subseconds().count()));
    out.append(buffer, static_cast<std::size_t>(length));
  }
  out += 'Z';
}

std::optional<TimePoint> parse_iso8601(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_char(text, 'T')) return std::nullopt;
  const auto clock = take_pair(text, 23);
  if (!clock || !take_char(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset) return std::nullopt;
  const TimePoint time = TimePoint{*date} + *clock + Seconds{*second} + *fraction - *offset;
  return in_range(time) ? std::optional{time} : std::nullopt;
}

}  // namespace slipway::protocol
