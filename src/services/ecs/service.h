// The operations on services, their deployments and revisions. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "slipway/api/ecs/CreateServiceRequest.h"
#include "slipway/api/ecs/CreateServiceResponse.h"
#include "slipway/api/ecs/DeleteServiceRequest.h"
#include "slipway/api/ecs/DeleteServiceResponse.h"
#include "slipway/api/ecs/DescribeServiceDeploymentsRequest.h"
#include "slipway/api/ecs/DescribeServiceDeploymentsResponse.h"
#include "slipway/api/ecs/DescribeServiceRevisionsRequest.h"
#include "slipway/api/ecs/DescribeServiceRevisionsResponse.h"
#include "slipway/api/ecs/DescribeServicesRequest.h"
#include "slipway/api/ecs/ListServiceDeploymentsRequest.h"
#include "slipway/api/ecs/ListServiceDeploymentsResponse.h"
#include "slipway/api/ecs/ListServicesByNamespaceRequest.h"
#include "slipway/api/ecs/ListServicesByNamespaceResponse.h"
#include "slipway/api/ecs/ListServicesRequest.h"
#include "slipway/api/ecs/ListServicesResponse.h"
#include "slipway/api/ecs/StopServiceDeploymentRequest.h"
#include "slipway/api/ecs/StopServiceDeploymentResponse.h"
#include "slipway/api/ecs/UpdateServiceRequest.h"
#include "slipway/api/ecs/UpdateServiceResponse.h"

namespace slipway::services::ecs {

// create_service.cpp
api::ecs::CreateServiceResponse create_service(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::CreateServiceRequest& request);
// update_service.cpp
api::ecs::UpdateServiceResponse update_service(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::UpdateServiceRequest& request);
// delete_service.cpp
api::ecs::DeleteServiceResponse delete_service(EcsContext& context, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::DeleteServiceRequest& request);

// service_query.cpp
Reply describe_services(EcsContext& context, const Caller& caller,
                        const api::ecs::DescribeServicesRequest& request);
api::ecs::ListServicesResponse list_services(EcsContext& context, store::Transaction& transaction,
                                             const Caller& caller,
                                             const api::ecs::ListServicesRequest& request);
api::ecs::ListServicesByNamespaceResponse list_services_by_namespace(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListServicesByNamespaceRequest& request);

// service_deployment.cpp
api::ecs::DescribeServiceRevisionsResponse describe_service_revisions(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeServiceRevisionsRequest& request);
api::ecs::ListServiceDeploymentsResponse list_service_deployments(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListServiceDeploymentsRequest& request);
api::ecs::DescribeServiceDeploymentsResponse describe_service_deployments(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeServiceDeploymentsRequest& request);
api::ecs::StopServiceDeploymentResponse stop_service_deployment(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::StopServiceDeploymentRequest& request);

}  // namespace slipway::services::ecs
