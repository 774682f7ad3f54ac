#include <optional>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/run_task_launch.h"
#include "services/ecs/run_task_network.h"
#include "services/ecs/run_task_placement.h"
#include "services/ecs/run_task_roles.h"
#include "services/ecs/run_task_size.h"
#include "services/ecs/run_task_token.h"
#include "services/ecs/tag_rules.h"
#include "services/ecs/task.h"
#include "services/ecs/task_definition.h"
#include "services/ecs/task_lookup.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using DefinitionPtr = std::shared_ptr<const model::TaskDefinition>;

// The checked request: what all of its tasks have in common.
struct RunPlan {
  ClusterPtr cluster;
  DefinitionPtr definition;
  NetworkPlan network;
  LaunchPlan launch;
  TaskSize size;
  std::string group;
  model::Tags tags;
  std::shared_ptr<const api::ecs::TaskOverride> overrides;
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
  plan.cluster = std::move(cluster);
  plan.definition = resolve_task_definition(transaction, caller.scope, *request.task_definition);
  rules::check_rules_except("count", "RunTask", request);
  const auto& document = *plan.definition->document;
  plan.network = plan_network(context, transaction, caller, document, request.network_configuration);
  plan.launch = plan_launch(*plan.cluster, document, request);
  check_public_ip(plan.network, plan.launch.type);
  check_placement(document, request, plan.launch.type);
  if (request.volume_configurations && !request.volume_configurations->empty()) {
    throw api::ecs::unsupported_feature("Slipway does not serve volumes configured at launch yet.");
  }
  const auto overrides = request.overrides.value_or(api::ecs::TaskOverride{});
  plan.size = checked_size(document, overrides, plan.launch.type);
  plan.overrides = kept_overrides(overrides);
  check_roles(context, transaction, caller, document, request);
  rules::check_rules_of("count", "RunTask", request);
  plan.launch.share_out(static_cast<std::size_t>(request.count.value_or(1)));
  plan.group = group_of(*plan.definition, request);
  plan.tags = task_tags(*plan.cluster, *plan.definition, request);
  return plan;
}

// The subnet of the `index`-th task: in the instance's zone where there is one, else round robin.
const model::Subnet& pick_subnet(const NetworkPlan& network, std::size_t index,
                                 const model::ContainerInstance* instance) {
  if (instance) {
    for (const auto& subnet : network.subnets) {
      if (subnet.availability_zone == instance->availability_zone) return subnet;
    }
  }
  return network.subnets[index % network.subnets.size()];
}

void set_network(model::Task& task, const NetworkPlan& network, const model::Subnet& subnet, IdSource& ids) {
  auto& eni = task.eni.emplace();
  eni.attachment_id = ids.uuid();
  eni.interface_id = "eni-" + ids.hex(17);  // shown once it is created
  eni.subnet_id = subnet.id;
  eni.vpc_id = subnet.vpc_id;
  task.network_configuration = network.configuration;
  // A task on an instance is in the instance's zone: the local stand-in serves the subnets of every zone.
  if (task.instance_arn.empty()) task.availability_zone = subnet.availability_zone;
  task.last_status = model::TaskStatus::Provisioning;
}

std::vector<model::Container> make_containers(const api::ecs::TaskDefinition& definition, IdSource& ids) {
  std::vector<model::Container> containers;
  for (const auto& own : *definition.container_definitions) {
    auto& container = containers.emplace_back();
    container.name = own.name.value_or("");
    container.id = ids.uuid();
    container.bindings = fixed_bindings(definition, own);
  }
  return containers;
}

model::Task make_task(EcsContext& context, const Caller& caller, const api::ecs::RunTaskRequest& request,
                      const RunPlan& plan, std::size_t index, const model::ContainerInstance* instance) {
  model::Task task;
  task.scope = caller.scope;
  task.cluster = plan.cluster->name;
  task.id = context.ids.hex(32);
  task.arn = model::task_arn(task.scope, task.cluster, task.id);
  task.definition_arn = plan.definition->arn;
  task.engine_id = instance ? instance->engine_id : context.engine.id;
  task.group = plan.group;
  task.started_by = request.started_by.value_or("");
  if (!plan.launch.providers.empty()) task.capacity_provider = plan.launch.providers[index];
  task.platform_version = plan.launch.platform_version;
  task.launch_type = plan.launch.type;
  task.network_mode = plan.network.mode;
  if (instance) {
    task.instance_arn = instance->arn;
    task.availability_zone = instance->availability_zone;
  }
  task.cpu = std::to_string(plan.size.cpu);
  task.memory = std::to_string(plan.size.memory);
  task.reserved_cpu = plan.size.cpu;
  task.reserved_memory = plan.size.memory;
  task.ephemeral_storage_gib = plan.size.ephemeral_storage_gib;
  task.enable_execute_command = request.enable_execute_command.value_or(false);
  if (!plan.network.subnets.empty()) {
    set_network(task, plan.network, pick_subnet(plan.network, index, instance), context.ids);
  }
  task.overrides = plan.overrides;
  task.containers = make_containers(*plan.definition->document, context.ids);
  task.tags = plan.tags;
  task.created_at = task.updated_at = caller.now.control;
  return task;
}

void add_task(EcsContext& context, store::Transaction& transaction, api::ecs::RunTaskResponse& response,
              model::Task task) {
  response.tasks->push_back(shown_task(context, task, true));
  transaction.put(std::move(task));
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
  if (plan.launch.type == model::LaunchType::Fargate) {
    const auto count = static_cast<std::size_t>(request.count.value_or(1));
    for (std::size_t i = 0; i < count; ++i) {
      add_task(context, transaction, response, make_task(context, caller, request, plan, i, nullptr));
    }
  } else {
    const PlacementRequest wanted{*plan.cluster,   *plan.definition->document, request, plan.size, plan.group,
                                  plan.launch.type};
    auto placed = place_on_instances(context, transaction, caller, wanted);
    for (std::size_t i = 0; i < placed.instances.size(); ++i) {
      add_task(context, transaction, response,
               make_task(context, caller, request, plan, i, placed.instances[i].get()));
    }
    response.failures = std::move(placed.failures);
  }
  warn_of_unsupported(transaction, caller, *plan.definition, request);
  keep_token(transaction, caller, request, response);
  return response;
}

}  // namespace slipway::services::ecs
