// What a service may ask for: the checks that CreateService and UpdateService share, in ECS's order and words
// (control-plane.md 5.1), and what Slipway does not serve yet, refused as such. Control thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/ecs/context.h"
#include "services/ecs/task_launch.h"
#include "slipway/api/ecs/CreateServiceRequest.h"
#include "slipway/api/ecs/Service.h"
#include "slipway/api/ecs/UpdateServiceRequest.h"
#include "slipway/model/cluster.h"
#include "slipway/model/service.h"
#include "slipway/model/task_definition.h"

namespace slipway::services::ecs {

// The members of a request that only ask for what other services do.
struct ServiceExtras {
  const std::optional<std::vector<api::ecs::LoadBalancer>>& load_balancers;
  const std::optional<std::vector<api::ecs::ServiceRegistry>>& registries;
  const std::optional<api::ecs::ServiceConnectConfiguration>& service_connect;
  const std::optional<std::vector<api::ecs::ServiceVolumeConfiguration>>& volumes;
  const std::optional<std::vector<api::ecs::VpcLatticeConfiguration>>& lattice;
  const std::optional<api::ecs::DeploymentConfiguration>& deployment;
};

template <class Request>
ServiceExtras extras_of(const Request& request) {
  return {request.load_balancers,
          request.service_registries,
          request.service_connect_configuration,
          request.volume_configurations,
          request.vpc_lattice_configurations,
          request.deployment_configuration};
}

// A service as it shall be, before its launch type is settled.
struct WantedService {
  const model::Cluster& cluster;
  const model::TaskDefinition& definition;
  api::ecs::Service document;
  LaunchRequest launch;
  ServiceExtras extras;
  std::string_view verb;  // "created", "updated": as some texts end
};

struct SettledService {
  api::ecs::Service document;    // complete
  std::string platform_version;  // resolved; Fargate only
};

// Throws what ECS throws, in its order; UnsupportedFeatureException for what would be valid and is not
// served. Puts warnings of what is adopted.
SettledService settle_service(const EcsContext& context, store::Transaction& transaction,
                              const Caller& caller, WantedService wanted);

// Lists what the definition and the service say that does not act yet.
void warn_of_service(store::Transaction& transaction, const Caller& caller,
                     const model::TaskDefinition& definition, const model::Service& service);

}  // namespace slipway::services::ecs
