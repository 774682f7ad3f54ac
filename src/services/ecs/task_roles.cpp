#include "services/ecs/task_roles.h"

#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/validation.h"
#include "services/ecs/warning.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

void check_role(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                const std::string& role) {
  if (role.empty()) return;
  if (!can_be_role(role)) throw api::ecs::client("Role is not valid");
  if (context.settings.strict) {
    throw api::ecs::client(
        "ECS was unable to assume the role '" + role +
        "' that was provided for this task. Please verify that the role being passed has the proper trust "
        "relationship and permissions and that your IAM user has permissions to pass this role.");
  }
  transaction.put(warning_of(
      caller, "adopted-role", role,
      "Nobody created the role " + role +
          ": the task runs without its permissions. AWS fails with 'ECS was unable to assume the role'; use "
          "a role that exists there."));
}

const std::string& either(const std::optional<std::string>& over, const std::optional<std::string>& own) {
  static const std::string none;
  if (over && !over->empty()) return *over;
  return own ? *own : none;
}

}  // namespace

TaskRoles roles_of(const api::ecs::TaskDefinition& definition, const api::ecs::TaskOverride& overrides) {
  return {either(overrides.task_role_arn, definition.task_role_arn),
          either(overrides.execution_role_arn, definition.execution_role_arn)};
}

void check_roles(const EcsContext& context, store::Transaction& transaction, const Caller& caller,
                 const TaskRoles& roles, bool enable_execute_command) {
  if (enable_execute_command && roles.task.empty()) {
    throw api::ecs::invalid_parameter(
        "The task couldn't be run because a valid taskRoleArn is not being used. Specify a valid task role "
        "in your task definition and try again.");
  }
  check_role(context, transaction, caller, roles.task);
  check_role(context, transaction, caller, roles.execution);
}

void warn_of_unsupported(store::Transaction& transaction, const Caller& caller,
                         const model::TaskDefinition& definition, const api::ecs::RunTaskRequest& request) {
  for (const auto& member : unsupported_members(*definition.document)) {
    transaction.put(warning_of(
        caller, "unsupported-member", definition.arn + " " + member,
        "The member " + member + " of " + definition.arn + " does not act in Slipway yet (docs/limits.md)."));
  }
  if (request.enable_execute_command.value_or(false)) {
    transaction.put(warning_of(
        caller, "unsupported-member", "RunTask enableExecuteCommand",
        "ExecuteCommand is not served yet: enableExecuteCommand of RunTask does not act (docs/limits.md)."));
  }
  if (!request.overrides || !request.overrides->container_overrides) return;
  for (const auto& over : *request.overrides->container_overrides) {
    if (!over.environment_files || over.environment_files->empty()) continue;
    transaction.put(warning_of(
        caller, "unsupported-member", "RunTask overrides.containerOverrides[].environmentFiles",
        "Environment files are not read yet: those of RunTask's overrides do not act (docs/limits.md)."));
  }
}

}  // namespace slipway::services::ecs
