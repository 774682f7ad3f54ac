#include "services/ecs/task_placement.h"

#include <algorithm>

#include "services/ecs/instance_stand_in.h"
#include "services/ecs/warning.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/scheduler/placement.h"

namespace slipway::services::ecs {

namespace {

using InstancePtr = std::shared_ptr<const model::ContainerInstance>;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

void check_expression(const std::string& expression) {
  if (scheduler::is_understood(expression)) return;
  throw api::ecs::invalid_parameter(
      "Invalid placement constraint expression '" + expression +
      "': Slipway serves single comparisons of attributes (==, !=, exists, in) so far.");
}

void check_strategy(const api::ecs::PlacementStrategy& strategy) {
  const auto field = strategy.field.value_or("");
  if (strategy.type == "random" && !field.empty()) {
    throw api::ecs::invalid_parameter("random field should not be specified");
  }
  if (strategy.type == "binpack" && lower(field) != "cpu" && lower(field) != "memory") {
    throw api::ecs::invalid_parameter("binpack field '" + field + "' is invalid");
  }
  if (strategy.type == "spread" && field != "instanceId" && field != "host" &&
      !(field.starts_with("attribute:") && field.size() > 10)) {
    throw api::ecs::invalid_parameter("spread field '" + field + "' is invalid");
  }
}

void check_constraint(const api::ecs::PlacementConstraint& constraint) {
  const auto expression = constraint.expression.value_or("");
  if (constraint.type == "distinctInstance") {
    if (!expression.empty())
      throw api::ecs::invalid_parameter("distinctInstance expression should not be specified");
  } else {
    check_expression(expression);
  }
}

// Instances of a cluster that has none: the local engine as one.
std::vector<InstancePtr> step_in(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                                 const PlacementRequest& wanted) {
  if (context.settings.strict || wanted.type == model::LaunchType::External) {
    throw api::ecs::invalid_parameter("No Container Instances were found in your cluster.");
  }
  auto instance = make_stand_in(context, wanted.cluster, caller.now.control);
  transaction.put(warning_of(
      caller, "local-instance", wanted.cluster.arn,
      "The cluster " + wanted.cluster.name +
          " has no container instances: the local engine steps in as one. AWS fails with 'No Container "
          "Instances were found in your cluster.'; register an instance there, or use Fargate."));
  transaction.put(instance);
  return {std::make_shared<const model::ContainerInstance>(std::move(instance))};
}

scheduler::Needs needs_of(const PlacementRequest& wanted) {
  const auto& definition = wanted.definition;
  scheduler::Needs needs;
  needs.cpu = wanted.size.cpu;
  needs.memory = wanted.size.memory;
  needs.gpus = wanted.size.gpus;
  for (const auto& container : *definition.container_definitions) {
    for (const auto& binding : fixed_bindings(definition, container)) {
      (binding.protocol == "udp" ? needs.ports.udp : needs.ports.tcp).insert(binding.host_port);
    }
  }
  if (definition.requires_attributes) {
    for (const auto& attribute : *definition.requires_attributes) {
      const auto name = attribute.name.value_or("");
      needs.attributes.push_back(attribute.value ? name + "=" + *attribute.value : name);
    }
  }
  if (const auto& platform = definition.runtime_platform) {
    if (platform->cpu_architecture) {
      needs.attributes.emplace_back("ecs.cpu-architecture=" + lower(*platform->cpu_architecture));
    }
    if (platform->operating_system_family) {
      const bool windows = platform->operating_system_family->starts_with("WINDOWS");
      needs.attributes.emplace_back(windows ? "ecs.os-type=windows" : "ecs.os-type=linux");
    }
  }
  if (definition.placement_constraints) {
    for (const auto& constraint : *definition.placement_constraints) {
      needs.member_of.push_back(constraint.expression.value_or(""));
    }
  }
  for (const auto& constraint : wanted.rules.constraints) {
    if (constraint.type == "distinctInstance") needs.distinct_instance = true;
    if (constraint.type == "memberOf") needs.member_of.push_back(constraint.expression.value_or(""));
  }
  return needs;
}

// Which of the wanted ports are taken on the engine; loopback ports that stand beside awsvpc tasks count too.
void add_taken(const store::Model& model, const std::string& engine, const scheduler::Ports& wanted,
               scheduler::Ports& taken) {
  for (const auto port : wanted.tcp) {
    if (model.port_taken(engine, "0.0.0.0", port, "tcp")) taken.tcp.insert(port);
  }
  for (const auto port : wanted.udp) {
    if (model.port_taken(engine, "0.0.0.0", port, "udp")) taken.udp.insert(port);
  }
}

scheduler::Candidate candidate_of(const store::Model& model, const model::ContainerInstance& instance,
                                  const scheduler::Needs& needs, const std::string& group) {
  const store::ResourceUse& use = model.resource_use(instance.engine_id);
  scheduler::Candidate candidate;
  candidate.arn = instance.arn;
  candidate.agent_connected = instance.agent_connected;
  candidate.cpu = instance.cpu - use.cpu;
  candidate.memory = instance.memory - use.memory;
  candidate.taken.tcp = reserved_ports();
  add_taken(model, instance.engine_id, needs.ports, candidate.taken);
  candidate.attributes = instance.attributes;
  if (needs.distinct_instance) {
    store::TaskQuery query;
    query.cluster_arn = model::cluster_arn(instance.scope, instance.cluster);
    query.group = group;
    query.instance_arn = instance.arn;
    query.limit = 1;
    candidate.group_tasks = model.tasks(query).size();
  }
  return candidate;
}

}  // namespace

void check_placement(const api::ecs::TaskDefinition& definition, const PlacementRules& rules,
                     model::LaunchType type) {
  if (type == model::LaunchType::Fargate) {
    if (!rules.constraints.empty()) {
      throw api::ecs::invalid_parameter("Placement constraints are not supported with FARGATE launch type.");
    }
    if (!rules.strategies.empty()) {
      throw api::ecs::invalid_parameter("Placement strategies are not supported with FARGATE launch type.");
    }
    return;
  }
  for (const auto& strategy : rules.strategies) check_strategy(strategy);
  for (const auto& constraint : rules.constraints) check_constraint(constraint);
  if (definition.placement_constraints) {
    for (const auto& constraint : *definition.placement_constraints) {
      check_expression(constraint.expression.value_or(""));
    }
  }
}

std::vector<model::PortBinding> fixed_bindings(const api::ecs::TaskDefinition& definition,
                                               const api::ecs::ContainerDefinition& container) {
  std::vector<model::PortBinding> bindings;
  const auto mode = definition.network_mode.value_or("bridge");
  if ((mode != "bridge" && mode != "host") || !container.port_mappings) return bindings;
  for (const auto& mapping : *container.port_mappings) {
    const auto container_port = mapping.container_port.value_or(0);
    const auto host_port =
        mode == "host" ? mapping.host_port.value_or(container_port) : mapping.host_port.value_or(0);
    if (host_port <= 0) continue;
    auto& binding = bindings.emplace_back();
    binding.bind_ip = "0.0.0.0";
    binding.container_port = static_cast<std::uint16_t>(container_port);
    binding.host_port = static_cast<std::uint16_t>(host_port);
    binding.protocol = mapping.protocol.value_or("tcp");
  }
  return bindings;
}

Placed place_on_instances(EcsContext& context, store::Transaction& transaction, const Caller& caller,
                          const PlacementRequest& wanted) {
  const auto& model = transaction.model();
  auto instances = model.instances(wanted.cluster.arn);
  std::erase_if(instances, [&](const InstancePtr& instance) {
    return instance->status != model::InstanceStatus::Active ||
           (wanted.type == model::LaunchType::External && instance->local_stand_in);
  });
  if (instances.empty()) instances = step_in(context, transaction, caller, wanted);
  const auto needs = needs_of(wanted);
  std::vector<scheduler::Candidate> candidates;
  candidates.reserve(instances.size());
  for (const auto& instance : instances) {
    candidates.push_back(candidate_of(model, *instance, needs, wanted.group));
  }
  const auto placement = scheduler::place(std::move(candidates), needs, wanted.count);
  Placed placed;
  for (const auto& arn : placement.arns) {
    const auto same = [&](const InstancePtr& instance) { return instance->arn == arn; };
    placed.instances.push_back(*std::find_if(instances.begin(), instances.end(), same));
  }
  for (const auto& refusal : placement.refusals) {
    auto& failure = placed.failures.emplace_back();
    failure.arn = refusal.arn;
    failure.reason = refusal.reason;
  }
  return placed;
}

}  // namespace slipway::services::ecs
