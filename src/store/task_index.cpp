#include "store/task_index.h"

#include <algorithm>

#include "store/task_table.h"

namespace slipway::store {
namespace {

std::size_t side(model::DesiredStatus desired) { return desired == model::DesiredStatus::Running ? 0 : 1; }

void count(model::TaskCounts& counts, const model::Task& task, std::int64_t by) {
  using model::LaunchType;
  using model::TaskStatus;
  if (task.last_status == TaskStatus::Stopped) return;
  if (task.last_status > TaskStatus::Running) {
    counts.stopping += by;
    return;
  }
  const bool running = task.last_status == TaskStatus::Running;
  switch (task.launch_type) {
    case LaunchType::Ec2:
      (running ? counts.running_ec2 : counts.pending_ec2) += by;
      break;
    case LaunchType::Fargate:
      (running ? counts.running_fargate : counts.pending_fargate) += by;
      break;
    case LaunchType::External:
      (running ? counts.running_external : counts.pending_external) += by;
      break;
  }
}

void enter(StringMap<SlotSet>& index, std::string_view key, const TaskSlot& slot) {
  if (!key.empty()) at_key(index, key).insert(&slot);
}

void leave(StringMap<SlotSet>& index, std::string_view key, const TaskSlot& slot) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.erase(&slot);
  if (found->second.empty()) index.erase(found);
}

// The group of a task that was started on its own repeats its family: not worth an index entry per task.
std::string_view indexed_group(std::string_view group) {
  return group.starts_with("family:") ? std::string_view() : group;
}

// The service that has to look at the task; empty: none, or no more.
std::string_view watching_service(const model::Task& task) {
  const bool stopped = task.last_status == model::TaskStatus::Stopped;
  return is_of_service(task) && !(stopped && task.noted) ? model::service_of_group(task.group)
                                                         : std::string_view();
}

// One secondary index while a task object is replaced: left before, entered after, and only if the key
// differs.
struct Move {
  StringMap<SlotSet>& index;
  std::string_view before, after;
};

std::array<Move, 5> moves(ClusterTasks& cluster, const model::Task& before, const model::Task& after) {
  return {Move{cluster.by_group, indexed_group(before.group), indexed_group(after.group)},
          Move{cluster.by_started_by, before.started_by, after.started_by},
          Move{cluster.by_family, model::family_of(before.definition_arn),
               model::family_of(after.definition_arn)},
          Move{cluster.by_instance, before.instance_arn, after.instance_arn},
          Move{cluster.by_service, watching_service(before), watching_service(after)}};
}

// The smallest of the sets that hold every match; nullptr: there is no match.
const SlotSet* candidates(const ClusterTasks& cluster, const TaskQuery& query) {
  const SlotSet* best = &cluster.by_desired[side(query.desired)];
  const auto narrow = [&best](const StringMap<SlotSet>& index, std::string_view key) {
    if (key.empty() || !best) return;
    const auto found = index.find(key);
    if (found == index.end()) {
      best = nullptr;
    } else if (found->second.size() < best->size()) {
      best = &found->second;
    }
  };
  narrow(cluster.by_group, indexed_group(query.group));
  narrow(cluster.by_started_by, query.started_by);
  narrow(cluster.by_family, query.family);
  narrow(cluster.by_instance, query.instance_arn);
  return best;
}

void collect(const ClusterTasks& cluster, const TaskQuery& query, std::vector<model::TaskPtr>& out) {
  const SlotSet* set = candidates(cluster, query);
  if (!set) return;
  std::size_t wanted = query.limit;
  for (auto at = set->upper_bound(std::string_view(query.after_arn)); at != set->end() && wanted > 0; ++at) {
    if (!matches(*(*at)->task, query)) continue;
    out.push_back((*at)->task);
    --wanted;
  }
}

void sort_by_arn(std::vector<model::TaskPtr>& tasks) {
  std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return a->arn < b->arn; });
}

}  // namespace

bool matches(const model::Task& task, const TaskQuery& query) {
  return task.desired_status == query.desired &&
         (query.family.empty() || model::family_of(task.definition_arn) == query.family) &&
         (query.started_by.empty() || task.started_by == query.started_by) &&
         (query.group.empty() || task.group == query.group) &&
         (query.instance_arn.empty() || task.instance_arn == query.instance_arn) &&
         (!query.launch_type || task.launch_type == *query.launch_type);
}

bool TaskIndex::ByEnd::operator()(const TaskSlot* a, const TaskSlot* b) const {
  const auto end_a = ended_at(*a->task);
  const auto end_b = ended_at(*b->task);
  return end_a != end_b ? end_a < end_b : a->task->arn < b->task->arn;
}

const TaskSlot* TaskIndex::find(std::string_view arn) const {
  const auto found = slots_.find(arn);
  return found == slots_.end() ? nullptr : &*found;
}

