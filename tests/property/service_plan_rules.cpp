// What must hold of every plan, and what must have become of a service once the world is calm.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "property/service_plan_world.h"

namespace slipway::test {
namespace {

using model::DeploymentStatus;
using model::DesiredStatus;
using model::HealthStatus;
using model::RolloutState;
using model::ServiceStatus;
using model::TaskStatus;

bool is_alive(const scheduler::ServiceTask& task) {
  return task.desired_status == DesiredStatus::Running && task.last_status != TaskStatus::Stopped;
}

}  // namespace

std::int64_t ServiceWorld::alive() const {
  return std::ranges::count_if(tasks_, [](const auto& task) { return is_alive(task.second.seen); });
}

std::int64_t ServiceWorld::healthy() const {
  return std::ranges::count_if(tasks_, [&](const auto& task) {
    return is_alive(task.second.seen) && scheduler::is_healthy(task.second.seen, service_, now_);
  });
}

void ServiceWorld::check_plan(const scheduler::ServicePlan& plan) const {
  EXPECT_GT(plan.look_again.value_or(TimePoint::max()), now_.control) << "a look that is due already";
  EXPECT_GT(plan.look_again_real.value_or(TimePoint::max()), now_.real);

  const model::Service& after = plan.service ? *plan.service : service_;
  if (plan.start > 0) {
    EXPECT_EQ(after.status, ServiceStatus::Active);
    EXPECT_LE(alive() + static_cast<std::int64_t>(plan.start), scheduler::bounds_of(service_).upper)
        << "more than maximumPercent";
    EXPECT_NE(after.deployments.front().rollout, RolloutState::Failed) << "a failed deployment starts tasks";
  }
  const auto of_started =
      std::ranges::count_if(plan.events, [](const auto& event) { return event.of_started; });
  EXPECT_EQ(of_started, plan.start > 0 ? 1 : 0);
  check_stops(plan);
}

void ServiceWorld::check_stops(const scheduler::ServicePlan& plan) const {
  const model::Service& after = plan.service ? *plan.service : service_;
  std::set<std::string> seen;
  std::int64_t healthy_stops = 0, old_stops = 0, old = 0;
  const std::string primary = after.deployments.empty() ? "" : after.deployments.front().id;
  for (const auto& [arn, task] : tasks_) {
    if (is_alive(task.seen) && task.seen.deployment != primary) ++old;
  }
  for (const auto& order : plan.stop) {
    const auto& task = tasks_.at(order.task_arn).seen;
    EXPECT_TRUE(seen.insert(order.task_arn).second) << "stopped twice: " << order.task_arn;
    EXPECT_TRUE(is_alive(task)) << "stops what stops already: " << order.task_arn;
    const bool held = task.protected_until && *task.protected_until > now_.control;
    const bool may = after.status != ServiceStatus::Active || task.health == HealthStatus::Unhealthy;
    EXPECT_TRUE(!held || may) << "stops a protected task: " << order.task_arn;
    if (scheduler::is_healthy(task, service_, now_)) ++healthy_stops;
    if (task.deployment != primary) ++old_stops;
  }
  if (after.status != ServiceStatus::Active) return;
  if (healthy_stops > 0) {
    EXPECT_GE(healthy() - healthy_stops, scheduler::bounds_of(service_).lower)
        << "fewer healthy tasks than minimumHealthyPercent: " << healthy() << " are, " << healthy_stops
        << " stop";
  }
  if (after.deployments.front().rollout == RolloutState::Failed && old_stops > 0) {
    EXPECT_GE(old - old_stops, after.desired_count) << "a failed deployment costs old tasks";
  }
}

void ServiceWorld::check_service() const {
  if (service_.status == ServiceStatus::Inactive) {
    EXPECT_TRUE(service_.deployments.empty());
    EXPECT_EQ(alive(), 0);
    return;
  }
  ASSERT_FALSE(service_.deployments.empty());
  std::set<std::string> ids;
  for (const auto& deployment : service_.deployments) {
    EXPECT_TRUE(ids.insert(deployment.id).second) << "two deployments of one id";
    const bool first = &deployment == &service_.deployments.front();
    EXPECT_EQ(deployment.status, first ? DeploymentStatus::Primary : DeploymentStatus::Active);
    EXPECT_LE(deployment.updated_at, now_.control);
    EXPECT_TRUE(!always_watched_ || deployment.failed_tasks <= 4) << deployment.failed_tasks << " failures";
  }
}

void ServiceWorld::check_row_change(const model::ServiceDeployment& before,
                                    const model::ServiceDeployment& after) const {
  EXPECT_TRUE(!model::is_final(before.status) || before.status == after.status) << "a row that had ended";
  EXPECT_EQ(model::is_final(after.status), after.finished_at.has_value());
  EXPECT_TRUE(after.started_at || after.status == model::ServiceDeploymentStatus::Stopped);
  EXPECT_LE(after.started_at.value_or(TimePoint::min()), after.finished_at.value_or(TimePoint::max()));
  // The highest threshold that a desired count of this world has is 4.
  EXPECT_TRUE(!always_watched_ || after.breaker_failures <= 4) << after.breaker_failures << " failures";
}

bool ServiceWorld::is_at_rest() const {
  std::int64_t good = 0, others = 0;
  for (const auto& [arn, task] : tasks_) {
    if (task.seen.last_status == TaskStatus::Stopped) continue;
    const bool newest = task.seen.deployment == service_.deployments.front().id;
    if (!newest || (is_alive(task.seen) && !scheduler::is_healthy(task.seen, service_, now_))) ++others;
    if (newest && is_alive(task.seen)) ++good;
    if (!is_alive(task.seen) && service_.desired_count == 0) ++others;
  }
  return others == 0 && good == service_.desired_count &&
         service_.deployments.front().rollout == RolloutState::Completed;
}

// Between two rounds, with nothing to do.
void ServiceWorld::check_rest() const {
  if (service_.status != ServiceStatus::Active) return;
  EXPECT_EQ(last_reasons_.empty(), is_at_rest())
      << "no reason why nothing happens, or one without need: "
      << (last_reasons_.empty() ? std::string("-") : last_reasons_.front());
}

void ServiceWorld::check_end() const {
  for (const auto& [arn, task] : tasks_) {
    EXPECT_NE(task.seen.last_status, TaskStatus::Stopped) << arn << " was never noted";
  }
  if (service_.status != ServiceStatus::Active) {
    EXPECT_EQ(service_.status, ServiceStatus::Inactive);
    return;
  }
  const auto& primary = service_.deployments.front();
  std::string reasons;
  for (const auto& reason : last_reasons_) reasons += "\n  " + reason;
  if (service_.blocked_told && primary.rollout == RolloutState::InProgress) return;
  EXPECT_NE(primary.rollout, RolloutState::InProgress) << "a deployment that never ends:" << reasons;
  for (const auto& [arn, row] : rows_) {
    EXPECT_TRUE(model::is_final(row.status)) << arn << " never ended: " << model::to_string(row.status);
  }
  if (primary.rollout != RolloutState::Completed) return;
  EXPECT_EQ(service_.deployments.size(), 1U) << reasons;
  EXPECT_EQ(alive(), service_.desired_count) << reasons;
  EXPECT_EQ(healthy(), service_.desired_count) << reasons;
  EXPECT_EQ(service_.last_completed->id, primary.id);
}

// A calm service does nothing but say every six hours that it is calm.
void ServiceWorld::check_silence() {
  const auto before = events_.size();
  run_for(std::chrono::hours{13}, false);
  for (auto i = before; i < events_.size(); ++i) {
    EXPECT_EQ(events_[i], "(service web) has reached a steady state.");
  }
  const bool steady = service_.status == ServiceStatus::Active &&
                      service_.deployments.front().rollout == RolloutState::Completed;
  EXPECT_EQ(events_.size() - before, steady ? 2U : 0U);
}

}  // namespace slipway::test
