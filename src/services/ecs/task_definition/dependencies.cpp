// dependsOn and volumesFrom between containers.
#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

void check_condition(const ContainerDefinition& target, std::string_view condition) {
  if ((condition == "SUCCESS" || condition == "COMPLETE") && target.essential.value_or(true)) {
    refuse("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
  }
  if (condition == "HEALTHY" && !target.health_check) {
    refuse("A dependency container with HEALTHY condition must have health check configured");
  }
}

}  // namespace

void check_dependencies(const Definition& definition) {
  const auto& containers = *definition.container_definitions;
  std::vector<std::vector<std::size_t>> edges(containers.size());
  for (std::size_t i = 0; i < containers.size(); ++i) {
    for (const auto& dependency : items(containers[i].depends_on)) {
      const auto* target = find_container(definition, *dependency.container_name);
      if (target == nullptr) {
        refuse("Cannot depend on container " + *dependency.container_name + " because it does not exist");
      }
      check_condition(*target, *dependency.condition);
      edges[i].push_back(static_cast<std::size_t>(target - containers.data()));
    }
  }
  if (has_cycle(edges)) refuse("Container dependencies should not have a cycle");
  std::vector<std::vector<std::size_t>> mounts(containers.size());
  for (std::size_t i = 0; i < containers.size(); ++i) {
    for (const auto& from : items(containers[i].volumes_from)) {
      const auto* target = find_container(definition, *from.source_container);
      if (target == nullptr) {
        refuse("Invalid 'volumesFrom' setting. Unknown container: '" + *from.source_container + "'");
      }
      mounts[i].push_back(static_cast<std::size_t>(target - containers.data()));
    }
  }
  if (has_cycle(mounts)) refuse("Invalid 'volumesFrom' setting. Containers should not have a cycle");
}

}  // namespace slipway::services::ecs
