#include "agent/naming.h"

#include <algorithm>

namespace slipway::agent {
namespace {

constexpr std::size_t kSuffixDigits = 20;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Underscores vanish too (data-plane.md 4.1).
std::string clean(std::string_view name) {
  std::string kept;
  std::copy_if(name.begin(), name.end(), std::back_inserter(kept),
               [](char c) { return is_alphanumeric(c) || c == '-'; });
  return kept;
}

std::string stem(const api::ecs::TaskDefinition& definition, std::string_view name) {
  return "ecs-" + definition.family.value_or("") + "-" + std::to_string(definition.revision.value_or(0)) +
         "-" + std::string(name) + "-";
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string container_name(const api::ecs::TaskDefinition& definition, std::string_view container,
                           IdSource& ids) {
  return stem(definition, clean(container)) + ids.hex(kSuffixDigits);
}

std::string volume_name(const api::ecs::TaskDefinition& definition, std::string_view volume, IdSource& ids) {
  return stem(definition, volume) + ids.hex(kSuffixDigits);
}

std::optional<std::string> find_volume_name(const model::Task& task,
                                            const api::ecs::TaskDefinition& definition,
                                            std::string_view volume) {
  const std::string begin = stem(definition, volume);
  for (const auto& name : task.volumes) {
    if (name.size() == begin.size() + kSuffixDigits && name.starts_with(begin) &&
        is_hex(std::string_view(name).substr(begin.size()))) {
      return name;
    }
  }
  return std::nullopt;
}

void add_ecs_labels(runtime::Labels& labels, const model::Task& task,
                    const api::ecs::TaskDefinition& definition, std::string_view container) {
  labels[std::string(kTaskArnLabel)] = task.arn;
  labels[std::string(kContainerNameLabel)] = container;
  labels["com.amazonaws.ecs.task-definition-family"] = definition.family.value_or("");
  labels["com.amazonaws.ecs.task-definition-version"] = std::to_string(definition.revision.value_or(0));
  labels["com.amazonaws.ecs.cluster"] = task.cluster;
}

}  // namespace slipway::agent
