// The roles of a task and what else it asks for that AWS would check. Control thread.
#pragma once

#include <string>

#include "services/ecs/context.h"
#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/model/task_definition.h"

namespace slipway::services::ecs {

// ARNs or names; empty where there is none.
struct TaskRoles {
  std::string task;
  std::string execution;
};

// Those of the definition, unless overridden.
TaskRoles roles_of(const api::ecs::TaskDefinition& definition, const api::ecs::TaskOverride& overrides);

// No role exists before IAM lands: strict mode refuses as ECS does, else they are adopted with a warning.
// Throws InvalidParameterException when commands shall be executed and there is no task role.
void check_roles(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                 const TaskRoles& roles, bool enable_execute_command);

// Lists what the definition and the request say that does not act yet, so that nothing is ignored silently.
void warn_of_unsupported(store::Transaction& transaction, const Caller& caller,
                         const model::TaskDefinition& definition, const api::ecs::RunTaskRequest& request);

}  // namespace slipway::services::ecs
