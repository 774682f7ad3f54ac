#include "unit/scheduler/service_story.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::scheduler::test {

using model::DesiredStatus;
using model::StopCode;
using model::TaskStatus;

namespace {

bool is_alive(const ServiceTask& task) {
  return task.desired_status == DesiredStatus::Running && task.last_status != TaskStatus::Stopped;
}

}  // namespace

ServiceStory::ServiceStory(std::int64_t desired, std::int32_t minimum, std::int32_t maximum) {
  now.control = now.real = TimePoint{Seconds{1'800'000'000}};  // 08:00:00 UTC
  service.name = "web";
  service.cluster = "default";
  service.scope = {"000000000000", "us-east-1"};
  service.desired_count = desired;
  service.minimum_healthy_percent = minimum;
  service.maximum_percent = maximum;
  deploy("1");
}

ServiceStory& ServiceStory::with_breaker(bool rollback) {
  service.circuit_breaker = true;
  service.rollback = rollback;
  return *this;
}

void ServiceStory::deploy(const std::string& id) {
  service = begin_deployment(std::move(service), id, "web:" + id, now);
  row = {};
  row.arn = "row-" + id;
  service.current_deployment = row.arn;
}

ServiceStory& ServiceStory::steady() {
  settle();
  run(primary().id);
  if (checked) set_health(primary().id, model::HealthStatus::Healthy);
  advance(kSettleTime);
  settle();
  EXPECT_EQ(primary().rollout, model::RolloutState::Completed);
  return *this;
}

ServicePlan ServiceStory::plan() const {
  return plan_service({service, &row, tasks, can_roll_back && service.last_completed}, now);
}

void ServiceStory::apply(const ServicePlan& plan) {
  std::erase_if(tasks, [&](const ServiceTask& task) {
    return std::ranges::find(plan.noted, task.arn) != plan.noted.end();
  });
  if (plan.service) service = *plan.service;
  if (plan.deployment) row = *plan.deployment;
  for (const auto& order : plan.stop) {
    const auto found = std::ranges::find(tasks, order.task_arn, &ServiceTask::arn);
    found->desired_status = DesiredStatus::Stopped;
    found->stop_code = StopCode::ServiceSchedulerInitiated;
    found->stopping_at = now.control;
  }
  for (std::size_t i = 0; i < plan.start; ++i) {
    ServiceTask task;
    task.id = "t" + std::to_string(++made);
    task.arn = "arn:" + task.id;
    task.deployment = primary().id;
    task.checked = checked;
    task.zone = std::string(1, static_cast<char>('a' + made % 3));
    task.created_at = now.control;
    tasks.push_back(task);
  }
}

Strings ServiceStory::settle() {
  Strings events;
  for (int round = 0; round < 20; ++round) {
    const ServicePlan decided = plan();
    if (decided.empty()) return events;
    for (const auto& event : decided.events) events.push_back(event.message);
    apply(decided);
  }
  ADD_FAILURE() << "planning does not come to an end";
  return events;
}

void ServiceStory::advance(Seconds time) {
  now.control += time;
  now.real += time;
}

void ServiceStory::run(const std::string& deployment) {
  for (auto& task : tasks) {
    if (task.deployment != deployment || !is_alive(task) || task.started_at) continue;
    task.last_status = TaskStatus::Running;
    task.started_at = now.control;
    task.started_real = now.real;
  }
}

void ServiceStory::fail_starts(const std::string& deployment, int count) {
  for (auto& task : tasks) {
    if (count == 0) return;
    if (task.deployment != deployment || !is_alive(task) || task.started_at) continue;
    task.last_status = TaskStatus::Stopped;
    task.desired_status = DesiredStatus::Stopped;
    task.stop_code = StopCode::TaskFailedToStart;
    task.stopping_at = now.control;
    --count;
  }
}

void ServiceStory::crash(const std::string& deployment, int count) {
  for (auto task = tasks.rbegin(); task != tasks.rend() && count > 0; ++task) {
    if (task->deployment != deployment || !is_alive(*task) || !task->started_at) continue;
    task->last_status = TaskStatus::Stopped;
    task->desired_status = DesiredStatus::Stopped;
    task->stop_code = StopCode::EssentialContainerExited;
    task->stopping_at = now.control;
    --count;
  }
}

void ServiceStory::set_health(const std::string& deployment, model::HealthStatus health) {
  for (auto& task : tasks) {
    if (task.deployment == deployment && is_alive(task)) task.health = health;
  }
}

void ServiceStory::finish_stops() {
  for (auto& task : tasks) {
    if (task.desired_status == DesiredStatus::Stopped) task.last_status = TaskStatus::Stopped;
  }
}

std::int64_t ServiceStory::alive(const std::string& deployment) const {
  return std::ranges::count_if(
      tasks, [&](const ServiceTask& task) { return task.deployment == deployment && is_alive(task); });
}

std::int64_t ServiceStory::stopping(const std::string& deployment) const {
  return std::ranges::count_if(tasks, [&](const ServiceTask& task) {
    return task.deployment == deployment && !is_alive(task) && task.last_status != TaskStatus::Stopped;
  });
}

ServiceTask& ServiceStory::task(const std::string& id) {
  return *std::ranges::find(tasks, id, &ServiceTask::id);
}

Strings ServiceStory::deployment_ids() const {
  Strings ids;
  for (const auto& deployment : service.deployments) ids.push_back(deployment.id);
  return ids;
}

Strings of_web(const Strings& texts) {
  Strings events;
  for (const auto& text : texts) events.push_back("(service web) " + text);
  return events;
}

}  // namespace slipway::scheduler::test
