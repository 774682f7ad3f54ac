#include "services/ecs/instance.h"

#include <algorithm>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/instance_view.h"
#include "services/ecs/json_reply.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

InstanceParts parts_of(const std::optional<std::vector<std::string>>& include) {
  InstanceParts parts;
  if (!include) return parts;
  const auto has = [&](const char* word) {
    return std::find(include->begin(), include->end(), word) != include->end();
  };
  parts.tags = has("TAGS");
  parts.health = has("CONTAINER_INSTANCE_HEALTH");
  return parts;
}

// Whether a listing of that status (absent: every one but INACTIVE) shows an instance in this state.
bool is_listed(model::InstanceStatus status, const std::optional<std::string>& wanted) {
  if (!wanted) return status != model::InstanceStatus::Inactive;
  if (*wanted == "ACTIVE") return status == model::InstanceStatus::Active;
  return *wanted == "DRAINING" && status == model::InstanceStatus::Draining;
}

}  // namespace

Reply describe_container_instances(EcsContext& context, const Caller& caller,
                                   const api::ecs::DescribeContainerInstancesRequest& request) {
  const auto& model = context.store.model();
  const auto cluster = get_cluster(model, caller.scope, request.cluster);
  rules::check_rules("DescribeContainerInstances", request);
  const auto parts = parts_of(request.include);
  JsonReply reply;
  std::vector<std::string> missing;
  std::vector<std::string> shown;
  reply.begin("containerInstances");
  for (const auto& text : *request.container_instances) {
    const auto id = id_in_cluster(*cluster, "container-instance", text);
    auto arn = id ? model::container_instance_arn(cluster->scope, cluster->name, *id) : text;
    const auto instance = id ? model.find_instance(arn) : nullptr;
    if (!instance) {
      missing.push_back(std::move(arn));
    } else if (std::find(shown.begin(), shown.end(), arn) == shown.end()) {
      const auto [running, pending] = model.instance_tasks(arn);
      const InstanceLoad load{model.resource_use(instance->engine_id), running, pending};
      reply.add(protocol::to_json(instance_view(*instance, load, parts)));
      shown.push_back(std::move(arn));
    }
  }
  reply.begin("failures");
  for (const auto& arn : missing) reply.add_failure(arn, "MISSING");
  return Reply::json(reply.finish());
}

Reply list_container_instances(EcsContext& context, const Caller& caller,
                               const api::ecs::ListContainerInstancesRequest& request) {
  const auto& model = context.store.model();
  const auto cluster = get_cluster(model, caller.scope, request.cluster);
  rules::check_rules("ListContainerInstances", request);
  if (!request.filter.value_or("").empty()) {
    throw api::ecs::invalid_parameter(
        "Slipway does not serve filter expressions of ListContainerInstances yet.");
  }
  const PageContext page{"ListContainerInstances", caller.scope,
                         filter_hash({cluster->name, request.status.value_or("")})};
  const auto after = request.next_token ? parse_page_token(page, *request.next_token) : std::string{};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(100));
  std::vector<std::string> arns;
  for (const auto& instance : model.instances(cluster->arn)) {
    if (instance->arn > after && is_listed(instance->status, request.status)) arns.push_back(instance->arn);
  }
  JsonReply reply;
  reply.begin("containerInstanceArns");
  for (std::size_t i = 0; i < std::min(limit, arns.size()); ++i) reply.add_string(arns[i]);
  if (arns.size() > limit) reply.next_token(make_page_token(page, arns[limit - 1]));
  return Reply::json(reply.finish());
}

}  // namespace slipway::services::ecs
