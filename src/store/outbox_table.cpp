#include "store/outbox_table.h"

#include <limits>

namespace slipway::store {

OutboxTable::OutboxTable(Connection& connection)
    : append_(connection, "INSERT INTO outbox (seq, account, region, kind, json, at) VALUES (?,?,?,?,?,?)"),
      after_(connection,
             "SELECT seq, account, region, kind, json, at FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"),
      last_(connection, "SELECT seq, account, region, kind, json, at FROM outbox ORDER BY seq DESC LIMIT 1"),
      oldest_kept_(connection, "SELECT seq FROM outbox WHERE at >= ? ORDER BY seq LIMIT 1"),
      purge_(connection, "DELETE FROM outbox WHERE seq < ?") {}

void OutboxTable::append(const model::OutboxEvent& event) {
  append_.run(event.seq, event.scope.account, event.scope.region, event.kind, event.json, event.at);
}

model::OutboxEvent OutboxTable::read(const Row& row) {
  return {.seq = row.integer(0),
          .scope = {.account = row.string(1), .region = row.string(2)},
          .kind = row.string(3),
          .json = row.string(4),
          .at = row.time(5)};
}

std::vector<model::OutboxEvent> OutboxTable::after(std::int64_t seq, std::size_t limit) {
  std::vector<model::OutboxEvent> events;
  for (Cursor cursor = after_.query(seq, static_cast<std::int64_t>(limit)); cursor.next();) {
    events.push_back(read(cursor.row()));
  }
  return events;
}

std::optional<model::OutboxEvent> OutboxTable::last() {
  Cursor cursor = last_.query();
  return cursor.next() ? std::optional(read(cursor.row())) : std::nullopt;
}

void OutboxTable::remove_before(TimePoint time) {
  std::int64_t kept = std::numeric_limits<std::int64_t>::max();
  {
    Cursor cursor = oldest_kept_.query(time);
    if (cursor.next()) kept = cursor.row().integer(0);
  }
  purge_.run(kept);
}

}  // namespace slipway::store
