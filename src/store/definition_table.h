// The `task_definitions` and `families` tables: written with each change, read at start. Control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "slipway/model/task_definition.h"
#include "store/sqlite.h"

namespace slipway::store {

class DefinitionTable final {
 public:
  explicit DefinitionTable(Connection& connection);
  void put(const model::TaskDefinition& definition);
  void remove(std::string_view arn);
  // Raises the family's last revision to `revision`; never lowers it.
  void put_family(const model::Scope& scope, const std::string& family, std::int64_t revision);

  using VisitFamily = std::function<void(model::Scope scope, std::string family, std::int64_t last_revision)>;
  void load_families(const VisitFamily& visit);
  void load(const std::function<void(std::shared_ptr<const model::TaskDefinition>)>& visit);

 private:
  Statement put_, remove_, put_family_, families_, all_;
};

}  // namespace slipway::store
