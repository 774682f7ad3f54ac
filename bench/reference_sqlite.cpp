// The reference of the write benchmark: what SQLite itself commits per second, one row per transaction.
//   reference_sqlite FILE SECONDS ROW_BYTES
// Makes FILE anew with Slipway's durability (WAL, synchronous=NORMAL) and a table like Slipway's clusters: a
// rowid, a unique text key, a text of about ROW_BYTES bytes. Inserts for SECONDS with prepared statements and
// prints "COMMITS SECONDS". Checkpoints as SQLite does by itself.
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
}

Database open(const char* file) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open(file, &raw);
  Database database(raw);
  check(raw, code);
  check(raw, sqlite3_exec(raw,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                          "CREATE TABLE objects (id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, "
                          "document TEXT NOT NULL);",
                          nullptr, nullptr, nullptr));
  return database;
}

Statement prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  check(database, sqlite3_prepare_v2(database, sql, -1, &raw, nullptr));
  return Statement(raw);
}

void step(sqlite3* database, const Statement& statement) {
  check(database, sqlite3_step(statement.get()));
  check(database, sqlite3_reset(statement.get()));
}

void insert_until(sqlite3* database, double seconds, std::size_t row_bytes) {
  using Clock = std::chrono::steady_clock;
  const Statement begin = prepare(database, "BEGIN IMMEDIATE");
  const Statement insert = prepare(database, "INSERT INTO objects (arn, document) VALUES (?1, ?2)");
  const Statement commit = prepare(database, "COMMIT");
  const std::string stem = "arn:aws:ecs:us-east-1:000000000000:cluster/bench-";
  const std::string document(row_bytes > stem.size() + 8 ? row_bytes - stem.size() - 8 : 1, 'x');
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<double>(seconds);
  long commits = 0;
  for (auto now = start; now < end; now = Clock::now()) {
    const std::string arn = stem + std::to_string(10000000 + commits);
    step(database, begin);
    sqlite3_bind_text(insert.get(), 1, arn.data(), static_cast<int>(arn.size()), SQLITE_STATIC);
    sqlite3_bind_text(insert.get(), 2, document.data(), static_cast<int>(document.size()), SQLITE_STATIC);
    step(database, insert);
    step(database, commit);
    ++commits;
  }
  std::cout << commits << ' ' << std::chrono::duration<double>(Clock::now() - start).count() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: reference_sqlite FILE SECONDS ROW_BYTES\n";
    return 2;
  }
  try {
    const Database database = open(argv[1]);
    insert_until(database.get(), std::atof(argv[2]), static_cast<std::size_t>(std::atol(argv[3])));
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
