// The `meta` table: a few named values of the data dir (server id, clock, outbox position). Control thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/sqlite.h"

namespace slipway::store {

class MetaTable final {
 public:
  explicit MetaTable(Connection& connection);
  void put(std::string_view key, std::string_view value);
  void put(std::string_view key, std::int64_t value) { put(key, std::string_view(std::to_string(value))); }
  std::optional<std::string> find(std::string_view key);
  // Throws RowError when the value is no number.
  std::optional<std::int64_t> find_integer(std::string_view key);

 private:
  Statement put_, find_;
};

}  // namespace slipway::store
