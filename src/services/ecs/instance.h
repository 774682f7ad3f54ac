// ListContainerInstances and DescribeContainerInstances. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/DescribeContainerInstancesRequest.h"
#include "slipway/api/ecs/ListContainerInstancesRequest.h"

namespace slipway::services::ecs {

Reply describe_container_instances(EcsContext& context, const Caller& caller,
                                   const api::ecs::DescribeContainerInstancesRequest& request);
Reply list_container_instances(EcsContext& context, const Caller& caller,
                               const api::ecs::ListContainerInstancesRequest& request);

}  // namespace slipway::services::ecs
