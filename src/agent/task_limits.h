// Which limits of CPU and memory go where: on the task's parent cgroup, or on each of its containers
// (data-plane.md 3.1, decisions.md 23). Pure; called for the specification of a container and before it is
// created and started.
#pragma once

#include <cstdint>
#include <optional>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/task.h"
#include "slipway/runtime/task_cgroups.h"

namespace slipway::agent {

// Task-level CPU units and memory that were set on the definition or by RunTask's override. Task::cpu and
// Task::memory are also the sums of what the containers ask for, which limit nothing.
struct TaskSize {
  std::optional<std::int64_t> cpu, memory_mib;
  bool operator==(const TaskSize&) const = default;
};
TaskSize task_size(const model::Task& task, const api::ecs::TaskDefinition& definition);

// What one container asks for; 0: nothing.
struct ContainerSize {
  std::int64_t cpu = 0, memory_mib = 0, reservation_mib = 0;
};
ContainerSize container_size(const api::ecs::ContainerDefinition& definition,
                             const api::ecs::ContainerOverride* override);

// Limits of the task's parent cgroup; nullopt: a task without a size of its own has none.
std::optional<runtime::TaskLimits> parent_limits(const model::Task& task,
                                                 const api::ecs::TaskDefinition& definition);

// In the engine's units; 0: none.
struct ContainerLimits {
  std::int64_t shares = 0, quota = 0, period = 0, memory = 0, reservation = 0;
  bool operator==(const ContainerLimits&) const = default;
};
// `parent`: a cgroup holds the task's limits. Without one they hold for each container that has no smaller
// limit of its own.
ContainerLimits container_limits(const ContainerSize& own, const TaskSize& task, bool parent);

// Whether a container that ended did so for want of memory. Where the task's cgroup was at its limit, v1
// gives the engine's flag to every container that ran then, so one that ended well or that we stopped is no
// victim; with v2 the flag may be missing where the limit was the task's.
struct Ending {
  std::int32_t exit_code = 0;
  bool flagged = false;   // by the engine
  bool stopping = false;  // we wanted it to stop
};
bool out_of_memory(const Ending& ending, runtime::TaskMemory task);

}  // namespace slipway::agent
