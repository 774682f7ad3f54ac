// All tasks in memory, found by ARN and listed in the order of their ARNs by cluster, desired status, group,
// startedBy, family and container instance; per-cluster counts. Part of the memory model; control thread. A
// change costs O(log n): the sorted sets hold pointers to slots, and a slot stays where it is while its task
// object is replaced.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "slipway/model/cluster.h"
#include "slipway/model/task.h"
#include "slipway/store/model.h"
#include "store/string_map.h"

namespace slipway::store {

struct ClusterTasks;

struct TaskSlot {
  std::size_t hash;             // of the ARN
  mutable model::TaskPtr task;  // replaced by another object with the same ARN only
  std::int64_t row_id;          // in SQLite
  ClusterTasks* cluster;
};

struct ByArn {
  using is_transparent = void;
  bool operator()(const TaskSlot* a, const TaskSlot* b) const { return a->task->arn < b->task->arn; }
  bool operator()(const TaskSlot* a, std::string_view b) const { return a->task->arn < b; }
  bool operator()(std::string_view a, const TaskSlot* b) const { return a < b->task->arn; }
};
using SlotSet = std::set<const TaskSlot*, ByArn>;

// The indexes of one cluster. Empty strings and groups named after a family are not indexed.
struct ClusterTasks {
  model::TaskCounts counts;
  std::array<SlotSet, 2> by_desired;
  StringMap<SlotSet> by_group, by_started_by, by_family, by_instance;
  StringMap<SlotSet> by_service;  // by name: those that the service has to look at
};

class TaskIndex final {
 public:
  const TaskSlot* find(std::string_view arn) const;
  // Inserts, or replaces the object of the same ARN. `row_id` 0 keeps the slot's.
  void put(model::TaskPtr task, std::int64_t row_id);
  void remove(std::string_view arn);
  void clear();

  // As the query says, by ARN, of what is in memory.
  std::vector<model::TaskPtr> query(const TaskQuery& query) const;
  // All that are not finished, by ARN.
  std::vector<model::TaskPtr> unfinished() const;
  model::TaskCounts counts(std::string_view cluster_arn) const;
  // What a service has to look at (Model::service_tasks), by ARN.
  std::vector<model::TaskPtr> of_service(std::string_view service_arn) const;

  // The finished task that ended first, nullptr when there is none; how many there are.
  const TaskSlot* oldest_finished() const { return finished_.empty() ? nullptr : *finished_.begin(); }
  std::size_t finished_count() const { return finished_.size(); }
  std::size_t size() const { return slots_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const TaskSlot& slot) const { return slot.hash; }
    std::size_t operator()(std::string_view arn) const { return std::hash<std::string_view>()(arn); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const TaskSlot& a, const TaskSlot& b) const { return a.task->arn == b.task->arn; }
    bool operator()(const TaskSlot& a, std::string_view b) const { return a.task->arn == b; }
    bool operator()(std::string_view a, const TaskSlot& b) const { return a == b.task->arn; }
  };
  struct ByEnd {
    bool operator()(const TaskSlot* a, const TaskSlot* b) const;
  };

  void insert(model::TaskPtr task, std::int64_t row_id);
  void replace(const TaskSlot& slot, model::TaskPtr task);

  std::unordered_set<TaskSlot, Hash, Equal> slots_;
  StringMap<ClusterTasks> clusters_;  // by ARN
  std::set<const TaskSlot*, ByEnd> finished_;
};

// Whether the task is what the query asks for, after_arn and limit aside.
bool matches(const model::Task& task, const TaskQuery& query);

}  // namespace slipway::store
