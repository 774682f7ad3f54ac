#include "slipway/scheduler/service_plan.h"

#include <algorithm>
#include <utility>

#include "scheduler/service_plan_failures.h"
#include "scheduler/service_plan_finish.h"
#include "scheduler/service_plan_reasons.h"
#include "scheduler/service_plan_rollout.h"
#include "scheduler/service_plan_text.h"

namespace slipway::scheduler {
namespace {

using model::ServiceStatus;
using model::TaskStatus;

std::vector<std::string> arns_of(const TaskList& tasks) {
  std::vector<std::string> arns;
  arns.reserve(tasks.size());
  for (const auto* task : tasks) arns.push_back(task->arn);
  return arns;
}

// The orders to stop, and the events of that.
void order_stops(const model::Service& service, const Stops& stops, ServicePlan& plan) {
  TaskList running;
  std::int64_t pending = 0;
  for (const auto* task : stops.unhealthy) {
    plan.stop.push_back({task->arn, text::kFailedHealthChecks});
    plan.events.push_back(text::failed_health_checks(service, *task));
    running.push_back(task);
  }
  for (const auto* task : stops.scaled_in) {
    plan.stop.push_back({task->arn, text::scaling(*task)});
    if (task->last_status < TaskStatus::Running) {
      ++pending;
    } else {
      running.push_back(task);
    }
  }
  if (!running.empty()) plan.events.push_back(text::stopped_running(service, running));
  if (pending > 0) plan.events.push_back(text::stopped_pending(service, pending));
}

// A deployment's updatedAt follows the counts of its tasks (control-plane.md 5.3).
model::Service touched(model::Service service, const Round& round, Now now) {
  for (auto& deployment : service.deployments) {
    const auto mine = [&](const TaskList& tasks) {
      return std::ranges::any_of(tasks,
                                 [&](const ServiceTask* task) { return task->deployment == deployment.id; });
    };
    const bool started = round.starts.count > 0 && &deployment == &service.deployments.front();
    if (started || mine(round.fleet.ended) || mine(round.stops.scaled_in) || mine(round.stops.unhealthy)) {
      deployment.updated_at = now.control;
    }
  }
  return service;
}

// Of what a plan may change.
bool equal(const model::Service& a, const model::Service& b) {
  return a.status == b.status && a.deployments == b.deployments && a.last_completed == b.last_completed &&
         a.placement_failure == b.placement_failure && a.steady_since == b.steady_since &&
         a.blocked_told == b.blocked_told && a.protection_told == b.protection_told &&
         a.inactive_at == b.inactive_at;
}

bool equal(const model::ServiceDeployment& a, const model::ServiceDeployment& b) {
  return a.status == b.status && a.status_reason == b.status_reason && a.rolled_back == b.rolled_back &&
         a.breaker == b.breaker && a.breaker_failures == b.breaker_failures &&
         a.breaker_threshold == b.breaker_threshold && a.started_at == b.started_at &&
         a.finished_at == b.finished_at && a.stopped_at == b.stopped_at;
}

void keep_changes(const ServiceSnapshot& snapshot, Draft draft, Now now, ServicePlan& plan) {
  if (!equal(draft.service, snapshot.service)) {
    draft.service.updated_at = now.control;
    plan.service = std::move(draft.service);
  }
  if (draft.row && !equal(*draft.row, *snapshot.deployment)) {
    draft.row->updated_at = now.control;
    plan.deployment = std::move(draft.row);
  }
}

Draft draft_of(const ServiceSnapshot& snapshot) {
  Draft draft{snapshot.service, std::nullopt};
  if (snapshot.deployment != nullptr) draft.row = *snapshot.deployment;
  return draft;
}

// What ended and what got well since the last round.
void take_stock(model::Service& service, const Fleet& fleet, Now now, ServicePlan& plan) {
  plan.noted = arns_of(fleet.ended);
  model::Deployment& primary = service.deployments.front();
  primary = after_recovery(service, fleet);
  model::Deployment counted = after_ends(service, fleet, now);
  if (began_throttling(primary, counted)) plan.events.push_back(text::event(service, text::kThrottled));
  primary = std::move(counted);
}

void act(model::Service& service, const Round& round, Now now, ServicePlan& plan) {
  if (round.starts.needed == 0 || round.starts.hold == Hold::Failed) service.placement_failure.reset();
  plan.start = static_cast<std::size_t>(round.starts.count);
  if (plan.start > 0) {
    plan.events.push_back(text::started(service, round.starts.count, round.starts.replacing));
  }
  order_stops(service, round.stops, plan);
  service.deployments.front() =
      after_failed_checks(service, round.fleet, size_of(round.stops.unhealthy), now);
  service = touched(std::move(service), round, now);
}

void finish(model::Service& service, const Round& round, Now now, ServicePlan& plan) {
  service = without_gone_deployments(std::move(service), round.fleet);
  service = with_hindrances_told(std::move(service), round, plan.events);
  // Whatever is told ends the silence after a steady state; a repeat alone is not told
  // (control-plane.md 5.9).
  if (!plan.events.empty()) service.steady_since.reset();
  service = with_completion(std::move(service), round, now, plan.events);
  plan.reasons = reasons_of(service, round, now);
  const NextLook next = next_look(service, round, now);
  plan.look_again = next.control;
  plan.look_again_real = next.real;
}

ServicePlan plan_active(const ServiceSnapshot& snapshot, Now now) {
  ServicePlan plan;
  Draft draft = draft_of(snapshot);
  Fleet fleet = fleet_of(draft.service, snapshot.tasks, now);
  take_stock(draft.service, fleet, now, plan);

  Verdict verdict = judge(std::move(draft), snapshot.can_roll_back, now);
  draft = std::move(verdict.draft);
  std::ranges::move(verdict.events, std::back_inserter(plan.events));
  plan.rolled_back = verdict.rolled_back;
  if (plan.rolled_back) fleet = fleet_of(draft.service, snapshot.tasks, now);

  const Starts starts = choose_starts(draft.service, fleet, now);
  const Stops stops = choose_stops(draft.service, fleet, starts, now);
  const Round round{fleet, starts, stops};
  act(draft.service, round, now, plan);
  finish(draft.service, round, now, plan);
  draft.row = followed(std::move(draft.row), draft.service, now);
  keep_changes(snapshot, std::move(draft), now, plan);
  return plan;
}

// Everything stops, protected or not; then the service is INACTIVE and its deployments are gone.
ServicePlan plan_draining(const ServiceSnapshot& snapshot, Now now) {
  ServicePlan plan;
  Draft draft = draft_of(snapshot);
  const Fleet fleet = fleet_of(draft.service, snapshot.tasks, now);
  plan.noted = arns_of(fleet.ended);
  Stops stops;
  for (const Crew* crew : {&fleet.primary, &fleet.old}) {
    for (const TaskList* list : {&crew->pending, &crew->settling, &crew->healthy, &crew->failing}) {
      std::ranges::copy(*list, std::back_inserter(stops.scaled_in));
    }
  }
  order_stops(draft.service, stops, plan);
  if (draft.row) draft.row = superseded(std::move(*draft.row), now);
  draft.service.placement_failure.reset();
  draft.service.steady_since.reset();
  const auto left = fleet.alive() + size_of(fleet.ending);
  if (left == 0) {
    draft.service = inactive(std::move(draft.service), now);
  } else {
    plan.reasons.push_back("The service is deleted: " + text::tasks(left) + " still stopping.");
  }
  keep_changes(snapshot, std::move(draft), now, plan);
  return plan;
}

}  // namespace

bool ServicePlan::empty() const {
  return !service && !deployment && start == 0 && stop.empty() && noted.empty() && events.empty();
}

ServicePlan plan_service(const ServiceSnapshot& snapshot, Now now) {
  if (snapshot.service.status == ServiceStatus::Draining) return plan_draining(snapshot, now);
  if (snapshot.service.status == ServiceStatus::Active && !snapshot.service.deployments.empty()) {
    return plan_active(snapshot, now);
  }
  ServicePlan plan;
  plan.noted = arns_of(fleet_of(snapshot.service, snapshot.tasks, now).ended);
  return plan;
}

}  // namespace slipway::scheduler
