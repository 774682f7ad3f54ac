// Opens state.db as the store wants it: checked, in WAL mode, migrated. Called once at start, on the control
// thread.
#pragma once

#include <filesystem>
#include <memory>

#include "store/database.h"

namespace slipway::store {

// `directory` exists and is locked by us. Throws OpenError; the database is untouched then.
std::unique_ptr<Connection> open_database(const std::filesystem::path& directory);
// ":memory:", migrated.
std::unique_ptr<Connection> open_in_memory();

// The OpenError for what went wrong with `file` while it was opened or read.
[[noreturn]] void throw_open_error(const std::filesystem::path& file, const SqliteError& error);

}  // namespace slipway::store
