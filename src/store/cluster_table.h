// The `clusters` table: written with each change, read at start. Control thread.
#pragma once

#include <functional>
#include <memory>

#include "slipway/model/cluster.h"
#include "store/sqlite.h"

namespace slipway::store {

class ClusterTable final {
 public:
  explicit ClusterTable(Connection& connection);
  void put(const model::Cluster& cluster);
  void load(const std::function<void(std::shared_ptr<const model::Cluster>)>& visit);

 private:
  Statement put_, all_;
};

}  // namespace slipway::store
