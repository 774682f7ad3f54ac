// The `outbox` table: what happened, in order, for consumers that keep a cursor (decisions.md 4). Control
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "slipway/model/event.h"
#include "store/sqlite.h"

namespace slipway::store {

class OutboxTable final {
 public:
  explicit OutboxTable(Connection& connection);
  // Under `event.seq`, which the caller gave.
  void append(const model::OutboxEvent& event);
  std::vector<model::OutboxEvent> after(std::int64_t seq, std::size_t limit);
  // The newest entry; its seq is the highest there is.
  std::optional<model::OutboxEvent> last();
  // From the oldest on, up to the first that is not older than `time`.
  void remove_before(TimePoint time);

 private:
  static model::OutboxEvent read(const Row& row);

  Statement append_, after_, last_, oldest_kept_, purge_;
};

}  // namespace slipway::store
