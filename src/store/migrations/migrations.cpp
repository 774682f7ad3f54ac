#include "store/migrations/migrations.h"

#include <array>
#include <string>

#include "store/file_check.h"
#include "store/sqlite.h"

namespace slipway::store {

std::span<const Migration> migrations() {
  static const std::array<Migration, 2> all{{{1, kInitialSchema}, {2, kServicesSchema}}};
  return all;
}

void migrate(Connection& connection) {
  const auto version = connection.integer("PRAGMA user_version");
  for (const auto& migration : migrations()) {
    if (migration.version <= version) continue;
    SqlTransaction transaction(connection);
    connection.exec(migration.sql);
    connection.exec(("PRAGMA user_version=" + std::to_string(migration.version)).c_str());
    connection.exec(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str());
    transaction.commit();
    connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
}

}  // namespace slipway::store
