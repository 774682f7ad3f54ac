// The `subnets` and `vpc_networks` tables: written with each change, read at start. Control thread.
#pragma once

#include <functional>

#include "slipway/model/network.h"
#include "store/sqlite.h"

namespace slipway::store {

class NetworkTable final {
 public:
  explicit NetworkTable(Connection& connection);
  void put(const model::Subnet& subnet);
  void put(const model::VpcNetwork& network);
  void remove(const model::VpcNetwork& network);
  void load(const std::function<void(model::Subnet)>& subnet,
            const std::function<void(model::VpcNetwork)>& network);

 private:
  Statement put_subnet_, put_network_, remove_network_, subnets_, networks_;
};

}  // namespace slipway::store
