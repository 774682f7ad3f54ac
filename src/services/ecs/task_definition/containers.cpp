// Names, essential, memory, ulimits, system controls: what every launch type demands of containers, and of
// the task's size.
#include <algorithm>
#include <set>

#include "services/ecs/task_definition/size.h"
#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

std::string setting(const ContainerDefinition& container) {
  return "Invalid setting for container '" + *container.name + "'. ";
}

void check_memory(const Definition& definition, const ContainerDefinition& container) {
  if (!definition.memory && !container.memory && !container.memory_reservation) {
    refuse(setting(container) + "At least one of 'memory' or 'memoryReservation' must be specified.");
  }
  if (container.memory && container.memory_reservation && *container.memory < *container.memory_reservation) {
    refuse(setting(container) + "'memory' must be greater than or equal to 'memoryReservation'.");
  }
}

void check_ulimits(const ContainerDefinition& container) {
  std::set<std::string> names;
  for (const auto& ulimit : items(container.ulimits)) {
    if (!names.insert(*ulimit.name).second) {
      refuse(setting(container) + "The ulimit '" + *ulimit.name + "' is specified more than once.");
    }
    // -1 means unlimited.
    if (*ulimit.hard_limit != -1 && (*ulimit.soft_limit == -1 || *ulimit.soft_limit > *ulimit.hard_limit)) {
      refuse(setting(container) + "The soft limit of ulimit '" + *ulimit.name +
             "' cannot exceed its hard limit.");
    }
  }
}

void check_system_controls(const Definition& definition, const ContainerDefinition& container) {
  for (const auto& control : items(container.system_controls)) {
    const bool network = control.namespace_->starts_with("net.");
    if (network && network_mode(definition) == "host") {
      refuse(setting(container) + "System controls of the namespace '" + *control.namespace_ +
             "' are not supported when networkMode=host.");
    }
    if (!network && definition.ipc_mode == "host") {
      refuse(setting(container) + "System controls of the namespace '" + *control.namespace_ +
             "' are not supported when ipcMode=host.");
    }
  }
}

}  // namespace

void check_containers(const Definition& definition) {
  std::set<std::string> names;
  bool essential = false;
  for (const auto& container : *definition.container_definitions) {
    if (!names.insert(*container.name).second) {
      refuse("Container names must be unique within a task definition");
    }
    essential = essential || container.essential.value_or(true);
  }
  if (!essential) refuse("Task definition doesn't have any essential container");
  for (const auto& container : *definition.container_definitions) {
    check_memory(definition, container);
    check_ulimits(container);
    check_system_controls(definition, container);
  }
}

void check_task_size(const Definition& definition) {
  const auto cpu = definition.cpu ? parse_task_cpu(*definition.cpu) : std::nullopt;
  const auto memory = definition.memory ? parse_task_memory(*definition.memory) : std::nullopt;
  // Fargate's own sizes have their own text.
  const bool fargate = requires_compatibility(definition, "FARGATE");
  if (definition.cpu && (!cpu || (!fargate && !is_task_cpu(*cpu)))) refuse(kInvalidTaskCpu);
  if (definition.memory && (!memory || !is_task_memory(*memory))) refuse(kInvalidTaskMemory);
  std::int64_t sum = 0;
  for (const auto& container : *definition.container_definitions) {
    sum += container.cpu.value_or(0);
    if (memory &&
        std::max(container.memory.value_or(0), container.memory_reservation.value_or(0)) > *memory) {
      refuse("The 'memory' setting for container '" + *container.name + "' is greater than for the task");
    }
  }
  if (cpu && sum > *cpu) {
    refuse("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  }
}

}  // namespace slipway::services::ecs
