#include "slipway/lifecycle/dependency.h"

#include <algorithm>

namespace slipway::lifecycle {
namespace {

using model::Container;
using model::ContainerState;

Gate ready() { return {}; }
Gate blocked(std::string text) { return {Gate::Kind::Blocked, std::move(text), std::nullopt}; }
Gate never(std::string text) {
  return {Gate::Kind::Never, "dependency graph: " + std::move(text), std::nullopt};
}

std::string ordering(std::string_view dependency, std::string_view target) {
  return "container ordering dependency [" + std::string(dependency) + "] for target [" +
         std::string(target) + "]";
}

struct Awaited {
  std::string_view target;
  std::string_view what;  // of the dependency: "to end"
};

// startTimeout belongs to the awaited container and counts from its start; a stopped one never times out
// (data-plane.md 2.2).
Gate await(const Container& dependency, const ContainerSpec& rules, const Awaited& awaited, TimePoint real) {
  Gate gate = blocked("waits for " + dependency.name + " " + std::string(awaited.what));
  if (dependency.known != ContainerState::Running || !rules.start_timeout || !dependency.started_at)
    return gate;
  gate.deadline = *dependency.started_at + *rules.start_timeout;
  if (real >= *gate.deadline) return never(ordering(dependency.name, awaited.target) + " has timed out");
  return gate;
}

Gate judge(const Container& dependency, const ContainerSpec& rules, Condition condition,
           std::string_view target, TimePoint real) {
  const bool stopped = dependency.known == ContainerState::Stopped;
  if (!stopped && dependency.known < ContainerState::Running &&
      dependency.desired == model::DesiredStatus::Stopped) {
    return never("failed to resolve " + ordering(dependency.name, target) + " as it will not be started");
  }
  const auto until = [&](std::string_view what) {
    return blocked("waits for " + dependency.name + " " + std::string(what));
  };
  const auto timed = [&](std::string_view what) { return await(dependency, rules, {target, what}, real); };
  switch (condition) {
    case Condition::Created:
      return dependency.known >= ContainerState::Created ? ready() : until("to be created");
    case Condition::Start:
      return dependency.known >= ContainerState::Running ? ready() : until("to start");
    case Condition::Complete:
      return stopped && dependency.exit_code ? ready() : timed("to end");
    case Condition::Success:
      if (!stopped) return timed("to end with exit code 0");
      if (dependency.exit_code == 0) return ready();
      return never("failed to resolve " + ordering(dependency.name, target) +
                   " as dependency did not exit successfully");
    case Condition::Healthy:
      if (!stopped && rules.health_check && dependency.health == model::HealthStatus::Healthy) return ready();
      return timed(stopped ? "to be HEALTHY, which has stopped and never will be" : "to be HEALTHY");
  }
  return ready();
}

// Containers that hold the task's namespaces run before anything else is even pulled (data-plane.md 5.1).
Gate internal_gate(const model::Task& task, std::string_view container) {
  for (const auto& other : task.containers) {
    if (!model::is_internal(other) || other.name == container) continue;
    if (other.known != ContainerState::Running) {
      return blocked("waits for the container that holds the task's namespaces");
    }
  }
  return ready();
}

bool depends_on(const ContainerSpec& spec, std::string_view container) {
  return std::any_of(spec.dependencies.begin(), spec.dependencies.end(),
                     [container](const Dependency& d) { return d.container == container; });
}

}  // namespace

Gate start_gate(const model::Task& task, const TaskSpec& spec, std::string_view container, TimePoint real) {
  const auto* rules = spec.find(container);
  if (rules == nullptr) return ready();
  Gate answer = internal_gate(task, container);
  if (answer.kind != Gate::Kind::Ready) return answer;
  for (const auto& dependency : rules->dependencies) {
    const auto* other = find_container(task, dependency.container);
    const auto* other_rules = spec.find(dependency.container);
    if (other == nullptr || other_rules == nullptr) {
      return never(ordering(dependency.container, container) + " is not in the task");
    }
    Gate gate = judge(*other, *other_rules, dependency.condition, container, real);
    if (gate.kind == Gate::Kind::Never) return gate;
    if (gate.kind == Gate::Kind::Blocked) {
      // The earliest deadline of all that are waited for.
      if (answer.deadline && (!gate.deadline || *answer.deadline < *gate.deadline)) {
        gate.deadline = answer.deadline;
      }
      if (!answer.text.empty()) gate.text = answer.text + " and " + gate.text;
      answer = std::move(gate);
    }
  }
  return answer;
}

bool may_stop(const model::Task& task, const TaskSpec& spec, std::string_view container) {
  const auto* self = find_container(task, container);
  const bool internal = self != nullptr && model::is_internal(*self);
  return std::all_of(task.containers.begin(), task.containers.end(), [&](const Container& other) {
    if (other.name == container || other.known == ContainerState::Stopped) return true;
    if (internal) return model::is_internal(other);
    const auto* rules = spec.find(other.name);
    return rules == nullptr || !depends_on(*rules, container);
  });
}

}  // namespace slipway::lifecycle
