#include "agent/task_limits.h"

#include <algorithm>
#include <charconv>

#include "agent/container_spec.h"

namespace slipway::agent {
namespace {

constexpr std::int64_t kMiB = 1048576;
constexpr std::int64_t kLeastShares = 2, kMostShares = 262144;
constexpr std::int64_t kPeriod = 100'000;    // microseconds; ECS's CFS period (data-plane.md 3.1)
constexpr std::int64_t kLeastQuota = 1'000;  // Docker and the kernel refuse less
constexpr std::int32_t kKilled = 128 + 9;

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The member of the override, else that of the definition.
std::int64_t chosen(const std::optional<std::int32_t>& definition,
                    const std::optional<std::int32_t>* override) {
  if (override != nullptr && *override) return **override;
  return definition.value_or(0);
}

std::int64_t shares_of(std::int64_t cpu) { return std::clamp(cpu, kLeastShares, kMostShares); }
std::int64_t quota_of(std::int64_t cpu) { return std::max(kLeastQuota, cpu * kPeriod / 1024); }

}  // namespace

TaskSize task_size(const model::Task& task, const api::ecs::TaskDefinition& definition) {
  const auto* overrides = task.overrides.get();
  const auto size = [](const std::optional<std::string>& defined, const std::optional<std::string>* given,
                       const std::string& resolved) -> std::optional<std::int64_t> {
    if (given != nullptr && *given) return number(resolved);  // "0.5 vCPU" became "512"
    return defined ? std::optional(number(*defined)) : std::nullopt;
  };
  return {size(definition.cpu, overrides == nullptr ? nullptr : &overrides->cpu, task.cpu),
          size(definition.memory, overrides == nullptr ? nullptr : &overrides->memory, task.memory)};
}

ContainerSize container_size(const api::ecs::ContainerDefinition& definition,
                             const api::ecs::ContainerOverride* override) {
  const bool has = override != nullptr;
  return {chosen(definition.cpu, has ? &override->cpu : nullptr),
          chosen(definition.memory, has ? &override->memory : nullptr),
          chosen(definition.memory_reservation, has ? &override->memory_reservation : nullptr)};
}

std::optional<runtime::TaskLimits> parent_limits(const model::Task& task,
                                                 const api::ecs::TaskDefinition& definition) {
  const TaskSize size = task_size(task, definition);
  if (!size.cpu && !size.memory_mib) return std::nullopt;
  runtime::TaskLimits limits;
  limits.memory_bytes = size.memory_mib.value_or(0) * kMiB;
  if (size.cpu) {
    limits.cpu_period = kPeriod;
    limits.cpu_quota = quota_of(*size.cpu);
    return limits;
  }
  // Without a task CPU the task weighs what its containers weigh together.
  if (definition.container_definitions) {
    for (const auto& container : *definition.container_definitions) {
      const auto* override = find_override(task, container.name.value_or(""));
      limits.cpu_shares += shares_of(container_size(container, override).cpu);
    }
  }
  limits.cpu_shares = shares_of(limits.cpu_shares);
  return limits;
}

ContainerLimits container_limits(const ContainerSize& own, const TaskSize& task, bool parent) {
  ContainerLimits limits;
  limits.shares = shares_of(own.cpu);
  limits.memory = own.memory_mib * kMiB;
  limits.reservation = own.reservation_mib * kMiB;
  if (parent) return limits;
  if (task.memory_mib && (own.memory_mib == 0 || own.memory_mib > *task.memory_mib)) {
    limits.memory = *task.memory_mib * kMiB;
  }
  if (task.cpu) {
    limits.period = kPeriod;
    limits.quota = quota_of(*task.cpu);
  }
  return limits;
}

bool out_of_memory(const Ending& ending, runtime::TaskMemory task) {
  switch (task) {
    case runtime::TaskMemory::Untouched:
      break;
    case runtime::TaskMemory::LimitHit:
      return ending.flagged && ending.exit_code != 0 && !ending.stopping;
    case runtime::TaskMemory::Killed:
      return ending.flagged || (ending.exit_code == kKilled && !ending.stopping);
  }
  return ending.flagged;
}

}  // namespace slipway::agent
