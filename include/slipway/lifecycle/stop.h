// Asking a task to stop. Pure.
#pragma once

#include <string>

#include "slipway/base/time.h"
#include "slipway/model/task.h"

namespace slipway::lifecycle {

// `task` with desiredStatus STOPPED, stop code, reason and stoppingAt, its version counted up; lastStatus is
// untouched (data-plane.md 1.5). A task that is already desired STOPPED comes back unchanged: the first
// reason stays.
model::Task request_stop(model::Task task, model::StopCode code, std::string reason, Now now);

}  // namespace slipway::lifecycle
