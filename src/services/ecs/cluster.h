// The cluster operations. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/CreateClusterRequest.h"
#include "slipway/api/ecs/CreateClusterResponse.h"
#include "slipway/api/ecs/DeleteClusterRequest.h"
#include "slipway/api/ecs/DeleteClusterResponse.h"
#include "slipway/api/ecs/DescribeClustersRequest.h"
#include "slipway/api/ecs/ListClustersRequest.h"
#include "slipway/api/ecs/UpdateClusterRequest.h"
#include "slipway/api/ecs/UpdateClusterResponse.h"
#include "slipway/api/ecs/UpdateClusterSettingsRequest.h"
#include "slipway/api/ecs/UpdateClusterSettingsResponse.h"

namespace slipway::services::ecs {

// cluster.cpp: they change clusters.
api::ecs::CreateClusterResponse create_cluster(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::CreateClusterRequest& request);
api::ecs::UpdateClusterResponse update_cluster(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::UpdateClusterRequest& request);
api::ecs::UpdateClusterSettingsResponse update_cluster_settings(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::UpdateClusterSettingsRequest& request);
api::ecs::DeleteClusterResponse delete_cluster(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::DeleteClusterRequest& request);

// cluster_query.cpp: they only read.
Reply describe_clusters(EcsContext& context, const Caller& caller,
                        const api::ecs::DescribeClustersRequest& request);
Reply list_clusters(EcsContext& context, const Caller& caller, const api::ecs::ListClustersRequest& request);

}  // namespace slipway::services::ecs
