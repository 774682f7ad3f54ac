// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"

namespace slipway::api::toy_box {

extern const slipway::api::Service kServiceTable;

}  // namespace slipway::api::toy_box
