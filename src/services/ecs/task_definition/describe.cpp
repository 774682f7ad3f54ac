// DescribeTaskDefinition, and a definition as the API shows it.
#include "services/ecs/tag_rules.h"
#include "services/ecs/task_definition.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {
namespace {

std::string_view to_string(model::DefinitionStatus status) {
  switch (status) {
    case model::DefinitionStatus::Active:
      return "ACTIVE";
    case model::DefinitionStatus::Inactive:
      return "INACTIVE";
    case model::DefinitionStatus::DeleteInProgress:
      return "DELETE_IN_PROGRESS";
  }
  return "";
}

}  // namespace

api::ecs::TaskDefinition described(const model::TaskDefinition& definition) {
  api::ecs::TaskDefinition shown = *definition.document;
  shown.status = to_string(definition.status);
  shown.registered_at = definition.registered_at;
  shown.deregistered_at = definition.deregistered_at;
  shown.delete_requested_at = definition.delete_requested_at;
  return shown;
}

api::ecs::DescribeTaskDefinitionResponse describe_task_definition(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeTaskDefinitionRequest& request) {
  rules::check_rules("DescribeTaskDefinition", request);
  const auto definition = find_task_definition(transaction, caller.scope, *request.task_definition);
  if (!definition) throw api::ecs::client("Unable to describe task definition.");
  api::ecs::DescribeTaskDefinitionResponse response{.task_definition = described(*definition)};
  // TAGS is the only value of `include`.
  if (request.include && !request.include->empty()) response.tags = tags_view(definition->tags);
  return response;
}

}  // namespace slipway::services::ecs
