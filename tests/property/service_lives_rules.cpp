// What must hold of a service after each commit, and what must have become of it in the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "property/service_lives_world.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::test {
namespace {

using model::DesiredStatus;
using model::RolloutState;
using model::ServiceDeploymentStatus;
using model::ServiceStatus;
using model::TaskStatus;

bool is_alive(const model::Task& task) {
  return task.desired_status == DesiredStatus::Running && task.last_status != TaskStatus::Stopped;
}

std::optional<TimePoint> first_start(const model::Task& task) {
  std::optional<TimePoint> first;
  for (const auto& container : task.containers) {
    if (model::is_internal(container) || !container.started_at) continue;
    if (!first || *container.started_at < *first) first = container.started_at;
  }
  return first;
}

}  // namespace

bool ServiceStory::is_healthy(const model::Task& task, const model::Service& service) {
  scheduler::ServiceTask seen;
  seen.last_status = task.last_status;
  seen.health = task.health;
  seen.checked = is_checked(natures_.at(task.definition_arn));
  seen.started_at = task.started_at;
  seen.started_real = first_start(task);
  return is_alive(task) && scheduler::is_healthy(seen, service, world.clock().now());
}

std::int64_t ServiceStory::alive() {
  const auto all = tasks();
  return std::ranges::count_if(all, [](const auto& task) { return is_alive(*task); });
}

std::int64_t ServiceStory::healthy() {
  const auto all = tasks();
  const auto now = service();
  return std::ranges::count_if(all, [&](const auto& task) { return is_healthy(*task, now); });
}

void ServiceStory::check_task(const model::Task& task) {
  if (model::service_of_group(task.group).empty()) return;
  const auto now = service();
  const auto before = std::exchange(known_[task.arn], std::make_shared<const model::Task>(task));
  if (!before) {
    EXPECT_LE(alive(), scheduler::bounds_of(now).upper) << "more than maximumPercent";
    EXPECT_EQ(model::deployment_of(task.started_by), now.deployments.front().id);
    EXPECT_NE(now.deployments.front().rollout, RolloutState::Failed) << "a failed deployment starts tasks";
    return;
  }
  const bool stopped_now = before->desired_status == DesiredStatus::Running && !is_alive(task);
  if (!stopped_now || task.stop_code != model::StopCode::ServiceSchedulerInitiated) return;
  if (now.status != ServiceStatus::Active || before->health == model::HealthStatus::Unhealthy) return;
  EXPECT_FALSE(before->protected_until && *before->protected_until > world.clock().now().control)
      << "a protected task stops: " << task.arn;
  if (is_healthy(*before, now)) {
    EXPECT_GE(healthy(), scheduler::bounds_of(now).lower) << "fewer healthy tasks than minimumHealthyPercent";
  }
}

void ServiceStory::check_that_the_deployment_ended() {
  if (deleted_) return;
  const auto now = service();
  const auto& primary = now.deployments.front();
  for (const auto& row : world.store().model().service_deployments(kService)) {
    const bool may_go_on = row->arn == now.current_deployment && primary.rollout == RolloutState::InProgress;
    EXPECT_TRUE(model::is_final(row->status) || may_go_on)
        << row->arn << " " << model::to_string(row->status);
  }
  EXPECT_EQ(world.violations(), std::vector<std::string>());
  const bool works = natures_.at(primary.definition_arn) < Nature::Unpullable || now.desired_count == 0;
  if (now.blocked_told || (!works && !now.circuit_breaker)) return;
  EXPECT_NE(primary.rollout, RolloutState::InProgress) << "a deployment that never ends";
}

void ServiceStory::check_that_all_is_well() {
  if (deleted_) return;
  const auto now = service();
  const auto& primary = now.deployments.front();
  EXPECT_EQ(now.deployments.size(), 1U);
  EXPECT_EQ(primary.rollout, RolloutState::Completed) << primary.rollout_reason;
  EXPECT_EQ(now.last_completed ? now.last_completed->id : "", primary.id);
  const auto row = world.store().model().find_service_deployment(now.current_deployment);
  EXPECT_EQ(row->status, ServiceDeploymentStatus::Successful) << row->status_reason;
  EXPECT_EQ(alive(), now.desired_count);
  EXPECT_EQ(healthy(), now.desired_count);
  std::size_t containers = 0;
  for (const auto& task : tasks()) {
    EXPECT_EQ(model::deployment_of(task->started_by), primary.id);
    containers += task->containers.size();
  }
  EXPECT_EQ(world.engine().containers(), containers) << "containers are left, or missing";
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

void ServiceStory::check_that_all_is_gone() {
  EXPECT_EQ(service().status, ServiceStatus::Inactive);
  EXPECT_TRUE(service().deployments.empty());
  EXPECT_EQ(alive(), 0);
  EXPECT_EQ(world.engine().containers(), 0U);
  EXPECT_EQ(world.agent().counters().launches_in_flight, 0U);
  EXPECT_EQ(world.violations(), std::vector<std::string>());
  for (const auto& row : world.store().model().service_deployments(kService)) {
    EXPECT_TRUE(model::is_final(row->status)) << row->arn << " " << model::to_string(row->status);
  }
}

std::string ServiceStory::end_state() {
  const auto now = service();
  std::string text;
  for (const auto& row : world.store().model().service_deployments(kService)) {
    text += std::string(model::to_string(row->status)) + " '" + row->status_reason + "' failures " +
            std::to_string(row->breaker_failures) + "\n";
  }
  for (const auto& deployment : now.deployments) {
    text += std::string(model::to_string(deployment.status)) + " " +
            std::string(model::to_string(deployment.rollout)) + " " +
            deployment.definition_arn.substr(deployment.definition_arn.rfind('/')) + "\n";
  }
  // How many ill tasks a failed deployment leaves depends on which was seen first of what happened at once.
  if (now.deployments.front().rollout == RolloutState::Failed) return text;
  return text + "alive " + std::to_string(alive()) + " healthy " + std::to_string(healthy());
}

// Shown when one seed is replayed.
void ServiceStory::write_events() {
  if (std::getenv("SLIPWAY_PROPERTY_SEED") == nullptr) return;
  const auto events = world.store().model().service_events(kService);
  const auto last = std::ranges::find(events, last_event_, &model::ServiceEvent::id);
  for (auto event = last; event != events.begin();) {
    --event;
    std::cerr << event->created_at.time_since_epoch().count() / 1000 << " s: " << event->message << "\n";
  }
  if (!events.empty()) last_event_ = events.front().id;
}

}  // namespace slipway::test
