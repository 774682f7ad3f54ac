// What ECS writes into a definition that the client left out, and nothing else (control-plane 4.1). Pure.
// The reference also fills readOnly of mount points and volumesFrom, linuxParameters.devices and the members
// of restartPolicy. Real answers do not: exports of the console show readOnly null, and Terraform, which
// compares these members as they are, would replace every definition that leaves them out, at each run. What
// real answers have is capabilities.add and .drop (braintrustdata/terraform-aws-braintrust-data-plane#335).
#pragma once

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/model/arn.h"

namespace slipway::services::ecs {

// Roles become ARNs of the scope's account, cpu and memory plain numbers. The definition must be valid.
void fill_defaults(api::ecs::TaskDefinition& definition, const model::Scope& scope);

}  // namespace slipway::services::ecs
