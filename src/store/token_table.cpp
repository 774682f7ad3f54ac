#include "store/token_table.h"

namespace slipway::store {

TokenTable::TokenTable(Connection& connection)
    : put_(connection,
           "INSERT INTO tokens (account, region, operation, token, request_hash, result, created_at)"
           " VALUES (?,?,?,?,?,?,?) ON CONFLICT (account, region, operation, token) DO UPDATE SET"
           " request_hash=excluded.request_hash, result=excluded.result, created_at=excluded.created_at"),
      find_(connection,
            "SELECT request_hash, result, created_at FROM tokens"
            " WHERE account = ? AND region = ? AND operation = ? AND token = ?"),
      purge_(connection, "DELETE FROM tokens WHERE created_at < ?") {}

void TokenTable::put(const model::Scope& scope, const TokenRecord& token) {
  put_.run(scope.account, scope.region, token.operation, token.token, token.request_hash, token.result,
           token.created_at);
}

std::optional<TokenRecord> TokenTable::find(const model::Scope& scope, std::string_view operation,
                                            std::string_view token) {
  Cursor cursor = find_.query(scope.account, scope.region, operation, token);
  if (!cursor.next()) return std::nullopt;
  const Row row = cursor.row();
  return TokenRecord{.operation = std::string(operation),
                     .token = std::string(token),
                     .request_hash = row.string(0),
                     .result = row.string(1),
                     .created_at = row.time(2)};
}

void TokenTable::remove_before(TimePoint time) { purge_.run(time); }

}  // namespace slipway::store
