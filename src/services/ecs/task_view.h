// A task as the API shows it, from its record and its definition. Pure.
#pragma once

#include <string_view>

#include "slipway/api/ecs/Task.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

struct TaskViewOptions {
  bool tags = false;
  // Of the engine: "x86_64", "arm64"; what a definition without runtimePlatform gets.
  std::string_view architecture;
};

// `definition` may be nullptr: one that was deleted while the task was still shown; then what only it knows
// (image, container sizes) is absent. Shapes: control-plane.md 6.1, data-plane.md 1.1 to 1.9 and 5.1.
api::ecs::Task task_view(const model::Task& task, const api::ecs::TaskDefinition* definition,
                         const TaskViewOptions& options);

}  // namespace slipway::services::ecs
