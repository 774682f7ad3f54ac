// Task definitions: the operations that register, describe, list and retire them, and the lookups that other
// operations make by family, family:revision or ARN. The operations run in the caller's transaction; bound in
// operations.cpp. Control thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/ecs/context.h"
#include "slipway/api/ecs/DeleteTaskDefinitionsRequest.h"
#include "slipway/api/ecs/DeleteTaskDefinitionsResponse.h"
#include "slipway/api/ecs/DeregisterTaskDefinitionRequest.h"
#include "slipway/api/ecs/DeregisterTaskDefinitionResponse.h"
#include "slipway/api/ecs/DescribeTaskDefinitionRequest.h"
#include "slipway/api/ecs/DescribeTaskDefinitionResponse.h"
#include "slipway/api/ecs/ListTaskDefinitionFamiliesRequest.h"
#include "slipway/api/ecs/ListTaskDefinitionFamiliesResponse.h"
#include "slipway/api/ecs/ListTaskDefinitionsRequest.h"
#include "slipway/api/ecs/ListTaskDefinitionsResponse.h"
#include "slipway/api/ecs/RegisterTaskDefinitionRequest.h"
#include "slipway/api/ecs/RegisterTaskDefinitionResponse.h"
#include "slipway/model/task_definition.h"

namespace slipway::services::ecs {

api::ecs::RegisterTaskDefinitionResponse register_task_definition(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::RegisterTaskDefinitionRequest& request);
api::ecs::DescribeTaskDefinitionResponse describe_task_definition(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeTaskDefinitionRequest& request);
api::ecs::ListTaskDefinitionsResponse list_task_definitions(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTaskDefinitionsRequest& request);
api::ecs::ListTaskDefinitionFamiliesResponse list_task_definition_families(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTaskDefinitionFamiliesRequest& request);
api::ecs::DeregisterTaskDefinitionResponse deregister_task_definition(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DeregisterTaskDefinitionRequest& request);
api::ecs::DeleteTaskDefinitionsResponse delete_task_definitions(
    EcsContext& context, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DeleteTaskDefinitionsRequest& request);

// What RunTask and services start from: `family` (its latest ACTIVE revision), `family:revision` or an ARN.
// Throws ClientException "TaskDefinition not found." or "TaskDefinition is inactive"; "Revision is missing."
// and "Invalid revision number. Number: x" for a reference that is none (control-plane 4.6).
std::shared_ptr<const model::TaskDefinition> resolve_task_definition(const store::Transaction& transaction,
                                                                     const model::Scope& scope,
                                                                     std::string_view reference);

// The same forms, any status with a revision; nullptr when there is none. Throws for a reference that is
// none.
std::shared_ptr<const model::TaskDefinition> find_task_definition(const store::Transaction& transaction,
                                                                  const model::Scope& scope,
                                                                  std::string_view reference);

// As DescribeTaskDefinition shows it: the document with status and times.
api::ecs::TaskDefinition described(const model::TaskDefinition& definition);

// Members of the definition that register as on AWS and do not act when it runs: paths such as
// "containerDefinitions[].secrets", each once. RunTask warns of them (docs/limits.md).
std::vector<std::string> unsupported_members(const api::ecs::TaskDefinition& definition);

// Forgets definitions whose deletion was asked for an hour of control time ago or more and that no live task
// or service uses. Called by a sweep.
void purge_deleted_definitions(store::Transaction& transaction, TimePoint now);

}  // namespace slipway::services::ecs
