// What a client sees when SQLite refuses: ServerException 500 with the way out. Used at the store's public
// border.
#pragma once

#include <string>

#include "slipway/base/error.h"
#include "store/row_error.h"
#include "store/sqlite.h"

namespace slipway::store {

// `place` names the data dir.
AwsError server_error(const SqliteError& error, const std::string& place);
AwsError server_error(const RowError& error, const std::string& place);

// Runs `body` on behalf of a request.
template <class Body>
auto as_server_error(const std::string& place, const Body& body) {
  try {
    return body();
  } catch (const SqliteError& error) {
    throw server_error(error, place);
  } catch (const RowError& error) {
    throw server_error(error, place);
  }
}

}  // namespace slipway::store
