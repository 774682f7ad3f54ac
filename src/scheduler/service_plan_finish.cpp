#include "scheduler/service_plan_finish.h"

#include <algorithm>

#include "scheduler/service_plan_failures.h"
#include "scheduler/service_plan_text.h"

namespace slipway::scheduler {
namespace {

using model::RolloutState;

bool idle(const Crew& crew) { return crew.pending.empty() && crew.settling.empty() && crew.failing.empty(); }

// Of one deployment: the first that has tasks which would go, were they not protected.
std::string protection_text(const model::Service& service, const TaskList& kept) {
  for (const auto& deployment : service.deployments) {
    const auto count = std::ranges::count_if(
        kept, [&](const ServiceTask* task) { return task->deployment == deployment.id; });
    if (count > 0) return text::under_protection(service, deployment.id, count).message;
  }
  return {};
}

}  // namespace

bool is_at_rest(const model::Service& service, const Round& round) {
  const Fleet& fleet = round.fleet;
  if (primary_of(service).rollout == RolloutState::Failed) return false;
  if (round.starts.count > 0 || !round.stops.none()) return false;
  if (!idle(fleet.primary) || size_of(fleet.primary.healthy) != service.desired_count) return false;
  if (fleet.old.alive() > 0) return false;
  // Replaced tasks of the PRIMARY may still be stopping; a service of none has none.
  return std::ranges::all_of(fleet.ending, [&](const ServiceTask* task) {
    return service.desired_count > 0 && task->deployment == primary_of(service).id;
  });
}

bool is_blocked(const model::Service& service, const Round& round) {
  if (primary_of(service).rollout != RolloutState::InProgress) return false;
  if (round.starts.hold != Hold::None || round.starts.needed == 0 || round.starts.count > 0) return false;
  return round.stops.none() && round.stops.kept.empty() && idle(round.fleet.primary) && idle(round.fleet.old);
}

model::Service without_gone_deployments(model::Service service, const Fleet& fleet) {
  std::erase_if(service.deployments, [&](const model::Deployment& deployment) {
    return deployment.status == model::DeploymentStatus::Active && !fleet.has_tasks(deployment.id);
  });
  return service;
}

model::Service with_completion(model::Service service, const Round& round, Now now,
                               std::vector<PlannedEvent>& events) {
  if (!is_at_rest(service, round)) return service;
  model::Deployment& primary = service.deployments.front();
  if (primary.rollout == RolloutState::InProgress) {
    primary = cleared(std::move(primary));
    primary.rollout = RolloutState::Completed;
    primary.rollout_reason = text::completed(primary.id);
    primary.updated_at = now.control;
    service.last_completed = primary;
    service.steady_since.reset();
    events.push_back(text::deployment_completed(service));
  }
  if (!service.steady_since || now.control - *service.steady_since >= kSteadyRepeat) {
    service.steady_since = now.control;
    events.push_back(text::event(service, text::kSteady));
  }
  return service;
}

model::Service with_hindrances_told(model::Service service, const Round& round,
                                    std::vector<PlannedEvent>& events) {
  std::string kept = protection_text(service, round.stops.kept);
  if (!kept.empty() && kept != service.protection_told) {
    events.push_back({kept, false});
    service.protection_told = std::move(kept);
  }
  if (is_at_rest(service, round)) service.protection_told.clear();

  const bool blocked = is_blocked(service, round);
  if (blocked && !service.blocked_told) events.push_back(text::event(service, text::kBlocked));
  const bool over = round.starts.needed == 0 || round.starts.count > 0;
  service.blocked_told = blocked || (service.blocked_told && !over);
  return service;
}

model::Service inactive(model::Service service, Now now) {
  service.status = model::ServiceStatus::Inactive;
  service.inactive_at = now.control;
  service.deployments.clear();
  service.protection_told.clear();
  return service;
}

}  // namespace slipway::scheduler
