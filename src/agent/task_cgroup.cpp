#include "agent/task_cgroup.h"

#include <set>

#include "agent/task_limits.h"

namespace slipway::agent {

TaskCgroup ensure_cgroup(const Context& context, const model::Task& task,
                         const api::ecs::TaskDefinition& definition) {
  TaskCgroup made;
  const auto& cgroups = context.settings.cgroups;
  if (!cgroups) return made;
  const auto limits = parent_limits(task, definition);
  if (!limits) return made;
  const auto ensured = cgroups->ensure(task.id, *limits);
  if (ensured) {
    made.parent = cgroups->parent(task.id);
  } else {
    made.error = "CgroupError: Agent could not create task's platform resources: " + ensured.error();
  }
  return made;
}

bool ended_out_of_memory(const Context& context, const model::Task& task, const model::Container& container,
                         const runtime::ContainerStatus& status) {
  const auto& cgroups = context.settings.cgroups;
  if (!cgroups) return status.oom_killed;
  const bool stopping = task.desired_status == model::DesiredStatus::Stopped ||
                        container.desired == model::DesiredStatus::Stopped;
  return out_of_memory({status.exit_code, status.oom_killed, stopping}, cgroups->memory(task.id));
}

bool remove_cgroup(const Context& context, const model::Task& task) {
  return !context.settings.cgroups || context.settings.cgroups->remove(task.id);
}

void remove_strange_cgroups(const Context& context) {
  if (!context.settings.cgroups) return;
  std::set<std::string> live;
  for (const auto& task : context.store.model().unfinished_tasks()) {
    if (task->last_status != model::TaskStatus::Stopped) live.insert(task->id);
  }
  for (const auto& id : context.settings.cgroups->tasks()) {
    if (live.contains(id)) continue;
    const bool gone = context.settings.cgroups->remove(id);
    context.log.info(gone ? "cgroup removed" : "cgroup in use", {{"task", id}});
  }
}

void remove_all_cgroups(const Context& context) {
  if (!context.settings.cgroups) return;
  for (const auto& id : context.settings.cgroups->tasks()) {
    if (!context.settings.cgroups->remove(id)) context.log.warn("cgroup not removed: in use", {{"task", id}});
  }
}

}  // namespace slipway::agent
