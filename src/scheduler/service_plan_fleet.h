// The tasks of a service, sorted by what they are good for at this moment: what every step of plan_service
// looks at. Values with pointers into the snapshot; pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "slipway/scheduler/service_plan.h"

namespace slipway::scheduler {

using TaskList = std::vector<const ServiceTask*>;

// Tasks that are to run, by state. Each is in one list.
struct Crew {
  TaskList pending;   // not RUNNING yet
  TaskList settling;  // RUNNING, but do not count as healthy yet
  TaskList healthy;
  TaskList failing;  // UNHEALTHY past the grace period
  // All but the failing ones: what counts towards the desired count.
  std::int64_t good() const;
  std::int64_t alive() const;
};

struct Fleet {
  Crew primary;     // of the PRIMARY deployment
  Crew old;         // of all others
  TaskList ending;  // asked to stop, not STOPPED yet
  TaskList ended;   // STOPPED and not accounted for
  std::int64_t alive() const { return primary.alive() + old.alive(); }
  std::int64_t healthy() const;
  // Whether the deployment has tasks that are not STOPPED.
  bool has_tasks(std::string_view deployment) const;
};

Fleet fleet_of(const model::Service& service, const std::vector<ServiceTask>& tasks, Now now);

// The deployments' list as the steps need it; PRIMARY is the first.
inline const model::Deployment& primary_of(const model::Service& service) {
  return service.deployments.front();
}

// Whether the task, which ended, had counted as healthy before.
bool was_healthy(const ServiceTask& task, Now now);
// UNHEALTHY, but its first start is not that long ago.
bool in_grace(const ServiceTask& task, const model::Service& service, Now now);
bool is_protected(const ServiceTask& task, Now now);

inline std::int64_t size_of(const TaskList& tasks) { return static_cast<std::int64_t>(tasks.size()); }

}  // namespace slipway::scheduler
