// The schema's history: numbered steps, each applied once and never changed after a release. The number of
// the last one applied is the database's user_version.
#pragma once

#include <cstdint>
#include <span>

namespace slipway::store {

class Connection;

struct Migration {
  std::int64_t version;
  const char* sql;
};

// 001_initial.cpp and its successors.
extern const char* const kInitialSchema;
extern const char* const kServicesSchema;

// Oldest first, without gaps.
std::span<const Migration> migrations();
inline std::int64_t newest_schema() { return migrations().back().version; }

// Applies what `connection` lacks, each step in a transaction that also sets user_version, followed by a
// TRUNCATE checkpoint: so that the main file alone tells its version. Throws SqliteError.
void migrate(Connection& connection);

}  // namespace slipway::store
