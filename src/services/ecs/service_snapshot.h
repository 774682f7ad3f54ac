// What the service planner needs to know of a service, read from the store. Control thread.
#pragma once

#include "slipway/scheduler/service_plan.h"
#include "slipway/store/store.h"

namespace slipway::services::ecs {

// Keeps alive what the snapshot refers to.
struct ServiceState {
  model::ServicePtr service;
  model::ServiceDeploymentPtr deployment;
  std::vector<scheduler::ServiceTask> tasks;
  bool can_roll_back = false;

  scheduler::ServiceSnapshot snapshot() const { return {*service, deployment.get(), tasks, can_roll_back}; }
};

ServiceState service_state(const store::Model& model, model::ServicePtr service);

}  // namespace slipway::services::ecs
