#include "slipway/lifecycle/fold.h"

#include <algorithm>

#include "slipway/lifecycle/stop.h"

namespace slipway::lifecycle {
namespace {

using model::Container;
using model::ContainerState;
using model::DesiredStatus;
using model::HealthStatus;
using model::Task;
using model::TaskStatus;

// The API documents a container's reason as at most 255 characters (data-plane.md 1.6).
constexpr std::size_t kLongestReason = 255;

void give_reason(Container& container, std::string reason) {
  if (!container.reason.empty()) return;
  if (reason.size() > kLongestReason) reason.resize(kLongestReason);
  container.reason = std::move(reason);
}

// A container's end while the rest of the task goes on is an event of its own; any other change of a
// container is reported with the task's next transition (data-plane.md 1.4, 1.3).
void count_lone_end(Task& task, const TaskSpec& spec, const Container& container) {
  if (task.last_status == TaskStatus::Running && task.desired_status == DesiredStatus::Running &&
      !spec.essential(container.name)) {
    task.version += 1;
  }
}

void mark_stopped(Task& task, const TaskSpec& spec, Container& container, Now now) {
  const bool ran = container.started_at.has_value();
  container.known = ContainerState::Stopped;
  container.desired = DesiredStatus::Stopped;
  count_lone_end(task, spec, container);
  if (ran && spec.essential(container.name) && !model::is_internal(container) && !task.execution_stopped_at) {
    task.execution_stopped_at = now.control;
  }
}

void see_running(Task& task, const TaskSpec& spec, Container& container, const Observation& seen) {
  // A later start of a container that ran already is a restart by its policy: nobody else starts ours.
  const bool again = container.known == ContainerState::Running && container.started_at && seen.started_at &&
                     *seen.started_at > *container.started_at;
  if (again) container.restarts += 1;
  container.known = ContainerState::Running;
  if (seen.started_at) container.started_at = seen.started_at;
  const auto* rules = spec.find(container.name);
  container.health = rules != nullptr && rules->health_check ? seen.health : HealthStatus::Unknown;
  task.health = task_health(task, spec);
}

void see_ended(Task& task, const TaskSpec& spec, Container& container, const Observation& seen, Now now) {
  container.started_at = seen.started_at;
  container.finished_at = seen.finished_at;
  if (seen.finished_at) container.exit_code = seen.exit_code;
  // The OOM flag wins, even when the exit code is 0 (data-plane.md 1.7).
  if (seen.oom_killed) {
    give_reason(container, "OutOfMemoryError: Container killed due to memory usage");
  } else if (!seen.error.empty()) {
    give_reason(container, "DockerStateError: " + seen.error);
  }
  mark_stopped(task, spec, container, now);
}

}  // namespace

Task pull_started(Task task, Now now) {
  if (!task.pull_started_at) task.pull_started_at = now.control;
  return task;
}

Task pull_stopped(Task task, Now now) {
  task.pull_stopped_at = now.control;
  return task;
}

Task pulled(Task task, std::string_view name, std::string digest) {
  auto* container = find_container(task, name);
  if (container == nullptr || container->known != ContainerState::None) return task;
  container->known = ContainerState::Pulled;
  if (!digest.empty()) container->image_digest = std::move(digest);
  return task;
}

Task failed(Task task, std::string_view name, std::string reason) {
  auto* container = find_container(task, name);
  if (container == nullptr || container->known == ContainerState::Stopped) return task;
  give_reason(*container, std::move(reason));
  container->known = ContainerState::Stopped;
  container->desired = DesiredStatus::Stopped;
  return task;
}

Task explained(Task task, std::string_view name, std::string reason) {
  if (auto* container = find_container(task, name)) give_reason(*container, std::move(reason));
  return task;
}

Task created(Task task, std::string_view name, std::string runtime_id) {
  auto* container = find_container(task, name);
  if (container == nullptr || container->known >= ContainerState::Created) return task;
  container->known = ContainerState::Created;
  container->created = true;
  container->runtime_id = std::move(runtime_id);
  return task;
}

Task observed(Task task, const TaskSpec& spec, std::string_view name, const Observation& seen, Now now) {
  auto* container = find_container(task, name);
  if (container == nullptr || container->known == ContainerState::Stopped) return task;
  container->created = true;
  container->runtime_id = seen.runtime_id;
  if (seen.running) {
    see_running(task, spec, *container, seen);
  } else if (seen.started_at) {
    see_ended(task, spec, *container, seen, now);
  } else if (!seen.error.empty()) {
    // Its start was asked for and refused, and the answer got lost.
    return failed(std::move(task), name,
                  "CannotStartContainerError: Error response from daemon: " + seen.error);
  } else if (container->known < ContainerState::Created) {
    container->known = ContainerState::Created;
  }
  return task;
}

Task vanished(Task task, const TaskSpec& spec, std::string_view name, Now now) {
  auto* container = find_container(task, name);
  if (container == nullptr) return task;
  container->removed = true;
  if (container->known == ContainerState::Stopped) return task;
  give_reason(*container, "ContainerVanishedError: No container matching saved ID found");
  mark_stopped(task, spec, *container, now);
  return task;
}

std::optional<Task> connected(const Task& task, bool answers, Now now) {
  using model::Connectivity;
  const auto seen = answers ? Connectivity::Connected : Connectivity::Disconnected;
  if (task.connectivity == Connectivity::None || task.connectivity == seen) return std::nullopt;
  if (task.last_status == model::TaskStatus::Stopped) return std::nullopt;
  Task next = task;
  next.connectivity = seen;
  if (answers) next.connectivity_at = now.control;
  return next;
}

bool wants_restart(const Task& task, const TaskSpec& spec, std::string_view name, const Observation& seen) {
  const auto* rules = spec.find(name);
  const auto* container = find_container(task, name);
  if (rules == nullptr || container == nullptr || !rules->restart) return false;
  if (task.desired_status == DesiredStatus::Stopped || container->desired == DesiredStatus::Stopped)
    return false;
  if (container->known < ContainerState::Created || container->known == ContainerState::Stopped) return false;
  if (seen.running || !seen.started_at || !seen.finished_at) return false;
  const auto& ignored = rules->restart->ignored_exit_codes;
  if (std::find(ignored.begin(), ignored.end(), seen.exit_code) != ignored.end()) return false;
  return *seen.finished_at - *seen.started_at >= rules->restart->attempt_period;
}

Task attaching(Task task, Placement place) {
  if (!task.eni || task.eni->status != model::AttachmentStatus::Precreated) return task;
  task.eni->network = std::move(place.network);
  task.eni->address = std::move(place.address);
  task.eni->private_dns_name = std::move(place.private_dns_name);
  task.eni->status = model::AttachmentStatus::Attaching;
  task.version += 1;
  return task;
}

Task unattachable(Task task, std::string reason, Now now) {
  return request_stop(std::move(task), model::StopCode::TaskFailedToStart, std::move(reason), now);
}

HealthStatus task_health(const Task& task, const TaskSpec& spec) {
  bool unknown = false;
  for (const auto& container : task.containers) {
    if (model::is_internal(container) || !spec.essential(container.name)) continue;
    if (container.health == HealthStatus::Unhealthy) return HealthStatus::Unhealthy;
    unknown = unknown || container.health == HealthStatus::Unknown;
  }
  return unknown ? HealthStatus::Unknown : HealthStatus::Healthy;
}

}  // namespace slipway::lifecycle
