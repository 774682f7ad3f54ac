// A thin layer over SQLite's C interface: connections, prepared statements, rows and transactions as
// scope-bound types. Used by the store only; each connection by one thread (the control thread's, and the
// checkpoint thread's own).
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "slipway/base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace slipway::store {

// SQLite refused: `code` is its primary result code (SQLITE_FULL, SQLITE_CORRUPT, …), what() its words.
class SqliteError final : public std::runtime_error {
 public:
  SqliteError(int code_in, const std::string& message) : std::runtime_error(message), code_(code_in) {}
  int code() const { return code_; }
  // The file is not what it should be (SQLITE_CORRUPT, SQLITE_NOTADB).
  bool damaged() const;

 private:
  int code_;
};

class Connection final {
 public:
  // ":memory:" or a path; made (mode as the process's umask says) when missing. Does not write on close,
  // unless checkpoint_on_close() was called. Throws SqliteError.
  explicit Connection(const std::string& path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }
  // Statements separated by semicolons; results are ignored.
  void exec(const char* sql);
  // The first column of the first row of a query, 0 when there is none.
  std::int64_t integer(const char* sql);
  // The same as text.
  std::string text(const char* sql);
  // Closing will move the log into the database and remove it.
  void checkpoint_on_close();

 private:
  sqlite3* handle_ = nullptr;
};

// One step's result. Views stay valid until the next step or reset.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string(text(column)); }
  TimePoint time(int column) const { return TimePoint(Millis(integer(column))); }
  std::optional<TimePoint> optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }

 private:
  sqlite3_stmt* statement_;
};

// Rows of a running statement; resets it at the end, so that no read transaction stays open.
class Cursor final {
 public:
  Cursor(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  // Steps; false at the end.
  bool next();
  Row row() const { return Row(statement_); }

 private:
  sqlite3* connection_;
  sqlite3_stmt* statement_;
};

// Prepared once, run many times. Parameters are bound in order; strings are not copied: they outlive the run
// or cursor.
class Statement final {
 public:
  Statement(Connection& connection, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Runs to the end, ignoring rows. Throws SqliteError.
  template <class... Values>
  void run(const Values&... values) {
    Cursor cursor = query(values...);
    while (cursor.next()) {
    }
  }
  template <class... Values>
  [[nodiscard]] Cursor query(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Cursor(connection_, statement_);
  }

 private:
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, const char* value) { bind(index, std::string_view(value)); }
  void bind(int index, TimePoint value) { bind(index, value.time_since_epoch().count()); }
  void bind(int index, const std::optional<TimePoint>& value);

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

// BEGIN IMMEDIATE … COMMIT; rolls back when it is not committed.
class SqlTransaction final {
 public:
  explicit SqlTransaction(Connection& connection);
  ~SqlTransaction();
  SqlTransaction(const SqlTransaction&) = delete;
  SqlTransaction& operator=(const SqlTransaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace slipway::store
