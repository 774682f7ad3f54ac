// The operations on tasks. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/DescribeTasksRequest.h"
#include "slipway/api/ecs/GetTaskProtectionRequest.h"
#include "slipway/api/ecs/GetTaskProtectionResponse.h"
#include "slipway/api/ecs/ListTasksRequest.h"
#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/api/ecs/RunTaskResponse.h"
#include "slipway/api/ecs/StopTaskRequest.h"
#include "slipway/api/ecs/StopTaskResponse.h"
#include "slipway/api/ecs/UpdateTaskProtectionRequest.h"
#include "slipway/api/ecs/UpdateTaskProtectionResponse.h"

namespace slipway::services::ecs {

// run_task.cpp
api::ecs::RunTaskResponse run_task(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                                   const api::ecs::RunTaskRequest& request);
// stop_task.cpp
api::ecs::StopTaskResponse stop_task(EcsContext& context, store::Transaction& transaction,
                                     const Caller& caller, const api::ecs::StopTaskRequest& request);
// task_protection.cpp
api::ecs::GetTaskProtectionResponse get_task_protection(EcsContext& context, store::Transaction& transaction,
                                                        const Caller& caller,
                                                        const api::ecs::GetTaskProtectionRequest& request);
api::ecs::UpdateTaskProtectionResponse update_task_protection(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::UpdateTaskProtectionRequest& request);
// task_query.cpp
Reply describe_tasks(EcsContext& context, const Caller& caller,
                     const api::ecs::DescribeTasksRequest& request);
Reply list_tasks(EcsContext& context, const Caller& caller, const api::ecs::ListTasksRequest& request);

}  // namespace slipway::services::ecs
