// TagResource, UntagResource and ListTagsForResource for clusters, services, task definitions, tasks and
// container instances. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/ListTagsForResourceRequest.h"
#include "slipway/api/ecs/ListTagsForResourceResponse.h"
#include "slipway/api/ecs/TagResourceRequest.h"
#include "slipway/api/ecs/TagResourceResponse.h"
#include "slipway/api/ecs/UntagResourceRequest.h"
#include "slipway/api/ecs/UntagResourceResponse.h"

namespace slipway::services::ecs {

api::ecs::TagResourceResponse tag_resource(EcsContext& context, store::Transaction& transaction,
                                           const Caller& caller, const api::ecs::TagResourceRequest& request);
api::ecs::UntagResourceResponse untag_resource(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::UntagResourceRequest& request);
api::ecs::ListTagsForResourceResponse list_tags_for_resource(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTagsForResourceRequest& request);

}  // namespace slipway::services::ecs
