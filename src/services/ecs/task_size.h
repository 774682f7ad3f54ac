// What a task takes of its instance, or buys from Fargate: the definition's sizes with RunTask's overrides.
// Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/api/ecs/TaskOverride.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

struct TaskSize {
  std::int64_t cpu = 0;     // CPU units; of the task, else the sum over its containers
  std::int64_t memory = 0;  // MiB; likewise, a container's reservation counting before its limit
  std::int64_t gpus = 0;
  std::optional<std::int32_t> ephemeral_storage_gib;
};

// Throws InvalidParameterException for overrides of containers that the definition lacks and for what cannot
// be overridden; ClientException for sizes that do not fit together or that Fargate does not have.
TaskSize checked_size(const api::ecs::TaskDefinition& definition, const api::ecs::TaskOverride& overrides,
                      model::LaunchType type);

// `overrides` as tasks keep and show them: sizes as plain numbers. nullptr when nothing is overridden.
std::shared_ptr<const api::ecs::TaskOverride> kept_overrides(const api::ecs::TaskOverride& overrides);

}  // namespace slipway::services::ecs
