#include "store/warning_table.h"

namespace slipway::store {

WarningTable::WarningTable(Connection& connection)
    : put_(connection,
           "INSERT INTO warnings (account, region, kind, resource, text, first_at, last_at, count)"
           " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (account, region, kind, resource) DO UPDATE SET"
           " text=excluded.text, last_at=max(last_at, excluded.last_at), count=count + excluded.count"),
      all_(connection,
           "SELECT account, region, kind, resource, text, first_at, last_at, count FROM warnings") {}

void WarningTable::put(const model::Warning& warning) {
  put_.run(warning.scope.account, warning.scope.region, warning.kind, warning.resource, warning.text,
           warning.first_at, warning.last_at, warning.count);
}

void WarningTable::load(const std::function<void(model::Warning)>& visit) {
  for (Cursor cursor = all_.query(); cursor.next();) {
    const Row row = cursor.row();
    visit({.scope = {.account = row.string(0), .region = row.string(1)},
           .kind = row.string(2),
           .resource = row.string(3),
           .text = row.string(4),
           .first_at = row.time(5),
           .last_at = row.time(6),
           .count = row.integer(7)});
  }
}

}  // namespace slipway::store
