// The operations on tasks. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/DescribeTasksRequest.h"
#include "slipway/api/ecs/ListTasksRequest.h"
#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/api/ecs/RunTaskResponse.h"
#include "slipway/api/ecs/StopTaskRequest.h"
#include "slipway/api/ecs/StopTaskResponse.h"

namespace slipway::services::ecs {

// run_task.cpp
api::ecs::RunTaskResponse run_task(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                                   const api::ecs::RunTaskRequest& request);
// stop_task.cpp
api::ecs::StopTaskResponse stop_task(EcsContext& context, store::Transaction& transaction,
                                     const Caller& caller, const api::ecs::StopTaskRequest& request);
// task_query.cpp
Reply describe_tasks(EcsContext& context, const Caller& caller,
                     const api::ecs::DescribeTasksRequest& request);
Reply list_tasks(EcsContext& context, const Caller& caller, const api::ecs::ListTasksRequest& request);

}  // namespace slipway::services::ecs
