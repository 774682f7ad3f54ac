#include "store/open_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "slipway/store/store.h"
#include "store/file_check.h"
#include "store/migrations/migrations.h"

namespace slipway::store {
namespace {

// The log and the shared-memory file take their mode from the database: only its owner may read the state.
void make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

// On the disk, whatever SQLite was told about syncing.
void sync_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fdatasync(descriptor);
  ::close(descriptor);
}

// Older schemas are checked in full before the first write to them; later starts rely on what reading finds.
void check_before_migration(Connection& connection, const std::filesystem::path& file) {
  const auto version = connection.integer("PRAGMA user_version");
  if (version == newest_schema()) return;
  if (version == 0) {
    if (connection.integer("SELECT count(*) FROM sqlite_master") == 0) return;
    throw OpenError(file.string() +
                    " is a database of another program. Give another --data-dir. Nothing was changed.");
  }
  const std::string verdict = connection.text("PRAGMA quick_check(1)");
  if (verdict != "ok") throw OpenError(damaged_text(file, verdict));
}

void configure(Connection& connection, const std::filesystem::path& file) {
  if (connection.text("PRAGMA journal_mode=WAL") != "wal") {
    throw OpenError("The file system of " + file.string() +
                    " does not support SQLite's write-ahead log. Give a local directory with --data-dir.");
  }
  // A log that grew in a burst is cut back to 64 MB when it starts anew. Less would be cut under plain load
  // too, and pages that a file must grow by cost more than pages that are written again (bench/run writes).
  connection.exec(
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000");
}

}  // namespace

void throw_open_error(const std::filesystem::path& file, const SqliteError& error) {
  if (error.damaged()) throw OpenError(damaged_text(file, error.what()));
  const std::string begin = "Cannot open " + file.string() + ": " + error.what() + ". ";
  switch (error.code()) {
    case SQLITE_FULL:
      throw OpenError(begin + "Free some space on its disk, then start again.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw OpenError(begin + "Another program uses this file: end it, then start again.");
    default:
      throw OpenError(begin + "Make it readable and writable, or give another --data-dir.");
  }
}

std::unique_ptr<Connection> open_database(const std::filesystem::path& directory) {
  const auto file = directory / "state.db";
  check_database_file(file, newest_schema());
  try {
    make_private_file(file);
    auto connection = std::make_unique<Connection>(file.string());
    check_before_migration(*connection, file);
    const bool fresh = connection->integer("PRAGMA user_version") == 0;
    // What holds nothing yet can lose nothing: one sync at the end of its making stands for many.
    if (fresh) connection->exec("PRAGMA synchronous=OFF");
    configure(*connection, file);
    migrate(*connection);
    if (fresh) sync_file(file);
    connection->exec("PRAGMA synchronous=NORMAL");
    return connection;
  } catch (const SqliteError& error) {
    throw_open_error(file, error);
  }
}

std::unique_ptr<Connection> open_in_memory() {
  auto connection = std::make_unique<Connection>(":memory:");
  migrate(*connection);
  return connection;
}

}  // namespace slipway::store
