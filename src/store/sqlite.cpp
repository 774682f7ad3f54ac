#include "store/sqlite.h"

#include <sqlite3.h>

namespace slipway::store {
namespace {

[[noreturn]] void raise(sqlite3* connection, int code) {
  const std::string message = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  throw SqliteError(code & 0xff, message);
}

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) raise(connection, code);
}

}  // namespace

bool SqliteError::damaged() const { return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB; }

Connection::Connection(const std::string& path) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    const std::string message = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    sqlite3_close_v2(handle_);
    throw SqliteError(code & 0xff, message);
  }
  // A file that turns out to be damaged must stay as it is: the closing checkpoint must be asked for.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(handle_, 250);
}

Connection::~Connection() { sqlite3_close_v2(handle_); }

void Connection::exec(const char* sql) {
  check(handle_, sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

std::int64_t Connection::integer(const char* sql) {
  Statement statement(*this, sql);
  Cursor cursor = statement.query();
  return cursor.next() ? cursor.row().integer(0) : 0;
}

std::string Connection::text(const char* sql) {
  Statement statement(*this, sql);
  Cursor cursor = statement.query();
  return cursor.next() ? cursor.row().string(0) : std::string();
}

void Connection::checkpoint_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

bool Row::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Row::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string_view(static_cast<const char*>(data), size) : std::string_view();
}

Cursor::~Cursor() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Cursor::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) raise(connection_, code);
  return false;
}

Statement::Statement(Connection& connection, const char* sql) : connection_(connection.handle()) {
  check(connection_,
        sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int index, std::int64_t value) {
  check(connection_, sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL; an empty string is meant. SQLITE_STATIC is a null destructor: nothing is
  // copied.
  const char* data = value.data() ? value.data() : "";
  check(connection_, sqlite3_bind_text64(statement_, index, data, value.size(), nullptr, SQLITE_UTF8));
}

void Statement::bind(int index, const std::optional<TimePoint>& value) {
  if (value) {
    bind(index, *value);
  } else {
    check(connection_, sqlite3_bind_null(statement_, index));
  }
}

SqlTransaction::SqlTransaction(Connection& connection) : connection_(connection) {
  connection_.exec("BEGIN IMMEDIATE");
}

SqlTransaction::~SqlTransaction() {
  if (!open_) return;
  // SQLite has rolled back by itself after a full disk or an I/O error; then there is nothing to do.
  if (sqlite3_get_autocommit(connection_.handle()) == 0) {
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void SqlTransaction::commit() {
  connection_.exec("COMMIT");
  open_ = false;
}

}  // namespace slipway::store
