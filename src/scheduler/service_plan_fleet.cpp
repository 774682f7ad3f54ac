#include "scheduler/service_plan_fleet.h"

#include <algorithm>
#include <array>

namespace slipway::scheduler {
namespace {

using model::DesiredStatus;
using model::HealthStatus;
using model::TaskStatus;

bool is_failing(const ServiceTask& task, const model::Service& service, Now now) {
  return task.last_status == TaskStatus::Running && task.health == HealthStatus::Unhealthy &&
         !in_grace(task, service, now);
}

TaskList& list_for(Crew& crew, const ServiceTask& task, const model::Service& service, Now now) {
  if (task.last_status < TaskStatus::Running) return crew.pending;
  if (is_failing(task, service, now)) return crew.failing;
  return is_healthy(task, service, now) ? crew.healthy : crew.settling;
}

}  // namespace

std::int64_t Crew::good() const { return size_of(pending) + size_of(settling) + size_of(healthy); }

std::int64_t Crew::alive() const { return good() + size_of(failing); }

std::int64_t Fleet::healthy() const { return size_of(primary.healthy) + size_of(old.healthy); }

bool Fleet::has_tasks(std::string_view deployment) const {
  const std::array<const TaskList*, 9> lists{&primary.pending, &primary.settling, &primary.healthy,
                                             &primary.failing, &old.pending,      &old.settling,
                                             &old.healthy,     &old.failing,      &ending};
  return std::ranges::any_of(lists, [&](const TaskList* list) {
    return std::ranges::any_of(*list,
                               [&](const ServiceTask* task) { return task->deployment == deployment; });
  });
}

Fleet fleet_of(const model::Service& service, const std::vector<ServiceTask>& tasks, Now now) {
  Fleet fleet;
  for (const auto& task : tasks) {
    if (task.last_status == TaskStatus::Stopped) {
      fleet.ended.push_back(&task);
    } else if (task.desired_status == DesiredStatus::Stopped) {
      fleet.ending.push_back(&task);
    } else {
      const bool newest = !service.deployments.empty() && task.deployment == primary_of(service).id;
      list_for(newest ? fleet.primary : fleet.old, task, service, now).push_back(&task);
    }
  }
  return fleet;
}

bool was_healthy(const ServiceTask& task, Now now) {
  if (!task.started_at || task.health == HealthStatus::Unhealthy) return false;
  if (task.checked) return task.health == HealthStatus::Healthy;
  return task.stopping_at.value_or(now.control) - *task.started_at >= kSettleTime;
}

bool in_grace(const ServiceTask& task, const model::Service& service, Now now) {
  return task.health == HealthStatus::Unhealthy && task.started_real &&
         now.real < *task.started_real + Seconds{service.health_check_grace_seconds};
}

bool is_protected(const ServiceTask& task, Now now) {
  return task.protected_until && *task.protected_until > now.control;
}

bool is_healthy(const ServiceTask& task, const model::Service& service, Now now) {
  if (task.last_status != TaskStatus::Running || !task.started_at) return false;
  if (is_failing(task, service, now)) return false;
  if (task.checked) return task.health == HealthStatus::Healthy;
  return now.control - *task.started_at >= kSettleTime;
}

// A share above 100 % could never be kept while an old deployment's tasks go: it counts as 100 %.
Bounds bounds_of(const model::Service& service) {
  const std::int64_t desired = service.desired_count;
  const std::int64_t lower = (desired * service.minimum_healthy_percent + 99) / 100;
  return {std::min(lower, desired), desired * service.maximum_percent / 100};
}

}  // namespace slipway::scheduler
