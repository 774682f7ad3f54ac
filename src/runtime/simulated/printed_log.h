// What a simulated container has printed since its last start, as a list that is computed, not kept. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::runtime::simulated {

// The lines that a container prints at its start, and again after each `every` (> 0).
struct PrintPlan {
  std::vector<std::pair<LogStream, std::string>> lines;
  std::optional<Millis> every;
};

// Pieces are numbered from 0 on. Those of one round are a nanosecond apart.
class PrintedLog final {
 public:
  // `started`: TimePoint::max() when it never did.
  PrintedLog(PrintPlan plan, TimePoint started) : plan_(std::move(plan)), started_(started) {}

  // How many pieces there are at `time`, inclusive.
  std::int64_t count(TimePoint time) const;
  LogPiece at(std::int64_t index) const;
  // The first of those before `end` that is not older than `since`; `end` when there is none.
  std::int64_t first_since(LogTime since, std::int64_t end) const;
  // When the round after `time` is printed; TimePoint::max() when there is none.
  TimePoint next_after(TimePoint time) const;

 private:
  LogTime time_of(std::int64_t index) const;
  std::int64_t lines() const { return static_cast<std::int64_t>(plan_.lines.size()); }
  bool silent(TimePoint time) const { return plan_.lines.empty() || time < started_; }

  PrintPlan plan_;
  TimePoint started_;
};

}  // namespace slipway::runtime::simulated
