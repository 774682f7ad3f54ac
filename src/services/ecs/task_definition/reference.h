// How clients name a task definition, taken apart. Used by the task definition operations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slipway/model/arn.h"

namespace slipway::services::ecs {

struct DefinitionReference {
  model::Scope scope;  // of the ARN, else the caller's
  std::string family;  // empty: an ARN of something else
  std::optional<std::int64_t> revision;
};

// Throws ClientException "Revision is missing." and InvalidParameterException "Invalid revision number.
// Number: x".
DefinitionReference parse_definition_reference(const model::Scope& scope, std::string_view text);

}  // namespace slipway::services::ecs
