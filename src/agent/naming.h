// Names and labels of the engine objects that stand for a task (data-plane.md 4, contract.md "Docker
// objects"). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/base/id_source.h"
#include "slipway/model/task.h"
#include "slipway/runtime/engine.h"

namespace slipway::agent {

// The image that Slipway makes for containers that only hold namespaces.
inline constexpr std::string_view kPauseImage = "slipway/pause:1";

inline constexpr std::string_view kTaskArnLabel = "com.amazonaws.ecs.task-arn";
inline constexpr std::string_view kContainerNameLabel = "com.amazonaws.ecs.container-name";
// On volumes that go with their task.
inline constexpr std::string_view kVolumeTaskLabel = "dev.slipway.task";

// "ecs-<family>-<revision>-<name without odd characters>-<20 hex digits>".
std::string container_name(const api::ecs::TaskDefinition& definition, std::string_view container,
                           IdSource& ids);
// "ecs-<family>-<revision>-<volume>-<20 hex digits>".
std::string volume_name(const api::ecs::TaskDefinition& definition, std::string_view volume, IdSource& ids);
// The name that the task gave to its own `volume` earlier; nullopt when it gave none.
std::optional<std::string> find_volume_name(const model::Task& task,
                                            const api::ecs::TaskDefinition& definition,
                                            std::string_view volume);

// Adds the five labels of ECS's agent, over anything that stands there.
void add_ecs_labels(runtime::Labels& labels, const model::Task& task,
                    const api::ecs::TaskDefinition& definition, std::string_view container);

}  // namespace slipway::agent
