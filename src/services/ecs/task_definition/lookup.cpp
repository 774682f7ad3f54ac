// References to task definitions: family, family:revision, ARN (control-plane 4.6).
#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/reference.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {
namespace {

constexpr std::string_view kResource = "task-definition/";

std::int64_t parse_revision(std::string_view text) {
  if (text.empty()) throw api::ecs::client("Revision is missing.");
  std::int32_t revision = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || error != std::errc() || end != text.data() + text.size()) {
    throw api::ecs::invalid_parameter("Invalid revision number. Number: " + std::string(text));
  }
  return revision;
}

std::shared_ptr<const model::TaskDefinition> find(const store::Transaction& transaction,
                                                  const model::Scope& scope,
                                                  const DefinitionReference& reference) {
  if (reference.scope != scope) return nullptr;
  auto revision = reference.revision;
  if (!revision) {
    const auto* family = transaction.model().find_family(scope, reference.family);
    if (family == nullptr || family->active.empty()) return nullptr;
    revision = *family->active.rbegin();
  }
  return transaction.find_definition(model::task_definition_arn(scope, reference.family, *revision));
}

}  // namespace

DefinitionReference parse_definition_reference(const model::Scope& scope, std::string_view text) {
  DefinitionReference reference{.scope = scope, .family = {}, .revision = std::nullopt};
  std::string resource;
  if (const auto arn = model::Arn::parse(text)) {
    reference.scope = {arn->account, arn->region};
    // An ARN of something else names no definition; its resource stands for a family that cannot exist.
    if (arn->service != "ecs" || !arn->resource.starts_with(kResource)) return reference;
    resource = arn->resource.substr(kResource.size());
    text = resource;
  }
  const auto colon = text.find(':');
  reference.family = std::string(text.substr(0, colon));
  if (colon != std::string_view::npos) reference.revision = parse_revision(text.substr(colon + 1));
  return reference;
}

std::shared_ptr<const model::TaskDefinition> find_task_definition(const store::Transaction& transaction,
                                                                  const model::Scope& scope,
                                                                  std::string_view reference) {
  return find(transaction, scope, parse_definition_reference(scope, reference));
}

std::shared_ptr<const model::TaskDefinition> resolve_task_definition(const store::Transaction& transaction,
                                                                     const model::Scope& scope,
                                                                     std::string_view reference) {
  auto definition = find_task_definition(transaction, scope, reference);
  if (!definition) throw api::ecs::client("TaskDefinition not found.");
  if (definition->status != model::DefinitionStatus::Active) {
    throw api::ecs::client("TaskDefinition is inactive");
  }
  return definition;
}

}  // namespace slipway::services::ecs
