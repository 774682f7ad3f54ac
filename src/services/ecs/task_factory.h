// New tasks of a definition: what RunTask and the services make. Control thread.
#pragma once

#include <memory>
#include <string>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/context.h"
#include "services/ecs/task_network.h"
#include "services/ecs/task_size.h"
#include "slipway/api/ecs/TaskOverride.h"
#include "slipway/model/instance.h"
#include "slipway/model/task.h"
#include "slipway/model/task_definition.h"

namespace slipway::services::ecs {

// What all tasks of one launch have in common.
struct TaskTemplate {
  ClusterPtr cluster;
  std::shared_ptr<const model::TaskDefinition> definition;
  NetworkPlan network;
  model::LaunchType type = model::LaunchType::Ec2;
  std::string platform_version;  // resolved; Fargate only
  TaskSize size;
  std::string group;
  std::string started_by;
  bool enable_execute_command = false;
  model::Tags tags;
  std::shared_ptr<const api::ecs::TaskOverride> overrides;  // nullptr: none
};

// Where one of them goes.
struct TaskPlace {
  std::string provider;                                // capacity provider, or empty
  const model::ContainerInstance* instance = nullptr;  // nullptr: Fargate
  const model::Subnet* subnet = nullptr;               // awsvpc only
};

// The subnet for a task: the instance's zone's where there is one, else the `index`-th, round robin. nullptr
// when the tasks have no network of their own.
const model::Subnet* pick_subnet(const NetworkPlan& network, std::size_t index,
                                 const model::ContainerInstance* instance);

// A task as it is before the agent has seen it, not put yet.
model::Task make_task(EcsContext& context, const Caller& caller, const TaskTemplate& all,
                      const TaskPlace& place);

}  // namespace slipway::services::ecs
