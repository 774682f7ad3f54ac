// Who of several tasks stops first (control-plane.md 5.4, 6.3). Pure.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "scheduler/service_plan_fleet.h"

namespace slipway::scheduler {

struct Selection {
  TaskList chosen;
  TaskList kept;  // protected ones for want of others
};

// Picks from one list after the other, and remembers how many tasks are left in each zone.
class Selector final {
 public:
  // The references outlive the selector.
  Selector(const model::Service& service, const Fleet& fleet, Now now);
  // `count` of `tasks`: those of the oldest deployment first, then of the zone that has the most tasks of the
  // service, then the newest. Protected tasks are passed over; where they are missed they are in `kept`.
  Selection pick(TaskList tasks, std::int64_t count);

 private:
  std::size_t age_of(const ServiceTask& task) const;   // of its deployment; 0: PRIMARY
  std::size_t zone_of(const ServiceTask& task) const;  // index into zones_
  void pick_of_one_age(const TaskList& newest_first, std::int64_t count, TaskList& chosen);

  const model::Service& service_;
  Now now_;
  std::vector<std::pair<std::string_view, std::int64_t>> zones_;  // and the tasks left there
};

}  // namespace slipway::scheduler
