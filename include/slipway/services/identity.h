// STS and IAM as far as Terraform's provider and the CLI need them at start: GetCallerIdentity, GetUser,
// ListRoles.
#pragma once

#include <vector>

#include "slipway/services/binding.h"

namespace slipway::services {

std::vector<Binding> sts_bindings();
std::vector<Binding> iam_bindings();

}  // namespace slipway::services
