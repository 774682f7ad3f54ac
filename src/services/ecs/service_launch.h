// Starting the tasks of a service's PRIMARY deployment: what its revision says, placed as RunTask places.
// Control thread.
#pragma once

#include <string>
#include <vector>

#include "services/ecs/context.h"
#include "slipway/model/service.h"

namespace slipway::services::ecs {

struct Launched {
  std::vector<std::string> task_ids;
  std::string failure;  // why not all were started, as the event says it without "(service S) "; else empty
};

// Puts up to `count` new tasks. Never throws for what cannot be launched: the service waits.
Launched launch_service_tasks(EcsContext& context, store::Transaction& transaction,
                              const model::Service& service, std::size_t count, Now now);

}  // namespace slipway::services::ecs
