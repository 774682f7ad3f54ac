// The parts of a container's specification that do not concern its network: limits, Linux parameters,
// volumes, logs (data-plane.md 3). Pure; called by engine_spec().
#pragma once

#include "agent/container_spec.h"

namespace slipway::agent {

// CPU and memory: the container's own, and its task's where no parent cgroup holds them (task_limits.h).
void add_resources(runtime::ContainerSpec& spec, const SpecSource& source,
                   const api::ecs::ContainerDefinition& definition,
                   const api::ecs::ContainerOverride* override);
// Privileges, Linux parameters, ulimits, name spaces, health check, log options.
void add_host_config(runtime::ContainerSpec& spec, const SpecSource& source,
                     const api::ecs::ContainerDefinition& definition);
bool has_ulimit(const api::ecs::ContainerDefinition& definition, std::string_view name);
// Mount points and volumesFrom; pid and ipc mode of the task.
void add_volumes(runtime::ContainerSpec& spec, const SpecSource& source,
                 const api::ecs::ContainerDefinition& definition);

// systemControls of all containers whose name begins with `prefix`: one namespace has one value, the last
// counts.
std::map<std::string, std::string> shared_sysctls(const api::ecs::TaskDefinition& definition,
                                                  std::string_view prefix);

}  // namespace slipway::agent
