#include "lifecycle/transition.h"

#include <algorithm>

#include "slipway/lifecycle/stop.h"

namespace slipway::lifecycle {
namespace {

using model::AttachmentStatus;
using model::Container;
using model::ContainerState;
using model::DesiredStatus;
using model::StopCode;
using model::Task;
using model::TaskStatus;

bool stopped(const Container& container) { return container.known == ContainerState::Stopped; }

bool all_stopped(const Task& task) {
  return std::all_of(task.containers.begin(), task.containers.end(), stopped);
}

Task moved(Task task, TaskStatus status, Now now) {
  task.last_status = status;
  task.updated_at = now.control;
  task.version += 1;
  return task;
}

// The essential container whose end ends the task.
const Container* fatal_container(const Task& task, const TaskSpec& spec) {
  const Container* found = nullptr;
  for (const auto& container : task.containers) {
    if (!stopped(container) || !spec.essential(container.name)) continue;
    // A failure says more than an end that followed from it.
    if (found == nullptr || (found->reason.empty() && !container.reason.empty())) found = &container;
  }
  return found;
}

// The lowest state of all containers decides, STOPPED counting as the highest; but an essential container
// that ended while another one still runs holds the task where it is (data-plane.md 1.3).
bool may_run(const Task& task, const TaskSpec& spec) {
  bool essential_ended = false, running = false;
  for (const auto& container : task.containers) {
    if (container.known < ContainerState::Running) return false;
    if (stopped(container) && spec.essential(container.name)) {
      if (!container.started_at) return false;
      essential_ended = true;
    }
    running = running || (!stopped(container) && !model::is_internal(container));
  }
  return !(essential_ended && running);
}

Task stop_for(const Task& task, const Container& container, Now now) {
  const bool failed_to_start = task.last_status < TaskStatus::Running && !container.started_at;
  if (!failed_to_start) {
    return request_stop(task, StopCode::EssentialContainerExited, "Essential container in task exited", now);
  }
  // Fargate states the error itself, EC2 leaves it to the container (data-plane.md 1.6).
  const bool fargate = task.launch_type == model::LaunchType::Fargate && !container.reason.empty();
  return request_stop(task, StopCode::TaskFailedToStart, fargate ? container.reason : "Task failed to start",
                      now);
}

std::optional<Task> forward(const Task& task, const TaskSpec& spec, Now now) {
  if (task.last_status == TaskStatus::Provisioning) {
    if (const auto* fatal = fatal_container(task, spec)) return stop_for(task, *fatal, now);
    if (task.eni && task.eni->status == AttachmentStatus::Precreated) return std::nullopt;
    Task next = moved(task, TaskStatus::Pending, now);
    if (next.eni) next.eni->status = AttachmentStatus::Attached;
    return next;
  }
  if (task.last_status < TaskStatus::Running && may_run(task, spec)) {
    Task next = moved(task, TaskStatus::Running, now);
    next.started_at = now.control;
    return next;
  }
  if (const auto* fatal = fatal_container(task, spec)) return stop_for(task, *fatal, now);
  return std::nullopt;
}

Task ended(const Task& task, Now now) {
  Task next = moved(task, TaskStatus::Stopped, now);
  next.stopped_at = now.control;
  if (next.eni) next.eni->status = AttachmentStatus::Deleted;
  return next;
}

std::optional<Task> backward(const Task& task, Now now) {
  switch (task.last_status) {
    case TaskStatus::Activating:
    case TaskStatus::Running:
    case TaskStatus::Deactivating:
      return moved(task, TaskStatus::Stopping, now);
    case TaskStatus::Provisioning:
    case TaskStatus::Pending:
      if (!all_stopped(task)) {
        const bool something_to_stop =
            std::any_of(task.containers.begin(), task.containers.end(),
                        [](const Container& c) { return c.known == ContainerState::Running; });
        if (something_to_stop) return moved(task, TaskStatus::Stopping, now);
        return std::nullopt;
      }
      break;
    case TaskStatus::Stopping:
      if (!all_stopped(task)) return std::nullopt;
      break;
    case TaskStatus::Deprovisioning:
      return ended(task, now);
    case TaskStatus::Stopped:
      return std::nullopt;
  }
  if (!task.eni) return ended(task, now);
  Task next = moved(task, TaskStatus::Deprovisioning, now);
  next.eni->status = AttachmentStatus::Detaching;
  return next;
}

}  // namespace

std::optional<Task> next_transition(const Task& task, const TaskSpec& spec, Now now) {
  if (task.desired_status == DesiredStatus::Stopped) return backward(task, now);
  return forward(task, spec, now);
}

}  // namespace slipway::lifecycle
