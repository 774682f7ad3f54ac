// Answers that show a service: gathering what its view needs. Control thread.
#pragma once

#include "services/ecs/context.h"
#include "services/ecs/service_view.h"

namespace slipway::services::ecs {

// As it is now in the store.
ServiceFacts service_facts(const store::Model& model, const model::Service& service);

// `service` as this transaction leaves it; tasks and events are those of before.
api::ecs::Service shown_service(const store::Transaction& transaction, const model::Service& service);

}  // namespace slipway::services::ecs
