// RegisterTaskDefinition: checks, defaults, the next revision.
#include "services/ecs/tag_rules.h"
#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/attributes.h"
#include "services/ecs/task_definition/defaults.h"
#include "services/ecs/task_definition/validation.h"
#include "services/rules/rules.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {
namespace {

constexpr std::size_t kMostBytes = 65536;

// The request's members under their names in a definition.
Definition as_sent(const api::ecs::RegisterTaskDefinitionRequest& request) {
  return {.container_definitions = request.container_definitions,
          .family = request.family,
          .task_role_arn = request.task_role_arn,
          .execution_role_arn = request.execution_role_arn,
          .network_mode = request.network_mode,
          .volumes = request.volumes,
          .placement_constraints = request.placement_constraints,
          .runtime_platform = request.runtime_platform,
          .requires_compatibilities = request.requires_compatibilities,
          .cpu = request.cpu,
          .memory = request.memory,
          .pid_mode = request.pid_mode,
          .ipc_mode = request.ipc_mode,
          .proxy_configuration = request.proxy_configuration,
          .ephemeral_storage = request.ephemeral_storage,
          .enable_fault_injection = request.enable_fault_injection};
}

// AWS differs: it counts the bytes of its own stored form, which nobody outside has seen; ours are those of
// the definition as JSON, as it was sent.
void check_bytes(const Definition& definition) {
  const auto length = protocol::to_json(definition).size();
  if (length > kMostBytes) {
    refuse("Actual length: '" + std::to_string(length) + "'. Max allowed length is '65536' bytes.");
  }
}

}  // namespace

api::ecs::RegisterTaskDefinitionResponse register_task_definition(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::RegisterTaskDefinitionRequest& request) {
  rules::check_rules("RegisterTaskDefinition", request);
  Definition document = as_sent(request);
  check_definition(document);
  check_bytes(document);
  const auto tags = checked_tags(request.tags);

  document.requires_attributes = required_attributes(document);
  document.compatibilities = compatibilities(document);
  fill_defaults(document, caller.scope);
  const auto revision = transaction.next_revision(caller.scope, *request.family);
  document.revision = static_cast<std::int32_t>(revision);
  document.task_definition_arn = model::task_definition_arn(caller.scope, *request.family, revision);
  document.registered_by = caller.principal_arn;

  model::TaskDefinition definition;
  definition.arn = *document.task_definition_arn;
  definition.scope = caller.scope;
  definition.family = *request.family;
  definition.revision = revision;
  definition.registered_at = caller.now.control;
  definition.tags = tags;
  definition.document = std::make_shared<const Definition>(std::move(document));
  transaction.put(definition);
  api::ecs::RegisterTaskDefinitionResponse response{.task_definition = described(definition)};
  if (request.tags) response.tags = tags_view(tags);
  return response;
}

}  // namespace slipway::services::ecs
