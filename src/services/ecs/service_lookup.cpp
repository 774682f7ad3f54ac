#include "services/ecs/service_lookup.h"

#include "services/ecs/cluster_lookup.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

std::optional<std::string> service_arn_in(const model::Cluster& cluster, std::string_view text) {
  const auto name = id_in_cluster(cluster, "service", text);
  if (!name) return std::nullopt;
  return model::service_arn(cluster.scope, cluster.name, *name);
}

model::ServicePtr get_service(const store::Transaction& transaction, const model::Cluster& cluster,
                              std::string_view text) {
  const auto arn = service_arn_in(cluster, text);
  auto found = arn ? transaction.find_service(*arn) : nullptr;
  if (!found) throw api::ecs::service_not_found("Service not found.");
  return found;
}

}  // namespace slipway::services::ecs
