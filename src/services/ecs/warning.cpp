#include "services/ecs/warning.h"

#include <utility>

namespace slipway::services::ecs {

model::Warning warning_of(const Caller& caller, std::string kind, std::string resource, std::string text) {
  model::Warning warning;
  warning.scope = caller.scope;
  warning.kind = std::move(kind);
  warning.resource = std::move(resource);
  warning.text = std::move(text);
  warning.first_at = warning.last_at = caller.now.control;
  return warning;
}

}  // namespace slipway::services::ecs
