// Written by scripts/generate_api.py from api-specs/operations.txt. Changes here are lost.
#pragma once

#include <span>

#include "slipway/api/shape.h"

namespace slipway::api {

// Every service that is compiled in, sorted by name.
extern const std::span<const Service* const> kServices;

}  // namespace slipway::api
