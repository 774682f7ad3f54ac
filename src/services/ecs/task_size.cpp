#include "services/ecs/task_size.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "services/ecs/task_definition/size.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

constexpr std::size_t kOverridesLength = 8192;  // control-plane.md 2.3

// A container's sizes with its override.
struct ContainerSize {
  std::string name;
  std::int64_t cpu = 0;
  std::optional<std::int32_t> memory, reservation;
  std::int64_t gpus = 0;
};

std::int64_t count_gpus(const std::vector<api::ecs::ResourceRequirement>& requirements) {
  std::int64_t gpus = 0;
  for (const auto& requirement : requirements) {
    if (requirement.type != "GPU") continue;
    const auto text = requirement.value.value_or("");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
      throw api::ecs::invalid_parameter("Invalid value for the GPU resource requirement: " + text);
    }
    gpus += value;
  }
  return gpus;
}

ContainerSize size_of(const api::ecs::ContainerDefinition& own, const api::ecs::ContainerOverride* over) {
  ContainerSize size;
  size.name = own.name.value_or("");
  size.cpu = (over && over->cpu ? over->cpu : own.cpu).value_or(0);
  size.memory = over && over->memory ? over->memory : own.memory;
  size.reservation = over && over->memory_reservation ? over->memory_reservation : own.memory_reservation;
  const auto& requirements =
      over && over->resource_requirements ? over->resource_requirements : own.resource_requirements;
  if (requirements) size.gpus = count_gpus(*requirements);
  if (size.memory && size.reservation && *size.memory < *size.reservation) {
    throw api::ecs::client("Invalid setting for container '" + size.name +
                           "'. 'memory' must be greater than or equal to 'memoryReservation'.");
  }
  return size;
}

const api::ecs::ContainerOverride* find_override(const api::ecs::TaskOverride& overrides,
                                                 const std::string& name) {
  if (!overrides.container_overrides) return nullptr;
  for (const auto& over : *overrides.container_overrides) {
    if (over.name == name) return &over;
  }
  return nullptr;
}

void check_names(const api::ecs::TaskDefinition& definition, const api::ecs::TaskOverride& overrides) {
  if (!overrides.container_overrides) return;
  std::set<std::string> known, seen;
  for (const auto& container : *definition.container_definitions) known.insert(container.name.value_or(""));
  for (const auto& over : *overrides.container_overrides) {
    const auto name = over.name.value_or("");
    if (!known.contains(name)) {
      throw api::ecs::invalid_parameter("Override for container named " + name +
                                        " is not a container in the TaskDefinition.");
    }
    if (!seen.insert(name).second) {
      throw api::ecs::invalid_parameter("There is more than one override for container named " + name + ".");
    }
  }
}

std::optional<std::int64_t> task_cpu(const api::ecs::TaskDefinition& definition,
                                     const api::ecs::TaskOverride& overrides, model::LaunchType type) {
  const auto& text = overrides.cpu ? overrides.cpu : definition.cpu;
  if (!text) return std::nullopt;
  const auto cpu = parse_task_cpu(*text);
  // Fargate's own sizes have their own text.
  const bool fargate = type == model::LaunchType::Fargate;
  if (!cpu || (!fargate && !is_task_cpu(*cpu))) throw api::ecs::client(kInvalidTaskCpu);
  return cpu;
}

std::optional<std::int64_t> task_memory(const api::ecs::TaskDefinition& definition,
                                        const api::ecs::TaskOverride& overrides) {
  const auto& text = overrides.memory ? overrides.memory : definition.memory;
  if (!text) return std::nullopt;
  const auto memory = parse_task_memory(*text);
  if (!memory || !is_task_memory(*memory)) throw api::ecs::client(kInvalidTaskMemory);
  return memory;
}

void check_fargate(const TaskSize& size) {
  if (!is_fargate_size(size.cpu, size.memory))
    throw api::ecs::client(no_fargate_size_text(size.cpu, size.memory));
  if (size.gpus > 0) {
    throw api::ecs::client("Tasks using the Fargate launch type do not support GPU resource requirements");
  }
}

void check_fixed_members(const api::ecs::TaskOverride& overrides) {
  if (overrides.inference_accelerator_overrides && !overrides.inference_accelerator_overrides->empty()) {
    throw api::ecs::invalid_parameter("Unsupported field 'inferenceAccelerators'");
  }
  if (protocol::to_json(overrides).size() > kOverridesLength) {
    throw api::ecs::invalid_parameter("Container Overrides length must be at most 8192");
  }
}

}  // namespace

TaskSize checked_size(const api::ecs::TaskDefinition& definition, const api::ecs::TaskOverride& overrides,
                      model::LaunchType type) {
  check_fixed_members(overrides);
  check_names(definition, overrides);
  const auto cpu = task_cpu(definition, overrides, type);
  const auto memory = task_memory(definition, overrides);
  TaskSize size;
  for (const auto& container : *definition.container_definitions) {
    const auto own = size_of(container, find_override(overrides, container.name.value_or("")));
    const auto limit = own.memory.value_or(own.reservation.value_or(0));
    if (memory && limit > *memory) {
      throw api::ecs::client("The 'memory' setting for container '" + own.name +
                             "' is greater than for the task");
    }
    size.cpu += own.cpu;
    size.memory += own.reservation.value_or(own.memory.value_or(0));
    size.gpus += own.gpus;
  }
  if (cpu && size.cpu > *cpu) {
    throw api::ecs::client(
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  }
  size.cpu = cpu.value_or(size.cpu);
  size.memory = memory.value_or(size.memory);
  if (type == model::LaunchType::Fargate) {
    check_fargate(size);
    const auto& storage =
        overrides.ephemeral_storage ? overrides.ephemeral_storage : definition.ephemeral_storage;
    if (storage) size.ephemeral_storage_gib = storage->size_in_gi_b;
  } else if (overrides.ephemeral_storage) {
    throw api::ecs::client("Tasks using the EC2 launch type do not support EphemeralStorage");
  }
  return size;
}

std::shared_ptr<const api::ecs::TaskOverride> kept_overrides(const api::ecs::TaskOverride& overrides) {
  if (overrides == api::ecs::TaskOverride{}) return nullptr;
  auto kept = std::make_shared<api::ecs::TaskOverride>(overrides);
  if (kept->cpu) kept->cpu = std::to_string(parse_task_cpu(*kept->cpu).value_or(0));
  if (kept->memory) kept->memory = std::to_string(parse_task_memory(*kept->memory).value_or(0));
  return kept;
}

}  // namespace slipway::services::ecs
