// What the life of a task is decided from besides its own state: the rules that its definition states for
// each container. Made from the definition once, then only read. Pure; called by the agent and by tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/base/time.h"
#include "slipway/model/task.h"

namespace slipway::lifecycle {

// When a dependency counts as there (data-plane.md 2.1). Created is what volumesFrom asks for.
enum class Condition : std::uint8_t { Created, Start, Complete, Success, Healthy };

struct Dependency {
  std::string container;
  Condition condition = Condition::Start;
};

// restartPolicy (data-plane.md 2.4).
struct RestartPolicy {
  std::vector<std::int32_t> ignored_exit_codes;
  Seconds attempt_period{300};  // it must have run that long (real time), else its exit is final
};

struct ContainerSpec {
  std::string name;
  bool essential = true;
  bool health_check = false;  // in the definition; the image's own never counts
  std::vector<Dependency> dependencies;
  std::optional<Seconds> start_timeout;  // real time, of those who wait for this container
  Seconds stop_timeout{30};              // real time between SIGTERM and SIGKILL
  std::optional<RestartPolicy> restart;
};

struct TaskSpec {
  std::vector<ContainerSpec> containers;  // in the definition's order
  std::vector<std::string> internal;      // containers of ours that hold namespaces, in start order

  // nullptr for internal and unknown containers.
  const ContainerSpec* find(std::string_view name) const;
  // Internal containers are: nothing works without them.
  bool essential(std::string_view name) const;
  // Whether HEALTHY can be reached: every essential container has a health check (data-plane.md 1.10).
  bool has_health_checks() const;
};

TaskSpec make_spec(const api::ecs::TaskDefinition& definition, model::NetworkMode mode);

// nullptr when the task has no such container.
const model::Container* find_container(const model::Task& task, std::string_view name);
model::Container* find_container(model::Task& task, std::string_view name);

}  // namespace slipway::lifecycle
