// The parent cgroup of a task, where there are such: made before anything of the task is created, looked at
// when a container ends, removed once the task has stopped. Without AgentSettings::cgroups, and for tasks
// without limits of their own, each of these does nothing. Control thread only.
#pragma once

#include <string>

#include "agent/context.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/task.h"

namespace slipway::agent {

struct TaskCgroup {
  std::string parent;  // for the engine; empty: the task has none
  std::string error;   // not empty: it should have one, and this is why a container fails
};
// Makes it unless it is there; its limits are set in any case.
TaskCgroup ensure_cgroup(const Context& context, const model::Task& task,
                         const api::ecs::TaskDefinition& definition);

// Whether the container that the engine shows as ended ended for want of memory.
bool ended_out_of_memory(const Context& context, const model::Task& task, const model::Container& container,
                         const runtime::ContainerStatus& status);

// False: something runs in it still.
bool remove_cgroup(const Context& context, const model::Task& task);
// Of this server: those of tasks that are unknown or have stopped; or all.
void remove_strange_cgroups(const Context& context);
void remove_all_cgroups(const Context& context);

}  // namespace slipway::agent
