// Deployments that fail, and rollbacks: by the circuit breaker or because somebody asked for one
// (control-plane.md 5.5, 5.7). A step of plan_service; pure.
#pragma once

#include <optional>
#include <vector>

#include "scheduler/service_plan_fleet.h"

namespace slipway::scheduler {

// What plan_service works on: copies that the steps change.
struct Draft {
  model::Service service;
  std::optional<model::ServiceDeployment> row;  // of service.current_deployment, when it is known
};

struct Verdict {
  Draft draft;
  std::vector<PlannedEvent> events;
  bool rolled_back = false;
};

// Fails the PRIMARY deployment when its time has come, and rolls back when that is wanted and possible.
// `can_roll_back`: the task definition of last_completed still exists.
Verdict judge(Draft draft, bool can_roll_back, Now now);

// The row as the PRIMARY deployment has it now: begun, its breaker's count, ended with it.
std::optional<model::ServiceDeployment> followed(std::optional<model::ServiceDeployment> row,
                                                 const model::Service& service, Now now);

}  // namespace slipway::scheduler
