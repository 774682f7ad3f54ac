#include <algorithm>
#include <string>
#include <utility>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/task.h"
#include "services/ecs/task_lookup.h"
#include "services/rules/rules.h"
#include "slipway/model/service.h"

namespace slipway::services::ecs {

namespace {

constexpr std::chrono::minutes kUsualTime{120};  // control-plane.md 6.2

bool is_protected(const model::Task& task, TimePoint now) {
  return task.protected_until && *task.protected_until > now;
}

bool is_of_service(const model::Task& task) {
  return !model::service_of_group(task.group).empty() && !model::deployment_of(task.started_by).empty();
}

api::ecs::Failure failure(const std::string& arn, const char* reason) {
  api::ecs::Failure failed;
  failed.arn = arn;
  failed.reason = reason;
  return failed;
}

api::ecs::ProtectedTask shown(const model::Task& task, TimePoint now) {
  api::ecs::ProtectedTask view;
  view.task_arn = task.arn;
  view.protection_enabled = is_protected(task, now);
  if (*view.protection_enabled) view.expiration_date = task.protected_until;
  return view;
}

// The task that `text` names, or the failure to find one that could be protected. STOPPED tasks are no more.
model::TaskPtr find_service_task(const store::Transaction& transaction, const model::Cluster& cluster,
                                 const std::string& text, std::vector<api::ecs::Failure>& failures) {
  const auto arn = task_arn_in(cluster, text);
  auto task = arn ? transaction.find_task(*arn) : nullptr;
  if (!task || task->last_status == model::TaskStatus::Stopped) {
    failures.push_back(failure(arn.value_or(text), "MISSING"));
    return nullptr;
  }
  if (!is_of_service(*task)) {
    failures.push_back(failure(task->arn, "TASK_NOT_VALID"));
    return nullptr;
  }
  return task;
}

std::vector<model::TaskPtr> protected_tasks(const store::Model& model, const model::Cluster& cluster,
                                            TimePoint now) {
  std::vector<model::TaskPtr> found;
  store::TaskQuery query;
  query.cluster_arn = cluster.arn;
  for (;;) {
    auto page = model.tasks(query);
    for (auto& task : page) {
      if (is_of_service(*task) && is_protected(*task, now)) found.push_back(task);
    }
    if (page.size() < query.limit) return found;
    query.after_arn = page.back()->arn;
  }
}

// Whether protected tasks of an older deployment are all that keeps the service's deployment from its steady
// state; then no more of its tasks can be protected.
bool is_blocked(const store::Model& model, const model::Cluster& cluster, const model::Task& task,
                TimePoint now) {
  const auto service = model.find_service(
      model::service_arn(cluster.scope, cluster.name, model::service_of_group(task.group)));
  if (!service || service->deployments.size() < 2) return false;
  const auto& primary = service->deployments.front();
  std::int64_t running = 0;
  bool old = false;
  for (const auto& other : model.service_tasks(service->arn)) {
    if (other->desired_status != model::DesiredStatus::Running) continue;
    if (model::deployment_of(other->started_by) == primary.id) {
      running += other->last_status == model::TaskStatus::Running ? 1 : 0;
    } else if (!is_protected(*other, now)) {
      return false;
    } else {
      old = true;
    }
  }
  return old && running >= service->desired_count;
}

}  // namespace

api::ecs::GetTaskProtectionResponse get_task_protection(EcsContext&, store::Transaction& transaction,
                                                        const Caller& caller,
                                                        const api::ecs::GetTaskProtectionRequest& request) {
  rules::check_rules("GetTaskProtection", request);
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  const auto now = caller.now.control;
  api::ecs::GetTaskProtectionResponse response;
  auto& tasks = response.protected_tasks.emplace();
  auto& failures = response.failures.emplace();
  if (!request.tasks || request.tasks->empty()) {
    for (const auto& task : protected_tasks(transaction.model(), *cluster, now)) {
      tasks.push_back(shown(*task, now));
    }
    return response;
  }
  for (const auto& text : *request.tasks) {
    if (const auto task = find_service_task(transaction, *cluster, text, failures)) {
      tasks.push_back(shown(*task, now));
    }
  }
  return response;
}

api::ecs::UpdateTaskProtectionResponse update_task_protection(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::UpdateTaskProtectionRequest& request) {
  rules::check_rules("UpdateTaskProtection", request);
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  const auto now = caller.now.control;
  api::ecs::UpdateTaskProtectionResponse response;
  auto& tasks = response.protected_tasks.emplace();
  auto& failures = response.failures.emplace();
  for (const auto& text : *request.tasks) {
    const auto known = find_service_task(transaction, *cluster, text, failures);
    if (!known) continue;
    if (*request.protection_enabled && is_blocked(transaction.model(), *cluster, *known, now)) {
      failures.push_back(failure(known->arn, "DEPLOYMENT_BLOCKED"));
      continue;
    }
    auto task = *known;
    task.protected_until.reset();
    if (*request.protection_enabled) {
      task.protected_until =
          now + std::chrono::minutes(request.expires_in_minutes.value_or(kUsualTime.count()));
    }
    task.updated_at = now;
    tasks.push_back(shown(task, now));
    transaction.put(std::move(task));
  }
  return response;
}

}  // namespace slipway::services::ecs
