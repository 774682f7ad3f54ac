// The `service_deployments` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <string_view>

#include "slipway/model/service.h"
#include "store/sqlite.h"

namespace slipway::store {

class ServiceDeploymentTable final {
 public:
  explicit ServiceDeploymentTable(Connection& connection);
  void put(const model::ServiceDeployment& deployment);
  void remove_of(std::string_view service_arn);
  void load(const std::function<void(model::ServiceDeploymentPtr)>& visit);

 private:
  Statement put_, remove_, all_;
};

}  // namespace slipway::store
