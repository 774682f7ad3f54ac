#include "property/service_lives_world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slipway::test {
namespace {

using model::TaskStatus;
using Json = nlohmann::json;

Json labels_of(Nature nature) {
  const std::string sim = "dev.slipway.sim.";
  switch (nature) {
    case Nature::StartsSlowly:
      return {{sim + "start-seconds", "45"}};
    case Nature::BecomesHealthy:
      return {{sim + "health", "healthy-after:20"}};
    case Nature::DiesLater:
      return {{sim + "run-seconds", "333"}, {sim + "exit-code", "3"}};
    case Nature::FallsIll:
      return {{sim + "health", "unhealthy-after:222"}};
    case Nature::DoesNotStart:
      return {{sim + "start-error", "no such file"}};
    case Nature::Crashes:
      return {{sim + "run-seconds", "7"}, {sim + "exit-code", "1"}};
    case Nature::NeverHealthy:
      return {{sim + "health", "unhealthy"}};
    case Nature::Good:
    case Nature::Unpullable:
      break;
  }
  return Json::object();
}

Json bounds(int minimum, int maximum) {
  return {{"minimumHealthyPercent", minimum}, {"maximumPercent", maximum}};
}

void expect_done(const EcsOutcome& outcome) { EXPECT_EQ(outcome.error, ""); }

}  // namespace

bool is_checked(Nature nature) {
  return nature == Nature::BecomesHealthy || nature == Nature::FallsIll || nature == Nature::NeverHealthy;
}

ServiceWish random_wish(Luck& luck) {
  ServiceWish wish;
  wish.fargate = luck.percent(30);
  wish.breaker = luck.percent(60);
  wish.rollback = luck.percent(70);
  wish.desired = luck.below(6);
  wish.minimum = luck.of<int>({0, 50, 50, 100, 100, 100});
  wish.maximum = luck.of<int>({100, 150, 200, 200, 200});
  if (wish.maximum == 100) wish.minimum = luck.of<int>({0, 50});
  wish.first = luck.percent(75)
                   ? luck.of<Nature>({Nature::Good, Nature::StartsSlowly, Nature::BecomesHealthy})
                   : static_cast<Nature>(luck.below(9));
  return wish;
}

ServiceStory::ServiceStory(const ServiceWish& wish, std::int64_t memory_mib)
    : world({.services = true, .memory_mib = memory_mib}), fargate_(wish.fargate) {
  world.observe([this](const model::Task& task) { check_task(task); });
  expect_done(world.call("CreateCluster", {{"clusterName", "default"}}));
  Json configuration = bounds(wish.minimum, wish.maximum);
  configuration["deploymentCircuitBreaker"] = {{"enable", wish.breaker}, {"rollback", wish.rollback}};
  Json request{{"serviceName", "web"},
               {"taskDefinition", define(wish.first)},
               {"desiredCount", wish.desired},
               {"availabilityZoneRebalancing", "DISABLED"},
               {"deploymentConfiguration", configuration}};
  if (fargate_) {
    request["launchType"] = "FARGATE";
    request["networkConfiguration"] = {{"awsvpcConfiguration", {{"subnets", Json::array({"subnet-1"})}}}};
  }
  expect_done(world.call("CreateService", request));
}

std::string ServiceStory::define(Nature nature) {
  Json container{{"name", "app"},
                 {"image", nature == Nature::Unpullable ? "app:missing" : "app:1"},
                 {"memory", 128},
                 {"stopTimeout", 4},
                 {"dockerLabels", labels_of(nature)}};
  if (is_checked(nature)) {
    container["healthCheck"] = {{"command", Json::array({"CMD", "true"})}, {"interval", 5}};
  }
  Json request{{"family", "web"}, {"containerDefinitions", Json::array({container})}};
  if (fargate_) {
    request["networkMode"] = "awsvpc";
    request["cpu"] = "256";
    request["memory"] = "512";
    request["requiresCompatibilities"] = Json::array({"FARGATE"});
  }
  const auto outcome = world.call("RegisterTaskDefinition", request);
  expect_done(outcome);
  std::string arn = outcome.answer["taskDefinition"]["taskDefinitionArn"];
  natures_[arn] = nature;
  return arn;
}

void ServiceStory::update(nlohmann::json members) {
  if (deleted_) return;
  members["service"] = "web";
  expect_done(world.call("UpdateService", members));
}

void ServiceStory::deploy(Nature nature) {
  if (!deleted_) update({{"taskDefinition", define(nature)}});
}

void ServiceStory::scale(int desired) { update({{"desiredCount", desired}}); }

void ServiceStory::stop_deployment() {
  // What has ended cannot be stopped: that is refused.
  world.call("StopServiceDeployment", {{"serviceDeploymentArn", service().current_deployment}});
}

void ServiceStory::protect(const std::string& task, int minutes) {
  expect_done(world.call("UpdateTaskProtection", {{"cluster", "default"},
                                                  {"tasks", Json::array({task})},
                                                  {"protectionEnabled", true},
                                                  {"expiresInMinutes", minutes}}));
}

void ServiceStory::remove() {
  if (deleted_) return;
  expect_done(world.call("DeleteService", {{"service", "web"}, {"force", true}}));
  deleted_ = true;
}

void ServiceStory::pass(Seconds time) {
  world.advance(time);
  write_events();
}

void ServiceStory::calm_down() {
  world.engine().set_reachable(true);
  for (const auto& verb : kVerbs) world.engine().fail_next(verb, 0, {});
  world.crash_at_commit(0);
}

model::Service ServiceStory::service() {
  const auto found = world.store().model().find_service(kService);
  return found ? *found : model::Service{};
}

std::vector<model::TaskPtr> ServiceStory::tasks() {
  auto found = world.store().model().service_tasks(kService);
  std::erase_if(found, [](const auto& task) { return task->last_status == TaskStatus::Stopped; });
  return found;
}

}  // namespace slipway::test
