#include "slipway/lifecycle/waiting.h"

#include <algorithm>

#include "slipway/lifecycle/dependency.h"

namespace slipway::lifecycle {
namespace {

using model::Container;
using model::ContainerState;
using model::DesiredStatus;
using model::HealthStatus;
using model::Task;
using model::TaskStatus;

// Those that have to stop before `container`.
std::string stops_after(const Task& task, const TaskSpec& spec, const Container& container) {
  std::string names;
  for (const auto& other : task.containers) {
    const auto* rules = spec.find(other.name);
    if (rules == nullptr || other.known == ContainerState::Stopped || other.name == container.name) continue;
    const bool depends = std::ranges::any_of(rules->dependencies, [&](const Dependency& dependency) {
      return dependency.container == container.name;
    });
    if (depends || model::is_internal(container)) names += (names.empty() ? "" : ", ") + other.name;
  }
  return names;
}

std::string stopping(const Task& task, const TaskSpec& spec, const Container& container) {
  if (container.known != ContainerState::Running) return {};
  if (may_stop(task, spec, container.name)) return subject(container.name) + " is to stop.";
  const std::string others = stops_after(task, spec, container);
  return subject(container.name) + " stops after the containers that need it: " + others + ".";
}

std::string starting(const Task& task, const TaskSpec& spec, const Container& container, TimePoint real) {
  const Gate gate = start_gate(task, spec, container.name, real);
  if (gate.kind == Gate::Kind::Never)
    return subject(container.name) + " will not be started: " + gate.text + ".";
  if (gate.kind == Gate::Kind::Blocked) {
    const std::string limit =
        gate.deadline ? " (startTimeout in " + seconds_left(*gate.deadline, real) + ")" : std::string();
    return subject(container.name) + " " + gate.text + limit + ".";
  }
  switch (container.known) {
    case ContainerState::None:
      return subject(container.name) + " needs its image.";
    case ContainerState::Pulled:
      return subject(container.name) + " has its image and is to be created.";
    default:
      return subject(container.name) + " is created and is to be started.";
  }
}

std::string running(const TaskSpec& spec, const Container& container) {
  const auto* rules = spec.find(container.name);
  if (rules == nullptr || !rules->health_check) return {};
  if (container.health == HealthStatus::Unknown)
    return subject(container.name) + " has not passed its health check yet.";
  if (container.health == HealthStatus::Unhealthy) return subject(container.name) + " is UNHEALTHY.";
  return {};
}

std::string about(const Task& task, const TaskSpec& spec, const Container& container, TimePoint real) {
  if (container.known == ContainerState::Stopped) return {};
  if (task.desired_status == DesiredStatus::Stopped || container.desired == DesiredStatus::Stopped) {
    return stopping(task, spec, container);
  }
  if (container.known == ContainerState::Running) return running(spec, container);
  return starting(task, spec, container, real);
}

}  // namespace

std::string subject(std::string_view container) {
  if (container.empty()) return "It";
  if (container.starts_with("~internal~")) return "The container that holds the task's namespaces";
  return "Container " + std::string(container);
}

std::string seconds_left(TimePoint deadline, TimePoint now) {
  const auto left = std::chrono::ceil<Seconds>(std::max(Millis{0}, deadline - now));
  return std::to_string(left.count()) + " s";
}

std::vector<Wait> waiting(const Task& task, const TaskSpec& spec, Now now) {
  std::vector<Wait> waits;
  if (task.last_status == TaskStatus::Stopped) return waits;
  if (task.last_status == TaskStatus::Deprovisioning) {
    waits.push_back({"", "Its network interface is being detached."});
    return waits;
  }
  if (task.last_status == TaskStatus::Provisioning && task.desired_status == DesiredStatus::Running) {
    waits.push_back({"", "It waits for its network interface."});
    return waits;
  }
  for (const auto& container : task.containers) {
    std::string sentence = about(task, spec, container, now.real);
    if (!sentence.empty()) waits.push_back({container.name, std::move(sentence)});
  }
  return waits;
}

}  // namespace slipway::lifecycle
