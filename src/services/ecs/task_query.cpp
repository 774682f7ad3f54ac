#include <algorithm>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/fragment_cache.h"
#include "services/ecs/json_reply.h"
#include "services/ecs/service_lookup.h"
#include "services/ecs/task.h"
#include "services/ecs/task_lookup.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

bool contains(const std::vector<model::TaskPtr>& tasks, const model::Task* task) {
  return std::any_of(tasks.begin(), tasks.end(), [&](const auto& known) { return known.get() == task; });
}

// Whether `text` is the ARN of a task of the cluster in today's form, so that it need not be taken apart.
// `prefix` is the part before the id.
bool is_plain_arn(const std::string& prefix, const std::string& text) {
  return text.size() == prefix.size() + 32 && text.starts_with(prefix) &&
         text.find_first_of("/:", prefix.size()) == std::string::npos;
}

void check_filters(const api::ecs::ListTasksRequest& request) {
  const bool others = request.container_instance || request.family || request.service_name ||
                      request.launch_type || request.daemon_name;
  if (request.started_by && others) {
    throw api::ecs::invalid_parameter("startedBy cannot be combined with other filters.");
  }
  // Daemons come with their own issue: until then there are none.
  if (request.daemon_name) throw api::ecs::invalid_parameter("The specified daemon was not found.");
}

std::string instance_filter(const EcsContext& context, const model::Cluster& cluster,
                            const std::string& text) {
  const auto id = id_in_cluster(cluster, "container-instance", text);
  if (id) {
    auto arn = model::container_instance_arn(cluster.scope, cluster.name, *id);
    if (context.store.model().find_instance(arn)) return arn;
  }
  throw api::ecs::invalid_parameter("The referenced container instance was not found.");
}

// The group of the service's tasks; of one that is INACTIVE there are none to be listed.
std::string service_filter(const EcsContext& context, const model::Cluster& cluster,
                           const std::string& text) {
  const auto arn = service_arn_in(cluster, text);
  const auto service = arn ? context.store.model().find_service(*arn) : nullptr;
  if (!service || service->status == model::ServiceStatus::Inactive) {
    throw api::ecs::service_not_found("Service not found.");
  }
  return model::service_group(service->name);
}

// Launch types that no task can have (MANAGED_INSTANCES), and the desired status that no task ever has.
bool matches_nothing(const api::ecs::ListTasksRequest& request) {
  return request.desired_status == "PENDING" ||
         (request.launch_type && !model::parse_launch_type(*request.launch_type));
}

std::vector<model::TaskPtr> query(const EcsContext& context, const model::Cluster& cluster,
                                  const api::ecs::ListTasksRequest& request, store::TaskQuery query) {
  query.cluster_arn = cluster.arn;
  if (request.desired_status == "STOPPED") query.desired = model::DesiredStatus::Stopped;
  query.family = request.family.value_or("");
  query.started_by = request.started_by.value_or("");
  if (request.container_instance) {
    query.instance_arn = instance_filter(context, cluster, *request.container_instance);
  }
  if (request.service_name) query.group = service_filter(context, cluster, *request.service_name);
  if (matches_nothing(request)) return {};
  if (request.launch_type) query.launch_type = model::parse_launch_type(*request.launch_type);
  return context.store.model().tasks(query);
}

}  // namespace

Reply describe_tasks(EcsContext& context, const Caller& caller,
                     const api::ecs::DescribeTasksRequest& request) {
  const auto cluster = get_cluster(context.store.model(), caller.scope, request.cluster);
  rules::check_rules("DescribeTasks", request);
  const bool tags = request.include && !request.include->empty();
  const auto prefix = model::task_arn(cluster->scope, cluster->name, "");
  std::vector<model::TaskPtr> found;
  std::vector<std::string> missing;
  for (const auto& text : *request.tasks) {
    const auto arn = is_plain_arn(prefix, text) ? std::optional(text) : task_arn_in(*cluster, text);
    auto task = arn ? context.store.find_task(*arn) : nullptr;
    if (!task) {
      missing.push_back(arn && !text.starts_with("arn:") ? *arn : text);
    } else if (!contains(found, task.get())) {
      found.push_back(std::move(task));
    }
  }
  JsonReply reply;
  reply.begin("tasks");
  for (const auto& task : found) {
    const auto& text = context.fragments.get(
        task, tags ? 1 : 0, {}, [&] { return protocol::to_json(shown_task(context, *task, tags)); });
    if (task == found.front()) reply.expect(found.size(), text.size());
    reply.add(text);
  }
  reply.begin("failures");
  for (const auto& arn : missing) reply.add_failure(arn, "MISSING");
  return Reply::json(reply.finish());
}

Reply list_tasks(EcsContext& context, const Caller& caller, const api::ecs::ListTasksRequest& request) {
  const auto cluster = get_cluster(context.store.model(), caller.scope, request.cluster);
  rules::check_rules("ListTasks", request);
  check_filters(request);
  const auto text = [](const std::optional<std::string>& value) {
    return value ? std::string_view(*value) : std::string_view();
  };
  const PageContext page{"ListTasks", caller.scope,
                         filter_hash({cluster->name, text(request.container_instance), text(request.family),
                                      text(request.started_by), text(request.desired_status),
                                      text(request.launch_type), text(request.service_name)})};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(100));
  store::TaskQuery start;
  start.limit = limit + 1;
  if (request.next_token) start.after_arn = parse_page_token(page, *request.next_token);
  const auto tasks = query(context, *cluster, request, std::move(start));
  JsonReply reply;
  reply.begin("taskArns");
  if (!tasks.empty()) reply.expect(std::min(limit, tasks.size()), tasks.front()->arn.size() + 2);
  for (std::size_t i = 0; i < std::min(limit, tasks.size()); ++i) reply.add_string(tasks[i]->arn);
  if (tasks.size() > limit) reply.next_token(make_page_token(page, tasks[limit - 1]->arn));
  return Reply::json(reply.finish());
}

}  // namespace slipway::services::ecs
