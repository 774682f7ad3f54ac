// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#include "slipway/api/toy_box/errors.h"

namespace slipway::api::toy_box {

AwsError box_fault(const std::string& message) { return {"BoxFaultException", message, 500}; }
AwsError toy_broken(const std::string& message) { return {"ToyBroken", message, 409}; }

}  // namespace slipway::api::toy_box
