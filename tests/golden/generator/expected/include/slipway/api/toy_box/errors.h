// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
// The errors that the model declares: `throw toy_box::x("text")`; code and status are the model's.
#pragma once

#include <string>

#include "slipway/base/error.h"

namespace slipway::api::toy_box {

AwsError box_fault(const std::string& message);  // 500
AwsError toy_broken(const std::string& message);  // 409

}  // namespace slipway::api::toy_box
