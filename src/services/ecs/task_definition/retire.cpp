// DeregisterTaskDefinition, DeleteTaskDefinitions and the sweep that ends a deletion (control-plane 4.6).
#include <set>

#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/reference.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {
namespace {

constexpr std::string_view kNoSuchDefinition =
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
constexpr std::string_view kStillActive =
    "The specified task definition is still in ACTIVE status. Please deregister the target and try again.";
constexpr std::chrono::hours kDeletionTime{1};

// Whether a stopped task of that definition can still be described: its image and sizes stand in the
// definition.
bool is_shown(const store::Model& model, const model::TaskDefinition& definition) {
  store::TaskQuery query;
  query.desired = model::DesiredStatus::Stopped;
  query.family = definition.family;
  for (;;) {
    const auto page = model.tasks(query);
    for (const auto& task : page) {
      if (task->definition_arn == definition.arn) return true;
    }
    if (page.size() < query.limit) return false;
    query.after_arn = page.back()->arn;
  }
}

// What services deploy, have deployed last, or would roll back to.
std::set<std::string> service_definitions(const store::Model& model) {
  std::set<std::string> arns;
  for (const auto& service : model.all_services()) {
    if (service->status == model::ServiceStatus::Inactive) continue;
    arns.insert(service->document->task_definition.value_or(""));
    for (const auto& deployment : service->deployments) arns.insert(deployment.definition_arn);
    if (service->last_completed) arns.insert(service->last_completed->definition_arn);
  }
  return arns;
}

// The ARN that a reference with a revision stands for; other references are echoed.
std::string failure_arn(const DefinitionReference& reference, const std::string& given) {
  if (reference.family.empty() || !reference.revision) return given;
  return model::task_definition_arn(reference.scope, reference.family, *reference.revision);
}

void delete_one(store::Transaction& transaction, const Caller& caller, const std::string& given,
                api::ecs::DeleteTaskDefinitionsResponse& response) {
  const auto reference = parse_definition_reference(caller.scope, given);
  const auto found = reference.revision ? find_task_definition(transaction, caller.scope, given) : nullptr;
  const auto fail = [&](std::string_view reason) {
    response.failures->push_back({.arn = failure_arn(reference, given), .reason = std::string(reason)});
  };
  if (!found) return fail(kNoSuchDefinition);
  if (found->status == model::DefinitionStatus::Active) return fail(kStillActive);
  model::TaskDefinition definition = *found;
  if (definition.status == model::DefinitionStatus::Inactive) {
    definition.status = model::DefinitionStatus::DeleteInProgress;
    definition.delete_requested_at = caller.now.control;
    transaction.put(definition);
  }
  response.task_definitions->push_back(described(definition));
}

}  // namespace

api::ecs::DeregisterTaskDefinitionResponse deregister_task_definition(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DeregisterTaskDefinitionRequest& request) {
  rules::check_rules("DeregisterTaskDefinition", request);
  if (!parse_definition_reference(caller.scope, *request.task_definition).revision) {
    throw api::ecs::client("Revision is missing.");
  }
  const auto found = find_task_definition(transaction, caller.scope, *request.task_definition);
  if (!found) throw api::ecs::client("The specified task definition does not exist.");
  model::TaskDefinition definition = *found;
  if (definition.status == model::DefinitionStatus::Active) {
    definition.status = model::DefinitionStatus::Inactive;
    definition.deregistered_at = caller.now.control;
    transaction.put(definition);
  }
  return {.task_definition = described(definition)};
}

api::ecs::DeleteTaskDefinitionsResponse delete_task_definitions(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DeleteTaskDefinitionsRequest& request) {
  rules::check_rules("DeleteTaskDefinitions", request);
  api::ecs::DeleteTaskDefinitionsResponse response{
      .task_definitions = std::vector<api::ecs::TaskDefinition>(),
      .failures = std::vector<api::ecs::Failure>()};
  for (const auto& given : *request.task_definitions) delete_one(transaction, caller, given, response);
  return response;
}

void purge_deleted_definitions(store::Transaction& transaction, TimePoint now) {
  const auto of_services = service_definitions(transaction.model());
  for (const auto& definition : transaction.model().definitions_in_deletion()) {
    const bool due =
        definition->delete_requested_at && *definition->delete_requested_at + kDeletionTime <= now;
    if (due && transaction.model().definition_uses(definition->arn) == 0 &&
        !of_services.contains(definition->arn) && !is_shown(transaction.model(), *definition)) {
      transaction.remove_definition(definition->arn);
    }
  }
}

}  // namespace slipway::services::ecs
