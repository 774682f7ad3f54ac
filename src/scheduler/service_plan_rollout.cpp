#include "scheduler/service_plan_rollout.h"

#include <algorithm>
#include <utility>

#include "scheduler/service_plan_failures.h"
#include "scheduler/service_plan_text.h"

namespace slipway::scheduler {
namespace {

using model::BreakerStatus;
using model::DeploymentStatus;
using model::RolloutState;
using model::ServiceDeploymentStatus;

bool is_requested(const Draft& draft) {
  return draft.row && draft.row->status == ServiceDeploymentStatus::RollbackRequested;
}

bool is_tripped(const model::Service& service) {
  return service.circuit_breaker && service.desired_count > 0 &&
         primary_of(service).failed_tasks >= breaker_threshold(service.desired_count);
}

// A deployment is gone back to once: it becomes a candidate again when it completes again
// (roll_back marks it; the deployment circuit breaker page of the Developer Guide).
bool has_candidate(const model::Service& service) {
  const auto& last = service.last_completed;
  return last && last->rollout == RolloutState::Completed && last->id != primary_of(service).id;
}

void end(model::ServiceDeployment& row, ServiceDeploymentStatus status, std::string reason, Now now) {
  row.status = status;
  row.status_reason = std::move(reason);
  row.finished_at = now.control;
  if (status == ServiceDeploymentStatus::Stopped) row.stopped_at = now.control;
  if (row.breaker == BreakerStatus::Monitoring) row.breaker = BreakerStatus::MonitoringComplete;
}

// The last completed deployment is PRIMARY again, under its old id; the failed one goes like an old one.
model::Service roll_back(model::Service service, std::string reason, Now now) {
  model::Deployment back = cleared(*service.last_completed);
  service.last_completed->rollout = RolloutState::InProgress;
  back.status = DeploymentStatus::Primary;
  back.rollout = RolloutState::InProgress;
  back.rollout_reason = std::move(reason);
  back.updated_at = now.control;
  std::erase_if(service.deployments, [&](const model::Deployment& other) { return other.id == back.id; });
  service.deployments.front().status = DeploymentStatus::Active;
  service.deployments.insert(service.deployments.begin(), std::move(back));
  service.placement_failure.reset();
  service.blocked_told = false;
  return service;
}

void begin_rollback(model::ServiceDeployment& row, const model::Service& service, const char* reason,
                    Now now) {
  row.status = ServiceDeploymentStatus::RollbackInProgress;
  row.status_reason = reason;
  row.rolled_back = {
      reason, now.control,
      model::service_revision_arn(service.scope, service.cluster, service.name, primary_of(service).id)};
}

// The PRIMARY deployment FAILED; what was told of it.
PlannedEvent fail(model::Service& service, std::string_view requested_reason, Now now) {
  model::Deployment& failed = service.deployments.front();
  failed.rollout = RolloutState::Failed;
  failed.updated_at = now.control;
  failed.next_start_at.reset();
  failed.rollout_reason = requested_reason.empty() ? text::kBreakerFailed : requested_reason;
  return text::deployment_failed(service,
                                 requested_reason.empty() ? "tasks failed to start." : requested_reason);
}

// What the breaker saw stays in the row, whatever comes.
void close_breaker(model::ServiceDeployment& row, const model::Service& service, bool tripped, Now now) {
  if (!row.started_at) row.started_at = now.control;
  if (tripped) row.breaker = BreakerStatus::Triggered;
  if (tripped) row.breaker_failures = primary_of(service).failed_tasks;
}

}  // namespace

Verdict judge(Draft draft, bool can_roll_back, Now now) {
  const bool requested = is_requested(draft);
  const bool watched = primary_of(draft.service).rollout == RolloutState::InProgress;
  if (!watched || (!requested && !is_tripped(draft.service))) return {std::move(draft), {}, false};

  model::ServiceDeployment* row = draft.row && !model::is_final(draft.row->status) ? &*draft.row : nullptr;
  const bool rolling_back = row != nullptr && row->status == ServiceDeploymentStatus::RollbackInProgress;
  const bool wanted = requested || rolling_back || draft.service.rollback;
  const bool possible = can_roll_back && has_candidate(draft.service);
  if (row != nullptr) close_breaker(*row, draft.service, !requested, now);

  Verdict verdict;
  const char* why = !requested ? "" : (possible ? text::kUserRolledBack : text::kNoCandidate);
  verdict.events.push_back(fail(draft.service, why, now));
  if (wanted && possible) {
    const std::string target = draft.service.last_completed->id;
    draft.service = roll_back(std::move(draft.service),
                              requested ? text::in_progress(target) : text::rolling_back_to(target), now);
    verdict.events.push_back(text::rolling_back_event(draft.service));
    verdict.rolled_back = true;
    const char* reason = requested ? text::kUserRolledBack : text::kBreakerRolledBack;
    if (row != nullptr) begin_rollback(*row, draft.service, reason, now);
  } else if (row != nullptr && wanted) {
    end(*row, ServiceDeploymentStatus::RollbackFailed, text::kNoCandidate, now);
  } else if (row != nullptr) {
    end(*row, ServiceDeploymentStatus::Stopped, text::kBreakerFailed, now);
  }
  verdict.draft = std::move(draft);
  return verdict;
}

std::optional<model::ServiceDeployment> followed(std::optional<model::ServiceDeployment> row,
                                                 const model::Service& service, Now now) {
  if (!row || model::is_final(row->status)) return row;
  const model::Deployment& primary = primary_of(service);
  if (row->status == ServiceDeploymentStatus::Pending) {
    row->status = ServiceDeploymentStatus::InProgress;
    row->started_at = now.control;
  }
  if (row->breaker != BreakerStatus::Triggered) {
    row->breaker = service.circuit_breaker ? BreakerStatus::Monitoring : BreakerStatus::Disabled;
    row->breaker_failures = service.circuit_breaker ? primary.failed_tasks : 0;
    row->breaker_threshold = breaker_threshold(service.desired_count);
  }
  if (primary.rollout == RolloutState::Completed) {
    const bool back = row->status == ServiceDeploymentStatus::RollbackInProgress;
    end(*row, back ? ServiceDeploymentStatus::RollbackSuccessful : ServiceDeploymentStatus::Successful,
        row->status_reason, now);
  }
  return row;
}

}  // namespace slipway::scheduler