void TaskIndex::put(model::TaskPtr task, std::int64_t row_id) {
  if (const TaskSlot* slot = find(task->arn)) {
    replace(*slot, std::move(task));
  } else {
    insert(std::move(task), row_id);
  }
}

void TaskIndex::insert(model::TaskPtr task, std::int64_t row_id) {
  ClusterTasks& cluster = at_key(clusters_, model::cluster_arn(task->scope, task->cluster));
  const std::size_t hash = Hash()(std::string_view(task->arn));
  const TaskSlot& slot =
      *slots_.insert({.hash = hash, .task = std::move(task), .row_id = row_id, .cluster = &cluster}).first;
  count(cluster.counts, *slot.task, 1);
  cluster.by_desired[side(slot.task->desired_status)].insert(&slot);
  for (const auto& move : moves(cluster, *slot.task, *slot.task)) enter(move.index, move.after, slot);
  if (is_finished(*slot.task)) finished_.insert(&slot);
}

void TaskIndex::replace(const TaskSlot& slot, model::TaskPtr task) {
  ClusterTasks& cluster = *slot.cluster;
  const model::TaskPtr before = slot.task;
  const auto changes = moves(cluster, *before, *task);
  const bool moved = before->desired_status != task->desired_status;
  if (is_finished(*before)) finished_.erase(&slot);
  if (moved) cluster.by_desired[side(before->desired_status)].erase(&slot);
  for (const auto& move : changes) {
    if (move.before != move.after) leave(move.index, move.before, slot);
  }
  count(cluster.counts, *before, -1);
  slot.task = std::move(task);
  count(cluster.counts, *slot.task, 1);
  for (const auto& move : changes) {
    if (move.before != move.after) enter(move.index, move.after, slot);
  }
  if (moved) cluster.by_desired[side(slot.task->desired_status)].insert(&slot);
  if (is_finished(*slot.task)) finished_.insert(&slot);
}

void TaskIndex::remove(std::string_view arn) {
  const auto found = slots_.find(arn);
  if (found == slots_.end()) return;
  const TaskSlot& slot = *found;
  const model::TaskPtr task = slot.task;
  ClusterTasks& cluster = *slot.cluster;
  count(cluster.counts, *task, -1);
  cluster.by_desired[side(task->desired_status)].erase(&slot);
  for (const auto& move : moves(cluster, *task, *task)) leave(move.index, move.before, slot);
  if (is_finished(*task)) finished_.erase(&slot);
  slots_.erase(found);
  if (cluster.by_desired[0].empty() && cluster.by_desired[1].empty()) {
    clusters_.erase(clusters_.find(model::cluster_arn(task->scope, task->cluster)));
  }
}

void TaskIndex::clear() {
  finished_.clear();
  clusters_.clear();
  slots_.clear();
}

std::vector<model::TaskPtr> TaskIndex::query(const TaskQuery& query) const {
  std::vector<model::TaskPtr> tasks;
  if (!query.cluster_arn.empty()) {
    const auto cluster = clusters_.find(query.cluster_arn);
    if (cluster != clusters_.end()) collect(cluster->second, query, tasks);
    return tasks;
  }
  for (const auto& [arn, cluster] : clusters_) collect(cluster, query, tasks);
  sort_by_arn(tasks);
  if (tasks.size() > query.limit) tasks.resize(query.limit);
  return tasks;
}

std::vector<model::TaskPtr> TaskIndex::unfinished() const {
  std::vector<model::TaskPtr> tasks;
  tasks.reserve(slots_.size() - finished_.size());
  for (const auto& slot : slots_) {
    if (is_unfinished(*slot.task)) tasks.push_back(slot.task);
  }
  sort_by_arn(tasks);
  return tasks;
}

model::TaskCounts TaskIndex::counts(std::string_view cluster_arn) const {
  const auto found = clusters_.find(cluster_arn);
  return found == clusters_.end() ? model::TaskCounts{} : found->second.counts;
}

std::vector<model::TaskPtr> TaskIndex::of_service(std::string_view service_arn) const {
  std::vector<model::TaskPtr> tasks;
  const auto arn = model::Arn::parse(service_arn);
  if (!arn) return tasks;
  const std::string_view path = arn->rest();  // <cluster>/<name>
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return tasks;
  const model::Scope scope{.account = arn->account, .region = arn->region};
  const auto cluster = clusters_.find(model::cluster_arn(scope, path.substr(0, slash)));
  if (cluster == clusters_.end()) return tasks;
  const auto found = cluster->second.by_service.find(path.substr(slash + 1));
  if (found == cluster->second.by_service.end()) return tasks;
  tasks.reserve(found->second.size());
  for (const TaskSlot* slot : found->second) tasks.push_back(slot->task);
  return tasks;
}

}  // namespace slipway::store
