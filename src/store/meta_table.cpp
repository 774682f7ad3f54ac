#include "store/meta_table.h"

#include <charconv>

#include "store/row_error.h"

namespace slipway::store {

MetaTable::MetaTable(Connection& connection)
    : put_(connection,
           "INSERT INTO meta (key, value) VALUES (?,?) ON CONFLICT (key) DO UPDATE SET value=excluded.value"),
      find_(connection, "SELECT value FROM meta WHERE key = ?") {}

void MetaTable::put(std::string_view key, std::string_view value) { put_.run(key, value); }

std::optional<std::string> MetaTable::find(std::string_view key) {
  Cursor cursor = find_.query(key);
  return cursor.next() ? std::optional(cursor.row().string(0)) : std::nullopt;
}

std::optional<std::int64_t> MetaTable::find_integer(std::string_view key) {
  const auto text = find(key);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) throw RowError("meta", key, "not a number");
  return value;
}

}  // namespace slipway::store
