// Finding the service that a request names, by name or ARN. Control thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slipway/model/cluster.h"
#include "slipway/model/service.h"
#include "slipway/store/store.h"

namespace slipway::services::ecs {

// The ARN of the service in this cluster that `text`, a name or an ARN (old or new form), stands for; nullopt
// for an ARN of another cluster or scope. Throws InvalidParameterException for an ARN of another kind of
// resource.
std::optional<std::string> service_arn_in(const model::Cluster& cluster, std::string_view text);

// INACTIVE ones too. Throws ServiceNotFoundException.
model::ServicePtr get_service(const store::Transaction& transaction, const model::Cluster& cluster,
                              std::string_view text);

}  // namespace slipway::services::ecs
