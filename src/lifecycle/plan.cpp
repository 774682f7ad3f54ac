#include "slipway/lifecycle/plan.h"

#include "lifecycle/transition.h"
#include "slipway/lifecycle/dependency.h"

namespace slipway::lifecycle {
namespace {

using model::Container;
using model::ContainerState;
using model::DesiredStatus;
using model::Task;
using model::TaskStatus;

// A container whose dependency failed for good never ran, yet has this exit code (data-plane.md 1.9).
constexpr std::int32_t kNeverStartedCode = 143;
// The pause program ends with SIGTERM at once.
constexpr Seconds kInternalGrace{5};

// Taken up by the agent: connected, and with the containers that hold its namespaces.
std::optional<Task> taken_up(const Task& task, const TaskSpec& spec, Now now) {
  if (task.last_status < TaskStatus::Pending || task.last_status >= TaskStatus::Stopping) return std::nullopt;
  std::optional<Task> changed;
  if (task.connectivity == model::Connectivity::None) {
    changed = task;
    changed->connectivity = model::Connectivity::Connected;
    changed->connectivity_at = now.control;
  }
  if (task.desired_status == DesiredStatus::Stopped || task.last_status != TaskStatus::Pending)
    return changed;
  for (const auto& name : spec.internal) {
    if (find_container(task, name) != nullptr) continue;
    if (!changed) changed = task;
    Container container;
    container.name = name;
    changed->containers.push_back(std::move(container));
  }
  return changed;
}

bool free_to_settle(const Container& container, const Work& work) {
  return container.known < ContainerState::Running && !work.busy.contains(container.name) &&
         !work.uncertain.contains(container.name);
}

// Containers that will not run now: their dependency failed for good, or the task stops before their turn
// came.
std::optional<Task> settled(const Task& task, const TaskSpec& spec, const Work& work, Now now) {
  std::optional<Task> changed;
  for (std::size_t i = 0; i < task.containers.size(); ++i) {
    const Task& current = changed ? *changed : task;
    const Container& container = current.containers[i];
    if (!free_to_settle(container, work)) continue;
    if (container.desired == DesiredStatus::Stopped || task.desired_status == DesiredStatus::Stopped) {
      if (!changed) changed = task;
      changed->containers[i].known = ContainerState::Stopped;
      changed->containers[i].desired = DesiredStatus::Stopped;
      continue;
    }
    const Gate gate = start_gate(current, spec, container.name, now.real);
    if (gate.kind != Gate::Kind::Never) continue;
    if (!changed) changed = task;
    Container& lost = changed->containers[i];
    lost.known = ContainerState::Stopped;
    lost.desired = DesiredStatus::Stopped;
    lost.exit_code = kNeverStartedCode;
    if (lost.reason.empty()) lost.reason = ("CannotStartContainerError: " + gate.text).substr(0, 255);
  }
  return changed;
}

void add_steps(Plan& plan, const Task& task, const TaskSpec& spec, const Container& container, Now now) {
  if (task.desired_status == DesiredStatus::Stopped || container.desired == DesiredStatus::Stopped) {
    if (container.known != ContainerState::Running || !may_stop(task, spec, container.name)) return;
    const auto* rules = spec.find(container.name);
    plan.steps.push_back(
        {Action::Stop, container.name, rules == nullptr ? kInternalGrace : rules->stop_timeout});
    return;
  }
  if (container.known >= ContainerState::Running) return;
  if (container.known == ContainerState::Created) {
    plan.steps.push_back({Action::Launch, container.name, Seconds{0}});
    return;
  }
  const Gate gate = start_gate(task, spec, container.name, now.real);
  if (gate.kind != Gate::Kind::Ready) {
    if (gate.deadline && (!plan.wake_real || *gate.deadline < *plan.wake_real))
      plan.wake_real = gate.deadline;
    return;
  }
  const Action action = container.known == ContainerState::None ? Action::Pull : Action::Launch;
  plan.steps.push_back({action, container.name, Seconds{0}});
}

}  // namespace

Plan next(const Task& task, const TaskSpec& spec, const Work& work, Now now) {
  Plan plan;
  if (task.last_status == TaskStatus::Stopped) return plan;
  if ((plan.task = taken_up(task, spec, now))) return plan;
  if ((plan.task = settled(task, spec, work, now))) return plan;
  if ((plan.task = next_transition(task, spec, now))) return plan;

  if (task.last_status == TaskStatus::Provisioning) {
    if (task.desired_status == DesiredStatus::Running && !work.busy.contains("")) {
      plan.steps.push_back({Action::EnsureNetwork, "", Seconds{0}});
    }
    return plan;
  }
  for (const auto& container : task.containers) {
    if (container.known == ContainerState::Stopped || work.busy.contains(container.name)) continue;
    if (work.uncertain.contains(container.name)) {
      plan.steps.push_back({Action::Inspect, container.name, Seconds{0}});
    } else if (!work.pulling.contains(container.name)) {
      add_steps(plan, task, spec, container, now);
    }
  }
  return plan;
}

}  // namespace slipway::lifecycle
