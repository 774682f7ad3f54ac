// Finding the task that a request names by id or ARN, and showing it. Control thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/ecs/context.h"
#include "slipway/api/ecs/Task.h"
#include "slipway/model/cluster.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

// The ARN of the task in this cluster that `text`, an id or an ARN, stands for; nullopt for an ARN of another
// cluster or scope. Throws InvalidParameterException for what can be no task.
std::optional<std::string> task_arn_in(const model::Cluster& cluster, std::string_view text);

// `task` with its definition as the store knows it now.
api::ecs::Task shown_task(const EcsContext& context, const model::Task& task, bool tags);

}  // namespace slipway::services::ecs
