// What a cluster holds at this moment, read from the store. Control thread.
#pragma once

#include <string>

#include "services/ecs/cluster_view.h"
#include "slipway/store/model.h"

namespace slipway::services::ecs {

// `parts`: of the view that shows it; services are told apart for the statistics only, as that walks them
// all.
ClusterLoad cluster_load(const store::Model& model, const std::string& arn, unsigned parts);

}  // namespace slipway::services::ecs
