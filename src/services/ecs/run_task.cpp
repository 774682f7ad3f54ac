#include <optional>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/run_task_token.h"
#include "services/ecs/tag_rules.h"
#include "services/ecs/task.h"
#include "services/ecs/task_definition.h"
#include "services/ecs/task_factory.h"
#include "services/ecs/task_launch.h"
#include "services/ecs/task_lookup.h"
#include "services/ecs/task_placement.h"
#include "services/ecs/task_roles.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using DefinitionPtr = std::shared_ptr<const model::TaskDefinition>;

// The checked request.
struct RunPlan {
  TaskTemplate tasks;
  LaunchPlan launch;
  PlacementRules placement;
};

model::Tags task_tags(const model::Cluster& cluster, const model::TaskDefinition& definition,
                      const api::ecs::RunTaskRequest& request) {
  model::Tags tags;
  if (request.propagate_tags == "TASK_DEFINITION") tags = definition.tags;
  tags = merged_tags(std::move(tags), checked_tags(request.tags));
  if (too_many_tags(tags)) throw api::ecs::invalid_parameter(kTooManyTags);
  if (request.enable_ecs_managed_tags.value_or(false)) tags.push_back({"aws:ecs:clusterName", cluster.name});
  return tags;
}

// Only services have tasks in groups of that form.
std::string group_of(const model::TaskDefinition& definition, const api::ecs::RunTaskRequest& request) {
  if (request.group.value_or("").empty()) return "family:" + definition.family;
  if (request.group->starts_with("service:")) {
    throw api::ecs::invalid_parameter("Invalid namespace for group.");
  }
  return *request.group;
}

void check_public_ip(const NetworkPlan& network, model::LaunchType type) {
  if (network.configuration && network.configuration->assign_public_ip &&
      type != model::LaunchType::Fargate) {
    throw api::ecs::invalid_parameter("Assign public IP is not supported for this launch type.");
  }
}

// In ECS's order: task definition, network, launch type and provider, overrides, count
// (control-plane.md 6.1).
RunPlan plan_run(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                 const api::ecs::RunTaskRequest& request, ClusterPtr cluster) {
  RunPlan plan;
  TaskTemplate& tasks = plan.tasks;
  tasks.cluster = std::move(cluster);
  tasks.definition = resolve_task_definition(transaction, caller.scope, *request.task_definition);
  rules::check_rules_except("count", "RunTask", request);
  const auto& document = *tasks.definition->document;
  tasks.network = plan_network(context, transaction, caller, document, request.network_configuration);
  plan.launch =
      plan_launch(*tasks.cluster, document,
                  {request.launch_type, request.capacity_provider_strategy, request.platform_version});
  tasks.type = plan.launch.type;
  tasks.platform_version = plan.launch.platform_version;
  check_public_ip(tasks.network, tasks.type);
  plan.placement = {request.placement_constraints.value_or(std::vector<api::ecs::PlacementConstraint>{}),
                    request.placement_strategy.value_or(std::vector<api::ecs::PlacementStrategy>{})};
  check_placement(document, plan.placement, tasks.type);
  if (request.volume_configurations && !request.volume_configurations->empty()) {
    throw api::ecs::unsupported_feature("Slipway does not serve volumes configured at launch yet.");
  }
  const auto overrides = request.overrides.value_or(api::ecs::TaskOverride{});
  tasks.size = checked_size(document, overrides, tasks.type);
  tasks.overrides = kept_overrides(overrides);
  tasks.enable_execute_command = request.enable_execute_command.value_or(false);
  check_roles(context, transaction, caller, roles_of(document, overrides), tasks.enable_execute_command);
  rules::check_rules_of("count", "RunTask", request);
  plan.launch.share_out(static_cast<std::size_t>(request.count.value_or(1)));
  tasks.group = group_of(*tasks.definition, request);
  tasks.started_by = request.started_by.value_or("");
  tasks.tags = task_tags(*tasks.cluster, *tasks.definition, request);
  return plan;
}

}  // namespace

api::ecs::RunTaskResponse run_task(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                                   const api::ecs::RunTaskRequest& request) {
  auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  // The form of the request comes after the definition, but without a reference there is none to find.
  if (request.task_definition.value_or("").empty()) rules::check_rules("RunTask", request);
  if (auto again = replay_token(context, transaction, caller, request)) return std::move(*again);
  const auto plan = plan_run(context, transaction, caller, request, std::move(cluster));
  api::ecs::RunTaskResponse response;
  response.tasks.emplace();
  response.failures.emplace();
  const TaskTemplate& tasks = plan.tasks;
  const auto add = [&](std::size_t index, const model::ContainerInstance* instance) {
    const auto& providers = plan.launch.providers;
    const TaskPlace place{providers.empty() ? "" : providers[index], instance,
                          pick_subnet(tasks.network, index, instance)};
    auto task = make_task(context, caller, tasks, place);
    response.tasks->push_back(shown_task(context, task, true));
    transaction.put(std::move(task));
  };
  const auto count = static_cast<std::size_t>(request.count.value_or(1));
  if (tasks.type == model::LaunchType::Fargate) {
    for (std::size_t i = 0; i < count; ++i) add(i, nullptr);
  } else {
    auto placed = place_on_instances(context, transaction, caller,
                                     {*tasks.cluster, *tasks.definition->document, plan.placement, tasks.size,
                                      tasks.group, tasks.type, count});
    for (std::size_t i = 0; i < placed.instances.size(); ++i) add(i, placed.instances[i].get());
    response.failures = std::move(placed.failures);
  }
  warn_of_unsupported(transaction, caller, *tasks.definition, request);
  keep_token(transaction, caller, request, response);
  return response;
}

}  // namespace slipway::services::ecs
