#include "slipway/scheduler/service_plan.h"
#define WEAK __attribute__((weak))
namespace slipway::scheduler {
WEAK bool ServicePlan::empty() const { return true; }
WEAK ServicePlan plan_service(const ServiceSnapshot&, Now) { return {}; }
WEAK PlacementNote note_placement_failure(model::Service service, std::string, Now) { return {std::move(service), {}}; }
WEAK model::Service note_placed(model::Service service) { return service; }
WEAK model::Service begin_deployment(model::Service service, std::string, std::string, Now) { return service; }
WEAK model::ServiceDeployment superseded(model::ServiceDeployment deployment, Now) { return deployment; }
WEAK std::int64_t breaker_threshold(std::int64_t) { return 3; }
}
