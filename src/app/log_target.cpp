#include "app/log_target.h"

#include <algorithm>

#include "slipway/base/error.h"

namespace slipway::app {
namespace {

constexpr std::size_t kPage = 1000;

[[noreturn]] void not_found(const std::string& text) { throw AwsError("NotFound", text, 404); }
[[noreturn]] void refuse(const std::string& text) { throw AwsError("BadRequest", text, 400); }

std::string last_part(const std::string& name_or_arn) {
  return name_or_arn.substr(name_or_arn.rfind('/') + 1);
}

std::vector<std::shared_ptr<const model::Cluster>> clusters_of(const store::Model& model,
                                                               const LogQuestion& question) {
  std::vector<std::shared_ptr<const model::Cluster>> out;
  for (const auto& cluster : model.all_clusters()) {
    const bool named = question.cluster.empty() || question.cluster == cluster->arn ||
                       (!question.cluster.starts_with("arn:") && question.cluster == cluster->name);
    const bool there = question.region.empty() || question.region == cluster->scope.region;
    if (named && there) out.push_back(cluster);
  }
  return out;
}

// Calls `visit` for the tasks that `query` asks for, whatever state they are wanted in, until it returns
// false.
template <class Visit>
void visit_tasks(const store::Model& model, store::TaskQuery query, Visit visit) {
  const std::string first = query.after_arn;
  for (const auto desired : {model::DesiredStatus::Running, model::DesiredStatus::Stopped}) {
    query.desired = desired;
    query.after_arn = first;
    query.limit = kPage;
    for (bool more = true; more;) {
      const auto page = model.tasks(query);
      for (auto task = page.begin(); more && task != page.end(); ++task) more = visit(*task);
      more = more && page.size() == kPage;
      if (more) query.after_arn = page.back()->arn;
    }
  }
}

LogTarget service_in(const model::Cluster& cluster, const std::string& name) {
  LogTarget target;
  target.cluster_arn = cluster.arn;
  target.service = name;
  target.service_arn = model::service_arn(cluster.scope, cluster.name, name);
  return target;
}

LogTarget task_in(const std::string& cluster_arn, const std::string& task_arn) {
  LogTarget target;
  target.cluster_arn = cluster_arn;
  target.task_arn = task_arn;
  return target;
}

bool is_service(const store::Model& model, const LogTarget& target) {
  if (model.find_service(target.service_arn)) return true;
  bool found = false;
  store::TaskQuery query;
  query.cluster_arn = target.cluster_arn;
  query.group = "service:" + target.service;
  visit_tasks(model, query, [&found](const model::TaskPtr&) {
    found = true;
    return false;
  });
  return found;
}

// Tasks of the cluster whose id begins with `prefix`; two are enough to know that it is not unique.
void add_tasks(const store::Store& store, const model::Cluster& cluster, const std::string& prefix,
               std::vector<LogTarget>& found) {
  const std::string arn = model::task_arn(cluster.scope, cluster.name, prefix);
  if (store.find_task(arn)) {
    found.push_back(task_in(cluster.arn, arn));
    return;
  }
  store::TaskQuery query;
  query.cluster_arn = cluster.arn;
  query.after_arn = arn;
  visit_tasks(store.model(), query, [&](const model::TaskPtr& task) {
    if (!task->arn.starts_with(arn)) return false;
    if (found.empty() || found.back().task_arn != task->arn) found.push_back(task_in(cluster.arn, task->arn));
    return found.size() < 2;
  });
}

LogTarget by_arn(const store::Store& store, const std::string& text) {
  const auto arn = model::Arn::parse(text);
  const std::string rest(arn ? arn->rest() : "");
  const std::size_t slash = rest.find('/');
  const bool known = arn && arn->service == "ecs" && (arn->type() == "task" || arn->type() == "service");
  if (!known || slash == std::string::npos) {
    refuse("'" + text + "' is no ARN of a task or a service; `slipway status` lists what runs");
  }
  const model::Scope scope{arn->account, arn->region};
  const std::string cluster_arn = model::cluster_arn(scope, rest.substr(0, slash));
  if (arn->type() == "task") {
    if (!store.find_task(text)) not_found("there is no task '" + text + "'; `slipway status` lists all");
    return task_in(cluster_arn, text);
  }
  const auto cluster = store.model().find_cluster(cluster_arn);
  LogTarget target;
  if (cluster) target = service_in(*cluster, rest.substr(slash + 1));
  if (!cluster || !is_service(store.model(), target)) {
    not_found("there is no service '" + text + "'; `slipway status` lists what runs");
  }
  return target;
}

std::string place_of(const store::Model& model, const LogTarget& target) {
  const auto cluster = model.find_cluster(target.cluster_arn);
  return cluster ? cluster->name + " (" + cluster->scope.region + ", " + cluster->scope.account + ")" : "";
}

LogTarget only_one(const store::Model& model, const std::string& text, const std::vector<LogTarget>& found) {
  if (found.size() == 1) return found.front();
  if (found.front().service.empty()) {
    refuse("the ids of several tasks begin with '" + text + "'; give more of it, or the ARN");
  }
  std::string places;
  for (const LogTarget& target : found) places += (places.empty() ? "" : ", ") + place_of(model, target);
  refuse("there is a service '" + text + "' in several clusters: " + places +
         "; give --cluster or --region, or the ARN");
}

LogTarget by_name(const store::Store& store, const LogQuestion& question) {
  const store::Model& model = store.model();
  const auto clusters = clusters_of(model, question);
  if (clusters.empty() && !question.cluster.empty()) {
    not_found("there is no cluster '" + question.cluster + "'; `slipway status` lists all");
  }
  std::vector<LogTarget> found;
  for (const auto& cluster : clusters) {
    LogTarget target = service_in(*cluster, question.target);
    if (is_service(model, target)) found.push_back(std::move(target));
  }
  if (!found.empty()) return only_one(model, question.target, found);
  for (const auto& cluster : clusters) add_tasks(store, *cluster, question.target, found);
  if (found.empty()) {
    not_found("there is no service or task '" + question.target + "'" +
              (question.cluster.empty() ? "" : " in cluster '" + last_part(question.cluster) + "'") +
              "; `slipway status` lists what runs");
  }
  return only_one(model, question.target, found);
}

// Fails when the target's tasks are known and none has a container of that name.
void check_container(const store::Store& store, const LogTarget& target) {
  std::vector<std::string> names;
  for (const auto& task : tasks_of(store, target)) {
    for (const model::Container& container : task->containers) {
      if (container.name == target.container) return;
      if (!model::is_internal(container)) names.push_back(container.name);
    }
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  if (!names.empty()) not_found("there is no container '" + target.container + "' there, only " + list);
}

}  // namespace

LogTarget find_log_target(const store::Store& store, const LogQuestion& question) {
  if (question.target.empty())
    refuse("say whose output: arn= takes the ARN or name of a service, or the ARN or id of a task");
  LogTarget target =
      question.target.starts_with("arn:") ? by_arn(store, question.target) : by_name(store, question);
  target.container = question.container;
  if (!target.container.empty()) check_container(store, target);
  return target;
}

std::vector<model::TaskPtr> tasks_of(const store::Store& store, const LogTarget& target) {
  std::vector<model::TaskPtr> out;
  if (target.service.empty()) {
    if (auto task = store.find_task(target.task_arn)) out.push_back(std::move(task));
    return out;
  }
  store::TaskQuery query;
  query.cluster_arn = target.cluster_arn;
  query.group = "service:" + target.service;
  visit_tasks(store.model(), query, [&out](const model::TaskPtr& task) {
    if (out.empty() || out.back()->arn != task->arn) out.push_back(task);
    return true;
  });
  std::ranges::sort(out, {}, [](const model::TaskPtr& task) { return std::string_view(task->arn); });
  return out;
}

std::vector<const model::Container*> containers_of(const model::Task& task, const LogTarget& target) {
  std::vector<const model::Container*> out;
  for (const model::Container& container : task.containers) {
    const bool wanted = target.container.empty() || target.container == container.name;
    const bool there = !container.runtime_id.empty() && !container.removed;
    if (wanted && there && !model::is_internal(container)) out.push_back(&container);
  }
  return out;
}

bool is_over(const store::Store& store, const LogTarget& target) {
  if (!target.service.empty()) {
    const auto service = store.model().find_service(target.service_arn);
    if (service && service->status != model::ServiceStatus::Inactive) return false;
  }
  return std::ranges::all_of(tasks_of(store, target), [](const model::TaskPtr& task) {
    return task->last_status == model::TaskStatus::Stopped;
  });
}

}  // namespace slipway::app
