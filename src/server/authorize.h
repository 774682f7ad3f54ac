// Where policy evaluation stands in the request pipeline. Control thread only.
#pragma once

#include <span>
#include <string_view>

#include "slipway/services/binding.h"

namespace slipway::server {

// Whether `caller` may do `action` ("ecs:RunTask") on `resources` (ARNs or "*"). Throws AwsError AccessDenied
// when not. AWS differs: everybody may do everything until IAM evaluation lands (docs/limits.md).
void authorize(const services::Caller& caller, std::string_view action,
               std::span<const std::string_view> resources);

}  // namespace slipway::server
