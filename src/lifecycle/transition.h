// The transitions of a task's own status, one at a time. Pure; called by next().
#pragma once

#include <optional>

#include "slipway/lifecycle/spec.h"

namespace slipway::lifecycle {

// The task one transition further; nullopt when it stays where it is.
std::optional<model::Task> next_transition(const model::Task& task, const TaskSpec& spec, Now now);

}  // namespace slipway::lifecycle
