#include "services/ecs/tag.h"

#include <algorithm>
#include <functional>

#include "services/ecs/tag_rules.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using Change = std::function<model::Tags(model::Tags)>;

[[noreturn]] void throw_not_found(std::string_view what) {
  throw api::ecs::invalid_parameter("The specified " + std::string(what) + " was not found.");
}

// Calls `visit` with the resource (a shared_ptr to const); throws when it cannot have tags now.
template <class Visit>
void visit_resource(const store::Transaction& transaction, const model::Scope& scope, const std::string& text,
                    const Visit& visit) {
  const auto arn = model::Arn::parse(text);
  if (!arn || arn->service != "ecs") {
    throw api::ecs::invalid_parameter("Invalid identifier: " + text + " is not an ARN of Amazon ECS");
  }
  const auto type = arn->type();
  const bool ours = arn->account == scope.account && arn->region == scope.region;
  if (type == "cluster") {
    const auto cluster = ours ? transaction.find_cluster(text) : nullptr;
    if (!cluster) throw api::ecs::cluster_not_found("Cluster not found.");
    if (cluster->status == model::ClusterStatus::Inactive) {
      throw api::ecs::invalid_parameter(
          "The specified cluster is inactive. Specify an active cluster and try again.");
    }
    visit(cluster);
  } else if (type == "task-definition") {
    const auto definition = ours ? transaction.find_definition(text) : nullptr;
    if (!definition) throw_not_found("task definition");
    visit(definition);
  } else if (type == "task") {
    const auto task = ours ? transaction.find_task(text) : nullptr;
    if (!task) throw_not_found("task");
    if (task->last_status == model::TaskStatus::Stopped) {
      throw api::ecs::invalid_parameter(
          "The specified task is stopped. Specify a running task and try again.");
    }
    visit(task);
  } else if (type == "container-instance") {
    const auto instance = ours ? transaction.find_instance(text) : nullptr;
    if (!instance) throw_not_found("container instance");
    visit(instance);
  } else if (type == "service") {
    const auto service = ours ? transaction.find_service(text) : nullptr;
    if (!service || service->status == model::ServiceStatus::Inactive) throw_not_found("service");
    visit(service);
  } else if (type == "capacity-provider" || type == "task-set" || type == "daemon") {
    // Taggable on AWS; here there are none before their issues land.
    throw_not_found(type);
  } else {
    throw api::ecs::invalid_parameter("Invalid identifier: Unsupported resource type");
  }
}

void change_tags(store::Transaction& transaction, const Caller& caller, const std::string& arn,
                 const Change& change) {
  visit_resource(transaction, caller.scope, arn, [&](const auto& resource) {
    auto changed = *resource;
    changed.tags = change(changed.tags);
    if (changed.tags != resource->tags) transaction.put(std::move(changed));
  });
}

}  // namespace

api::ecs::TagResourceResponse tag_resource(EcsContext&, store::Transaction& transaction, const Caller& caller,
                                           const api::ecs::TagResourceRequest& request) {
  rules::check_rules("TagResource", request);
  const auto given = checked_tags(request.tags);
  change_tags(transaction, caller, *request.resource_arn, [&](model::Tags tags) {
    tags = merged_tags(std::move(tags), given);
    if (too_many_tags(tags)) throw api::ecs::limit_exceeded(kTooManyTags);
    return tags;
  });
  return {};
}

api::ecs::UntagResourceResponse untag_resource(EcsContext&, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::UntagResourceRequest& request) {
  rules::check_rules("UntagResource", request);
  const auto& keys = *request.tag_keys;
  for (const auto& key : keys) {
    if (is_system_tag(model::Tag{key, {}})) {
      throw api::ecs::invalid_parameter("Tag keys starting with 'aws:' are reserved for system use: " + key);
    }
  }
  change_tags(transaction, caller, *request.resource_arn, [&](model::Tags tags) {
    std::erase_if(
        tags, [&](const auto& tag) { return std::find(keys.begin(), keys.end(), tag.key) != keys.end(); });
    return tags;
  });
  return {};
}

api::ecs::ListTagsForResourceResponse list_tags_for_resource(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListTagsForResourceRequest& request) {
  rules::check_rules("ListTagsForResource", request);
  api::ecs::ListTagsForResourceResponse response;
  visit_resource(transaction, caller.scope, *request.resource_arn,
                 [&](const auto& resource) { response.tags = tags_view(resource->tags); });
  return response;
}

}  // namespace slipway::services::ecs
