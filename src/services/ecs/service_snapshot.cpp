#include "services/ecs/service_snapshot.h"

#include "slipway/lifecycle/spec.h"

namespace slipway::services::ecs {

namespace {

std::optional<TimePoint> first_start(const model::Task& task) {
  std::optional<TimePoint> first;
  for (const auto& container : task.containers) {
    if (model::is_internal(container) || !container.started_at) continue;
    if (!first || *container.started_at < *first) first = container.started_at;
  }
  return first;
}

scheduler::ServiceTask planned_task(const model::Task& task) {
  scheduler::ServiceTask planned;
  planned.arn = task.arn;
  planned.id = task.id;
  planned.deployment = model::deployment_of(task.started_by);
  planned.last_status = task.last_status;
  planned.desired_status = task.desired_status;
  planned.health = task.health;
  planned.zone = task.availability_zone;
  planned.created_at = task.created_at;
  planned.started_at = task.started_at;
  planned.stopping_at = task.stopping_at;
  planned.protected_until = task.protected_until;
  planned.started_real = first_start(task);
  planned.stop_code = task.stop_code;
  return planned;
}

}  // namespace

ServiceState service_state(const store::Model& model, model::ServicePtr service) {
  ServiceState state;
  state.deployment = model.find_service_deployment(service->current_deployment);
  state.can_roll_back =
      service->last_completed && model.find_definition(service->last_completed->definition_arn);
  const auto tasks = model.service_tasks(service->arn);
  state.tasks.reserve(tasks.size());
  std::string definition_arn;  // tasks of one deployment lie together: one look-up serves most of them
  bool checked = false;
  for (const auto& task : tasks) {
    if (task->definition_arn != definition_arn) {
      definition_arn = task->definition_arn;
      const auto definition = model.find_definition(definition_arn);
      // Without all of them it never becomes HEALTHY (data-plane.md 1.10).
      checked =
          definition && lifecycle::make_spec(*definition->document, task->network_mode).has_health_checks();
    }
    state.tasks.push_back(planned_task(*task));
    state.tasks.back().checked = checked;
  }
  state.service = std::move(service);
  return state;
}

}  // namespace slipway::services::ecs
