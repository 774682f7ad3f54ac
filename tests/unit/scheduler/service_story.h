// A service that is planned step by step: tasks move as the test says, plans are applied at once. What the
// planner's unit tests are told with.
#pragma once

#include <string>
#include <vector>

#include "slipway/scheduler/service_plan.h"

namespace slipway::scheduler::test {

using Strings = std::vector<std::string>;

class ServiceStory final {
 public:
  // With deployment "1" begun, nothing planned yet.
  explicit ServiceStory(std::int64_t desired, std::int32_t minimum = 100, std::int32_t maximum = 200);

  ServiceStory& with_breaker(bool rollback);
  // A new deployment of that id, with its row; the former's is superseded.
  void deploy(const std::string& id);
  // Settled, RUNNING and healthy: deployment "1" completed.
  ServiceStory& steady();

  ServicePlan plan() const;
  void apply(const ServicePlan& plan);
  // Plans and applies until nothing is left to do; the events of it, with "{tasks}" as it is.
  Strings settle();

  void advance(Seconds time);
  // Every task of the deployment that is to run and not RUNNING yet is now.
  void run(const std::string& deployment);
  // Tasks of the deployment, `count` of those not RUNNING (fail) or RUNNING (crash, newest first), are
  // STOPPED.
  void fail_starts(const std::string& deployment, int count);
  void crash(const std::string& deployment, int count);
  void set_health(const std::string& deployment, model::HealthStatus health);
  // What was told to stop has stopped.
  void finish_stops();

  std::int64_t alive(const std::string& deployment) const;  // desired RUNNING
  std::int64_t stopping(const std::string& deployment) const;
  ServiceTask& task(const std::string& id);
  const model::Deployment& primary() const { return service.deployments.front(); }
  Strings deployment_ids() const;

  model::Service service;
  model::ServiceDeployment row;
  std::vector<ServiceTask> tasks;
  Now now;
  bool can_roll_back = true;
  bool checked = false;  // tasks made from now on
  int made = 0;          // tasks; their ids are t1, t2, …
};

// "(service web) " before each.
Strings of_web(const Strings& texts);

}  // namespace slipway::scheduler::test
