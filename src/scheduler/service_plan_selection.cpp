#include "scheduler/service_plan_selection.h"

#include <algorithm>
#include <tuple>

namespace slipway::scheduler {

Selector::Selector(const model::Service& service, const Fleet& fleet, Now now)
    : service_(service), now_(now) {
  for (const Crew* crew : {&fleet.primary, &fleet.old}) {
    for (const TaskList* list : {&crew->pending, &crew->settling, &crew->healthy, &crew->failing}) {
      for (const auto* task : *list) {
        const auto zone = zone_of(*task);
        if (zone == zones_.size()) zones_.emplace_back(task->zone, 0);
        ++zones_[zone].second;
      }
    }
  }
}

std::size_t Selector::age_of(const ServiceTask& task) const {
  const auto& all = service_.deployments;
  const auto found = std::ranges::find(all, task.deployment, &model::Deployment::id);
  return static_cast<std::size_t>(found - all.begin());
}

std::size_t Selector::zone_of(const ServiceTask& task) const {
  const auto found = std::ranges::find(zones_, std::string_view(task.zone),
                                       &std::pair<std::string_view, std::int64_t>::first);
  return static_cast<std::size_t>(found - zones_.begin());
}

// Zone by zone, each zone's tasks in the order given.
void Selector::pick_of_one_age(const TaskList& newest_first, std::int64_t count, TaskList& chosen) {
  std::vector<TaskList> queues(zones_.size());  // the next one is the last
  for (auto task = newest_first.rbegin(); task != newest_first.rend(); ++task) {
    queues[zone_of(**task)].push_back(*task);
  }
  for (auto left = std::min(count, size_of(newest_first)); left > 0; --left) {
    std::size_t best = queues.size();
    for (std::size_t zone = 0; zone < queues.size(); ++zone) {
      if (queues[zone].empty()) continue;
      if (best == queues.size() || zones_[zone].second > zones_[best].second ||
          (zones_[zone].second == zones_[best].second &&
           queues[zone].back()->created_at > queues[best].back()->created_at)) {
        best = zone;
      }
    }
    --zones_[best].second;
    chosen.push_back(queues[best].back());
    queues[best].pop_back();
  }
}

Selection Selector::pick(TaskList tasks, std::int64_t count) {
  Selection selection;
  if (count <= 0) return selection;
  for (const auto* task : tasks) {
    if (is_protected(*task, now_)) selection.kept.push_back(task);
  }
  std::erase_if(tasks, [&](const ServiceTask* task) { return is_protected(*task, now_); });
  std::ranges::sort(tasks, std::greater<>{}, [&](const ServiceTask* task) {
    return std::tuple(age_of(*task), task->created_at, std::string_view(task->id));
  });
  for (auto first = tasks.begin(); first != tasks.end() && size_of(selection.chosen) < count;) {
    const auto last = std::find_if(first, tasks.end(),
                                   [&](const ServiceTask* task) { return age_of(*task) != age_of(**first); });
    pick_of_one_age({first, last}, count - size_of(selection.chosen), selection.chosen);
    first = last;
  }
  if (size_of(selection.chosen) >= count) selection.kept.clear();
  return selection;
}

}  // namespace slipway::scheduler
