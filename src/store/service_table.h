// The `services` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <string_view>

#include "slipway/model/service.h"
#include "store/sqlite.h"

namespace slipway::store {

class ServiceTable final {
 public:
  explicit ServiceTable(Connection& connection);
  void put(const model::Service& service);
  void remove(std::string_view arn);
  void load(const std::function<void(model::ServicePtr)>& visit);

 private:
  Statement put_, remove_, all_;
};

}  // namespace slipway::store
