#include "services/ecs/task_definition/validation.h"

#include <algorithm>

#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

void refuse(const std::string& text) { throw api::ecs::client(text); }

bool requires_compatibility(const Definition& definition, std::string_view launch_type) {
  const auto& required = items(definition.requires_compatibilities);
  return std::ranges::find(required, launch_type) != required.end();
}

std::string_view network_mode(const Definition& definition) {
  return definition.network_mode ? std::string_view(*definition.network_mode) : "bridge";
}

const ContainerDefinition* find_container(const Definition& definition, std::string_view name) {
  const auto& containers = items(definition.container_definitions);
  const auto found =
      std::ranges::find_if(containers, [name](const auto& container) { return container.name == name; });
  return found == containers.end() ? nullptr : &*found;
}

bool has_cycle(const std::vector<std::vector<std::size_t>>& edges) {
  std::vector<std::size_t> incoming(edges.size(), 0);
  for (const auto& targets : edges) {
    for (const auto target : targets) ++incoming[target];
  }
  std::vector<std::size_t> free;
  for (std::size_t node = 0; node < edges.size(); ++node) {
    if (incoming[node] == 0) free.push_back(node);
  }
  std::size_t removed = 0;
  for (; !free.empty(); ++removed) {
    const auto node = free.back();
    free.pop_back();
    for (const auto target : edges[node]) {
      if (--incoming[target] == 0) free.push_back(target);
    }
  }
  return removed != edges.size();
}

bool is_ecr_image(std::string_view image) {
  const auto host = image.substr(0, image.find('/'));
  const bool private_registry = host.find(".dkr.ecr") == 12 || host.find(".dkr-ecr") == 12;
  return host.size() < image.size() && private_registry &&
         std::ranges::all_of(host.substr(0, 12), [](char c) { return c >= '0' && c <= '9'; });
}

void check_definition(const Definition& definition) {
  check_containers(definition);
  check_task_size(definition);
  check_network(definition);
  check_dependencies(definition);
  check_volumes(definition);
  check_secrets(definition);
  check_logging(definition);
  check_launch_types(definition);
}

}  // namespace slipway::services::ecs
