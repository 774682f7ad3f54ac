// The `service_revisions` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <string_view>

#include "slipway/model/service.h"
#include "store/sqlite.h"

namespace slipway::store {

class ServiceRevisionTable final {
 public:
  explicit ServiceRevisionTable(Connection& connection);
  void put(const model::ServiceRevision& revision);
  void remove_of(std::string_view service_arn);
  void load(const std::function<void(model::ServiceRevisionPtr)>& visit);

 private:
  Statement put_, remove_, all_;
};

}  // namespace slipway::store
