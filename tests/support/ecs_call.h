// Operations of ECS called without a server, with JSON in and out as clients see it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "slipway/base/time.h"
#include "slipway/services/binding.h"

namespace slipway::test {

struct EcsOutcome {
  nlohmann::json answer;
  std::string error;  // "Code: message"; empty when it answered
};

EcsOutcome ecs_call(const std::vector<services::Binding>& bindings, const std::string& operation,
                    const nlohmann::json& request, Now now);

}  // namespace slipway::test
