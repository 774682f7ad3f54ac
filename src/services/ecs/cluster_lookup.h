// Finding the cluster that a request names, by name, by ARN, or "default" when it names none. Control thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "slipway/model/cluster.h"
#include "slipway/store/model.h"

namespace slipway::services::ecs {

using ClusterPtr = std::shared_ptr<const model::Cluster>;

// The ARN that the text stands for: itself when it is one, else that of the cluster of this name.
std::string cluster_arn_of(const model::Scope& scope, const std::optional<std::string>& cluster);

// An ACTIVE cluster of the scope. Throws ClusterNotFoundException, with ECS's words for an INACTIVE one.
ClusterPtr get_cluster(const store::Model& model, const model::Scope& scope,
                       const std::optional<std::string>& cluster);

// The id in `text`, which is an id or an ARN `<type>/<cluster>/<id>` (or the old form `<type>/<id>`, which
// means this cluster); nullopt when the ARN is of another scope or cluster. Throws InvalidParameterException
// for an ARN of another kind of resource or with too many parts.
std::optional<std::string_view> id_in_cluster(const model::Cluster& cluster, std::string_view type,
                                              std::string_view text);

}  // namespace slipway::services::ecs
