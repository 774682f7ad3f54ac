// What CreateService and UpdateService make of a service's document (model::Service): the given members over
// the defaults, or over what is there. Pure; nothing is checked here.
#pragma once

#include "services/ecs/task_launch.h"
#include "slipway/api/ecs/CreateServiceRequest.h"
#include "slipway/api/ecs/Service.h"
#include "slipway/api/ecs/UpdateServiceRequest.h"
#include "slipway/model/service.h"

namespace slipway::services::ecs {

// Of a new service; launch type, task definition and availabilityZoneRebalancing follow once they are known.
api::ecs::Service new_document(const api::ecs::CreateServiceRequest& request);

// `document` with what the request changes; an absent member keeps, an empty list empties.
api::ecs::Service changed_document(api::ecs::Service document, const api::ecs::UpdateServiceRequest& request);

// What decides where an updated service runs: what is given, else what it has. An empty strategy returns to
// the launch type.
LaunchRequest changed_launch(const api::ecs::Service& document,
                             const api::ecs::UpdateServiceRequest& request);

// Sets launchType or capacityProviderStrategy, platformVersion and platformFamily as the plan says.
void set_launch(api::ecs::Service& document, const LaunchPlan& plan,
                const std::optional<std::string>& platform_version);

// Whether the step from one to the other needs a new deployment (control-plane.md 5.3). The order of subnets
// and security groups means nothing.
bool needs_deployment(const api::ecs::Service& before, const api::ecs::Service& after);

// `service` with that document and what the scheduler reads of it.
model::Service with_document(model::Service service, api::ecs::Service document);

// The launch type of its tasks.
model::LaunchType launch_type_of(const api::ecs::Service& document);

}  // namespace slipway::services::ecs
