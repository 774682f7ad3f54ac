// The `warnings` table: helps given that AWS would not give, counted. Written with each change, read at
// start. Control thread.
#pragma once

#include <functional>

#include "slipway/model/event.h"
#include "store/sqlite.h"

namespace slipway::store {

class WarningTable final {
 public:
  explicit WarningTable(Connection& connection);
  // Counts up by `warning.count` when (scope, kind, resource) is there already; the first time stays.
  void put(const model::Warning& warning);
  void load(const std::function<void(model::Warning)>& visit);

 private:
  Statement put_, all_;
};

}  // namespace slipway::store
