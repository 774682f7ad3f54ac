// The `container_instances` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "slipway/model/instance.h"
#include "store/sqlite.h"

namespace slipway::store {

class InstanceTable final {
 public:
  explicit InstanceTable(Connection& connection);
  void put(const model::ContainerInstance& instance);
  void remove(std::string_view arn);
  void load(const std::function<void(std::shared_ptr<const model::ContainerInstance>)>& visit);

 private:
  Statement put_, remove_, all_;
};

}  // namespace slipway::store
