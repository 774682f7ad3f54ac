// A service, its deployments and its revisions as the API shows them: what is stored, with the counts of its
// tasks. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "slipway/api/ecs/Service.h"
#include "slipway/api/ecs/ServiceDeployment.h"
#include "slipway/api/ecs/ServiceDeploymentBrief.h"
#include "slipway/api/ecs/ServiceRevision.h"
#include "slipway/model/service.h"
#include "slipway/model/task.h"

namespace slipway::services::ecs {

// The tasks of one deployment that are to run: how many are RUNNING, how many are not yet. A task whose
// desired status is STOPPED counts no more (control-plane.md 5.4).
struct TaskCount {
  std::int64_t running = 0;
  std::int64_t pending = 0;
  TimePoint changed_at;  // of the latest change of any of its tasks
  std::int64_t wanted() const { return running + pending; }
};

// By deployment id.
using TaskCounts = std::map<std::string, TaskCount, std::less<>>;
TaskCounts count_tasks(const std::vector<model::TaskPtr>& tasks);

struct ServiceFacts {
  TaskCounts tasks;
  std::vector<model::ServiceRevisionPtr> revisions;  // of its deployments
  std::vector<model::ServiceEvent> events;           // from new to old
};

// Without tags.
api::ecs::Service service_view(const model::Service& service, const ServiceFacts& facts);

// `service` is the one that the deployment belongs to.
api::ecs::ServiceDeployment service_deployment_view(const model::ServiceDeployment& deployment,
                                                    const model::Service& service, const TaskCounts& tasks);
api::ecs::ServiceDeploymentBrief service_deployment_brief(const model::ServiceDeployment& deployment,
                                                          const model::Service& service);

api::ecs::ServiceRevision service_revision_view(const model::ServiceRevision& revision);

}  // namespace slipway::services::ecs
