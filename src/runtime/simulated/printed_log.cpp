#include "runtime/simulated/printed_log.h"

namespace slipway::runtime::simulated {

std::int64_t PrintedLog::count(TimePoint time) const {
  if (silent(time)) return 0;
  const std::int64_t rounds = plan_.every ? (time - started_) / *plan_.every + 1 : 1;
  return rounds * lines();
}

LogTime PrintedLog::time_of(std::int64_t index) const {
  const Millis after = plan_.every ? *plan_.every * (index / lines()) : Millis{0};
  return started_ + after + std::chrono::nanoseconds(index % lines());
}

LogPiece PrintedLog::at(std::int64_t index) const {
  const auto& [stream, text] = plan_.lines[static_cast<std::size_t>(index % lines())];
  LogPiece piece;
  piece.stream = stream;
  piece.time = time_of(index);
  piece.text = text;
  return piece;
}

std::int64_t PrintedLog::first_since(LogTime since, std::int64_t end) const {
  std::int64_t low = 0;
  std::int64_t high = end;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (time_of(middle) < since) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

TimePoint PrintedLog::next_after(TimePoint time) const {
  if (silent(time) || !plan_.every) return TimePoint::max();
  return started_ + *plan_.every * ((time - started_) / *plan_.every + 1);
}

}  // namespace slipway::runtime::simulated
