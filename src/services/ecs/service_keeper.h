// Applies scheduler::plan_service to a service: reads its snapshot, plans, and in one transaction starts and
// stops tasks and writes deployments and events. Nothing here waits. Called by the controllers through Ecs.
// Control thread.
#pragma once

#include <string>
#include <vector>

#include "services/ecs/context.h"

namespace slipway::services::ecs {

// One round; the next is due as the answer says, or when something of the service changes. `room_came_free`:
// a task on an instance has ended, so placing is tried again though its time has not come. Nothing to do for
// a service that does not exist.
LookAgain keep_service(EcsContext& context, const std::string& service_arn, Now now, bool room_came_free);

// Forgets services that have been INACTIVE for a day of control time (control-plane.md 5.10: for a while).
void forget_services(store::Transaction& transaction, TimePoint now);

// Why the service is not steady, in sentences; empty when it is.
std::vector<std::string> why_service(const EcsContext& context, const std::string& service_arn, Now now);

}  // namespace slipway::services::ecs
