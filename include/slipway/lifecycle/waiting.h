// What a task waits for by the rules of its life, in sentences for `slipway why`. Asks the deciders
// themselves (start_gate, may_stop), so that a sentence never differs from what is done. Pure; control
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slipway/lifecycle/spec.h"

namespace slipway::lifecycle {

struct Wait {
  std::string container;  // empty: the task as a whole
  std::string sentence;
  bool operator==(const Wait&) const = default;
};

// In the containers' order; empty when the task is STOPPED, or RUNNING with nothing left to come.
std::vector<Wait> waiting(const model::Task& task, const TaskSpec& spec, Now now);

// How a sentence about a container begins: "Container web"; "It" for the task.
std::string subject(std::string_view container);

// "12 s": what is left until `deadline`, rounded up.
std::string seconds_left(TimePoint deadline, TimePoint now);

}  // namespace slipway::lifecycle
