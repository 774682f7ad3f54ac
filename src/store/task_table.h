// The `tasks` table. Live tasks are written through it and read at start only; finished ones (STOPPED,
// nothing left in the engine, noted by their service) that are no longer in memory are answered from it.
// Control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "slipway/model/task.h"
#include "slipway/store/model.h"
#include "store/sqlite.h"

namespace slipway::store {

// When a STOPPED task ended, for retention: stopped_at, or the last update of one that has none.
TimePoint ended_at(const model::Task& task);
// Whether the agent still looks after it.
inline bool is_unfinished(const model::Task& task) {
  return task.last_status != model::TaskStatus::Stopped || !task.cleaned;
}
// Started by a service's deployment.
bool is_of_service(const model::Task& task);
// Whether its service has yet to take its end into account: such a task stays in memory.
inline bool is_awaited(const model::Task& task) { return !task.noted && is_of_service(task); }
// Whether nobody looks after it any more.
inline bool is_finished(const model::Task& task) { return !is_unfinished(task) && !is_awaited(task); }

class TaskTable final {
 public:
  using Visit = std::function<void(model::TaskPtr task, std::int64_t row_id)>;

  explicit TaskTable(Connection& connection);

  // Replaces the row `row_id`, or inserts (or replaces by ARN) when that is 0. The row's id.
  std::int64_t put(const model::Task& task, std::int64_t row_id);
  void remove(std::string_view arn);
  // Finished tasks that ended before that time.
  void remove_finished_before(TimePoint time);

  model::TaskPtr find(std::string_view arn);
  // Finished ones, as the query says, by ARN.
  std::vector<model::TaskPtr> finished(const TaskQuery& query);
  // All that are not finished, then the newest `young` finished ones. The number of finished rows.
  std::int64_t load(std::size_t young, const Visit& visit);

 private:
  static model::TaskPtr read(const Row& row);

  Statement update_, insert_, remove_, purge_, find_, finished_, unfinished_, young_, count_;
};

}  // namespace slipway::store
