// The dependency graph of a task's containers: may this one start, may that one stop. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slipway/lifecycle/spec.h"

namespace slipway::lifecycle {

// "Not yet" and "never" are different answers (data-plane.md 2.1).
struct Gate {
  enum class Kind : std::uint8_t { Ready, Blocked, Never };
  Kind kind = Kind::Ready;
  std::string text;                   // what is waited for, or why never
  std::optional<TimePoint> deadline;  // real time at which Blocked turns into Never
};

// Whether `container` may be pulled, created and started at the real time `real`.
Gate start_gate(const model::Task& task, const TaskSpec& spec, std::string_view container, TimePoint real);

// Whether every container that depends on `container` is STOPPED (data-plane.md 2.3); internal ones go last.
bool may_stop(const model::Task& task, const TaskSpec& spec, std::string_view container);

}  // namespace slipway::lifecycle
