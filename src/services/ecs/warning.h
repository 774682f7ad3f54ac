// What Slipway helps with where AWS would refuse, or what does not act yet, as `status --aws-gaps` and
// GET /_slipway/warnings list it. Pure.
#pragma once

#include <string>

#include "slipway/model/event.h"
#include "slipway/services/binding.h"

namespace slipway::services::ecs {

// To be put into the caller's transaction. The store counts warnings of one kind about one resource.
model::Warning warning_of(const Caller& caller, std::string kind, std::string resource, std::string text);

}  // namespace slipway::services::ecs
