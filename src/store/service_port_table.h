// The `service_ports` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <string_view>

#include "slipway/model/service_port.h"
#include "store/sqlite.h"

namespace slipway::store {

class ServicePortTable final {
 public:
  explicit ServicePortTable(Connection& connection);
  void put(const model::ServicePort& port);
  void remove(const model::ServicePort& port);
  void remove_of(std::string_view service_arn);
  void load(const std::function<void(const model::ServicePort&)>& visit);

 private:
  Statement put_, remove_, remove_of_, all_;
};

}  // namespace slipway::store
