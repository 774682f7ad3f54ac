#include "services/ecs/service_launch.h"

#include <algorithm>
#include <map>

#include "services/ecs/task_factory.h"
#include "services/ecs/task_launch.h"
#include "services/ecs/task_placement.h"
#include "services/ecs/task_roles.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/scheduler/strategy.h"

namespace slipway::services::ecs {

namespace {

constexpr std::string_view kNoInstances = "No Container Instances were found in your cluster.";
constexpr const char* kMoreInformation =
    " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
constexpr const char* kNoneMet =
    "was unable to place a task because no container instance met all of its requirements. ";

// What a service launches now.
struct ServicePlan {
  TaskTemplate tasks;
  LaunchPlan launch;
  PlacementRules placement;
};

Caller service_caller(const model::Service& service, Now now) {
  Caller caller;
  caller.scope = service.scope;
  caller.principal_arn = model::service_linked_role_arn(service.scope);
  caller.now = now;
  return caller;
}

model::Tags launch_tags(const model::Service& service, const model::TaskDefinition& definition) {
  model::Tags tags;
  const auto& document = *service.document;
  if (document.propagate_tags == "SERVICE") tags = service.tags;
  if (document.propagate_tags == "TASK_DEFINITION") tags = definition.tags;
  if (document.enable_ecs_managed_tags.value_or(false)) {
    tags.push_back({"aws:ecs:clusterName", service.cluster});
    tags.push_back({"aws:ecs:serviceName", service.name});
  }
  return tags;
}

ServicePlan plan_launches(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                          const model::Service& service) {
  const auto& deployment = service.deployments.front();
  const auto& wanted = *service.document;
  const auto revision = transaction.find_revision(
      model::service_revision_arn(service.scope, service.cluster, service.name, deployment.id));
  ServicePlan plan;
  TaskTemplate& tasks = plan.tasks;
  tasks.cluster = transaction.find_cluster(model::cluster_arn(service.scope, service.cluster));
  tasks.definition = transaction.find_definition(deployment.definition_arn);
  if (!revision || !tasks.cluster || !tasks.definition) {
    throw api::ecs::client("TaskDefinition not found.");
  }
  const auto& document = *tasks.definition->document;
  tasks.network =
      plan_network(context, transaction, caller, document, revision->document->network_configuration);
  const LaunchRequest asked{wanted.launch_type, wanted.capacity_provider_strategy,
                            wanted.platform_version ? revision->document->platform_version : std::nullopt};
  plan.launch = plan_launch(*tasks.cluster, document, asked);
  plan.placement = {wanted.placement_constraints.value_or(std::vector<api::ecs::PlacementConstraint>{}),
                    wanted.placement_strategy.value_or(std::vector<api::ecs::PlacementStrategy>{})};
  tasks.type = plan.launch.type;
  tasks.platform_version = plan.launch.platform_version;
  tasks.size = checked_size(document, {}, tasks.type);
  check_roles(context, transaction, caller, roles_of(document, {}), false);
  tasks.enable_execute_command = wanted.enable_execute_command.value_or(false);
  tasks.group = model::service_group(service.name);
  tasks.started_by = model::deployment_name(deployment.id);
  tasks.tags = launch_tags(service, *tasks.definition);
  return plan;
}

// The provider of each new task, given what the service's tasks run on already.
std::vector<std::string> providers_for(const Strategy& strategy, const std::vector<model::TaskPtr>& present,
                                       std::size_t count) {
  if (strategy.empty()) return std::vector<std::string>(count);
  std::vector<scheduler::Share> shares;
  for (const auto& item : strategy) {
    const auto has = std::ranges::count_if(present, [&](const model::TaskPtr& task) {
      return task->desired_status == model::DesiredStatus::Running &&
             task->capacity_provider == *item.capacity_provider;
    });
    shares.push_back({*item.capacity_provider, *item.base, *item.weight, has});
  }
  return scheduler::distribute(shares, count);
}

// Spreads tasks over the subnets, and so over their zones: each goes where the service has the fewest.
class SubnetSpread final {
 public:
  SubnetSpread(const NetworkPlan& network, const std::vector<model::TaskPtr>& present) : network_(network) {
    for (const auto& task : present) {
      if (task->eni && task->desired_status == model::DesiredStatus::Running) ++counts_[task->eni->subnet_id];
    }
  }
  const model::Subnet* next(const model::ContainerInstance* instance) {
    const model::Subnet* subnet = pick_subnet(network_, 0, instance);
    if (!instance) {
      for (const auto& other : network_.subnets) {
        if (counts_[other.id] < counts_[subnet->id]) subnet = &other;
      }
    }
    if (subnet) ++counts_[subnet->id];
    return subnet;
  }

 private:
  const NetworkPlan& network_;
  std::map<std::string, std::size_t> counts_;
};

// control-plane.md 5.9.
std::string refusal_text(const api::ecs::Failure& failure) {
  static const std::map<std::string, const char*, std::less<>> kTexts{
      {"RESOURCE:CPU", "has insufficient CPU units available"},
      {"RESOURCE:MEMORY", "has insufficient memory available"},
      {"RESOURCE:PORTS", "is already using a port required by your task"},
      {"ATTRIBUTE", "is missing an attribute required by your task"}};
  const std::string reason = failure.reason.value_or("");
  const auto known = kTexts.find(reason);
  const std::string arn = failure.arn.value_or("");
  return std::string(kNoneMet) + "The closest matching (container-instance " +
         arn.substr(arn.rfind('/') + 1) + ") " +
         (known == kTexts.end() ? "encountered error \"" + reason + "\"" : known->second) + "." +
         kMoreInformation;
}

std::string error_text(const AwsError& error) {
  const std::string text = error.what();
  if (text == kNoInstances) return kNoneMet + ("Reason: " + text) + kMoreInformation;
  return "was unable to place a task. Reason: " + text + (text.ends_with('.') ? "" : ".");
}

}  // namespace

Launched launch_service_tasks(EcsContext& context, store::Transaction& transaction,
                              const model::Service& service, std::size_t count, Now now) {
  Launched launched;
  try {
    const Caller caller = service_caller(service, now);
    const ServicePlan plan = plan_launches(context, transaction, caller, service);
    const TaskTemplate& tasks = plan.tasks;
    std::vector<std::shared_ptr<const model::ContainerInstance>> instances(count);
    if (tasks.type != model::LaunchType::Fargate) {
      auto placed = place_on_instances(context, transaction, caller,
                                       {*tasks.cluster, *tasks.definition->document, plan.placement,
                                        tasks.size, tasks.group, tasks.type, count});
      instances = std::move(placed.instances);
      if (!placed.failures.empty()) launched.failure = refusal_text(placed.failures.front());
    }
    const auto present = transaction.model().service_tasks(service.arn);
    const auto providers = providers_for(plan.launch.strategy, present, instances.size());
    SubnetSpread subnets(tasks.network, present);
    for (std::size_t i = 0; i < instances.size(); ++i) {
      const model::ContainerInstance* instance = instances[i].get();
      auto task = make_task(context, caller, tasks, {providers[i], instance, subnets.next(instance)});
      launched.task_ids.push_back(task.id);
      transaction.put(std::move(task));
    }
  } catch (const AwsError& error) {
    if (error.status() >= 500) throw;
    launched.failure = error_text(error);
  }
  return launched;
}

}  // namespace slipway::services::ecs
