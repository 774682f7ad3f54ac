// The `tokens` table: answers given to idempotency tokens. Read when a request carries one. Control thread.
#pragma once

#include <optional>
#include <string_view>

#include "slipway/store/model.h"
#include "store/sqlite.h"

namespace slipway::store {

class TokenTable final {
 public:
  explicit TokenTable(Connection& connection);
  void put(const model::Scope& scope, const TokenRecord& token);
  std::optional<TokenRecord> find(const model::Scope& scope, std::string_view operation,
                                  std::string_view token);
  void remove_before(TimePoint time);

 private:
  Statement put_, find_, purge_;
};

}  // namespace slipway::store
