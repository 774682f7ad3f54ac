// Opening a deployment of a service: its revision, its row in the history and its entry as PRIMARY. What
// CreateService and UpdateService do; no task is made here. Control thread.
#pragma once

#include <optional>
#include <string>

#include "slipway/api/ecs/ServiceConnectConfiguration.h"
#include "slipway/base/id_source.h"
#include "slipway/base/time.h"
#include "slipway/model/service.h"
#include "slipway/model/task_definition.h"
#include "slipway/store/store.h"

namespace slipway::services::ecs {

struct NewDeployment {
  const model::TaskDefinition& definition;
  std::string platform_version;                                          // resolved; Fargate only
  std::optional<api::ecs::ServiceConnectConfiguration> service_connect;  // as given
  Now now;
};

// `service`, whose document says already what is to be deployed, with the new deployment. Puts the revision
// and the service deployment, and ends the service deployment that was under way; the service itself is the
// caller's to put.
model::Service open_deployment(IdSource& ids, store::Transaction& transaction, model::Service service,
                               const NewDeployment& wanted);

}  // namespace slipway::services::ecs
