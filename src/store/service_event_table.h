// The `service_events` table: the newest of each service, read at start. Control thread.
#pragma once

#include <functional>
#include <string_view>

#include "slipway/model/service.h"
#include "store/sqlite.h"

namespace slipway::store {

class ServiceEventTable final {
 public:
  explicit ServiceEventTable(Connection& connection);
  void add(std::string_view service_arn, const model::ServiceEvent& event);
  // Removes all but the newest kKeptEvents of the service.
  void trim(std::string_view service_arn);
  void remove_of(std::string_view service_arn);
  // From old to new within each service.
  void load(const std::function<void(std::string_view service_arn, model::ServiceEvent event)>& visit);

 private:
  Statement add_, trim_, remove_, all_;
};

}  // namespace slipway::store
