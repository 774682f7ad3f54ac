#include "store/server_error.h"

#include <sqlite3.h>

namespace slipway::store {

AwsError server_error(const SqliteError& error, const std::string& place) {
  const std::string text =
      error.code() == SQLITE_FULL
          ? "The disk is full: Slipway cannot write its state in " + place +
                ". Nothing was changed. Free some space and try again."
          : "Slipway cannot use its state in " + place + ": " + error.what() + ". Nothing was changed.";
  return {"ServerException", text, 500};
}

AwsError server_error(const RowError& error, const std::string& place) {
  return {"ServerException", "Slipway cannot read its state in " + place + ": " + error.what() + ".", 500};
}

}  // namespace slipway::store
