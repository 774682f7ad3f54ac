// Parts of services that AWS has and Slipway does not serve yet: checked as ECS checks them, then refused, so
// that nothing is ignored silently. Pure.
#pragma once

#include "services/ecs/service_rules.h"
#include "slipway/api/ecs/TaskDefinition.h"

namespace slipway::services::ecs {

// Deployment strategies, hooks, alarms and bake times.
void refuse_deployment_extras(const ServiceExtras& extras);
// Load balancers, registries, volumes, Service Connect, VPC Lattice; empty lists ask for nothing.
void refuse_connections(const ServiceExtras& extras, const api::ecs::TaskDefinition& definition,
                        model::LaunchType type);

// Deployment controllers and scheduling strategies; before the task definition is looked at, which an
// EXTERNAL controller does not take.
void refuse_controllers(const api::ecs::CreateServiceRequest& request);
void refuse_controllers(const api::ecs::UpdateServiceRequest& request);
void refuse_daemon(const api::ecs::CreateServiceRequest& request);

}  // namespace slipway::services::ecs
