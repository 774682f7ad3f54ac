// From a container definition to what the engine creates (data-plane.md 3, 4, 5). Pure: the container's name,
// ports and volumes were chosen and stored before.
#pragma once

#include "slipway/agent/agent.h"
#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/task.h"
#include "slipway/runtime/engine.h"

namespace slipway::agent {

struct SpecSource {
  const model::Task& task;
  const api::ecs::TaskDefinition& definition;
  const AgentSettings& settings;
  runtime::Labels labels;       // those of every object of ours
  std::string cgroup_parent{};  // holds the limits of the task; empty: there is none
};

// nullptr when the definition has no such container.
const api::ecs::ContainerDefinition* find_definition(const api::ecs::TaskDefinition& definition,
                                                     std::string_view container);
const api::ecs::ContainerOverride* find_override(const model::Task& task, std::string_view container);

// Of any container of the task, an internal one too.
runtime::ContainerSpec engine_spec(const SpecSource& source, const model::Container& container);

}  // namespace slipway::agent
