// A service as `slipway status` and `slipway why` show it: its counts and deployments. Control thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "slipway/store/model.h"

namespace slipway::app {

nlohmann::json service_json(const store::Model& model, const model::Service& service);

// "web:3" of a task definition's ARN.
std::string short_definition(const std::string& arn);

}  // namespace slipway::app
