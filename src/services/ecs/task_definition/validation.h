// What ECS demands of a task definition beyond single members (those are in rules.json): one function per
// area, each throwing ClientException in ECS's words (control-plane 4.5), called in this order on the
// definition as it was sent, before defaults. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/api/ecs/TaskDefinition.h"

namespace slipway::services::ecs {

using Definition = api::ecs::TaskDefinition;
using ContainerDefinition = api::ecs::ContainerDefinition;

// All of the below, in order.
void check_definition(const Definition& definition);

void check_containers(const Definition& definition);    // names, essential, memory, ulimits, system controls
void check_task_size(const Definition& definition);     // task-level CPU and memory
void check_network(const Definition& definition);       // ports, links, names, proxy
void check_dependencies(const Definition& definition);  // dependsOn, volumesFrom
void check_volumes(const Definition& definition);       // volumes, mount points
void check_secrets(const Definition& definition);       // secrets, environment files, roles
void check_logging(const Definition& definition);       // log drivers, FireLens
void check_launch_types(const Definition& definition);  // requiresCompatibilities

// Why Fargate would not take the definition, in ECS's words; nullopt when it would.
std::optional<std::string> fargate_obstacle(const Definition& definition);
// The same for EXTERNAL and MANAGED_INSTANCES.
std::optional<std::string> external_obstacle(const Definition& definition);
std::optional<std::string> managed_instances_obstacle(const Definition& definition);

bool requires_compatibility(const Definition& definition, std::string_view launch_type);
// "bridge" when none is given.
std::string_view network_mode(const Definition& definition);
const ContainerDefinition* find_container(const Definition& definition, std::string_view name);
// The members of an absent list are none.
template <class T>
const std::vector<T>& items(const std::optional<std::vector<T>>& list) {
  static const std::vector<T> kNone;
  return list ? *list : kNone;
}

// Whether a graph has a cycle: edges[i] are the nodes that node i points to.
bool has_cycle(const std::vector<std::vector<std::size_t>>& edges);

// Whether the text can name an IAM role: its ARN, or its name with or without a path.
bool can_be_role(std::string_view role);

// Whether the image lives in Amazon ECR: "<account>.dkr.ecr.<region>.amazonaws.com/…".
bool is_ecr_image(std::string_view image);

[[noreturn]] void refuse(const std::string& text);

}  // namespace slipway::services::ecs
