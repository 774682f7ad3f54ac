// The next thing to do for a task. Pure: (task, its spec, what is in flight, now) -> the task one transition
// further, or the steps to take. The agent stores the former and asks again; it executes the latter beside
// its serial loop. Decided again from scratch each time, so a crash between any two calls changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "slipway/lifecycle/spec.h"

namespace slipway::lifecycle {

enum class Action : std::uint8_t {
  EnsureNetwork,  // of the task: engine network, address
  Pull,           // have the image
  Launch,         // create unless that is done, then start
  Stop,           // with `grace`
  Inspect         // look what the engine has
};

struct Step {
  Action action;
  std::string container;  // empty for EnsureNetwork
  Seconds grace{0};
  bool operator==(const Step&) const = default;
};

using Names = std::set<std::string, std::less<>>;

// What the agent has under way for the task; lives in memory only.
struct Work {
  Names busy;       // containers with a step in work other than Pull; "" for EnsureNetwork
  Names pulling;    // containers that wait for their image
  Names uncertain;  // containers whose state in the engine is to be looked at before anything else
};

struct Plan {
  std::optional<model::Task> task;     // store it and ask again; then there are no steps
  std::vector<Step> steps;             // to begin now
  std::optional<TimePoint> wake_real;  // ask again then (real time), at the latest
};

// At most one transition of the task's status per call, so that each is a commit and a version of its own.
Plan next(const model::Task& task, const TaskSpec& spec, const Work& work, Now now);

}  // namespace slipway::lifecycle
