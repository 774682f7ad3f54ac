#include "services/ecs/cluster_lookup.h"

#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

std::string cluster_arn_of(const model::Scope& scope, const std::optional<std::string>& cluster) {
  if (!cluster || cluster->empty()) return model::cluster_arn(scope, "default");
  if (cluster->starts_with("arn:")) return *cluster;
  return model::cluster_arn(scope, *cluster);
}

ClusterPtr get_cluster(const store::Model& model, const model::Scope& scope,
                       const std::optional<std::string>& cluster) {
  auto found = model.find_cluster(cluster_arn_of(scope, cluster));
  if (!found || found->scope != scope) throw api::ecs::cluster_not_found("Cluster not found.");
  if (found->status == model::ClusterStatus::Inactive) {
    throw api::ecs::cluster_not_found("The referenced cluster was inactive.");
  }
  return found;
}

std::optional<std::string_view> id_in_cluster(const model::Cluster& cluster, std::string_view type,
                                              std::string_view text) {
  if (!text.starts_with("arn:")) return text;
  const auto arn = model::Arn::parse(text);
  if (!arn || arn->service != "ecs" || arn->type() != type || arn->resource.find(':') != std::string::npos) {
    throw api::ecs::invalid_parameter("Invalid identifier: Unsupported resource type");
  }
  // The parts of `text` itself: `arn` dies here.
  auto id = text.substr(text.size() - arn->rest().size());
  const auto slash = id.find('/');
  if (slash != std::string_view::npos) {
    if (id.find('/', slash + 1) != std::string_view::npos) {
      throw api::ecs::invalid_parameter("Unexpected number of separators");
    }
    if (id.substr(0, slash) != cluster.name) return std::nullopt;
    id.remove_prefix(slash + 1);
  }
  if (arn->account != cluster.scope.account || arn->region != cluster.scope.region) return std::nullopt;
  return id;
}

}  // namespace slipway::services::ecs
