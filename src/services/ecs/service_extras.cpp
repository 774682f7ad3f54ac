#include "services/ecs/service_extras.h"

#include <algorithm>
#include <set>

#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using LoadBalancers = std::vector<api::ecs::LoadBalancer>;

[[noreturn]] void refuse(const std::string& what) {
  throw api::ecs::unsupported_feature("Slipway does not serve " + what + " yet.");
}

template <class T>
bool has_items(const std::optional<std::vector<T>>& list) {
  return list && !list->empty();
}

const api::ecs::ContainerDefinition* find_container(const api::ecs::TaskDefinition& definition,
                                                    const std::string& name) {
  for (const auto& container : *definition.container_definitions) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

void check_kinds(const LoadBalancers& balancers) {
  for (const auto& balancer : balancers) {
    if (balancer.load_balancer_name && balancer.target_group_arn) {
      throw api::ecs::invalid_parameter(
          "loadBalancerName and targetGroupArn cannot both be specified. You must specify either a "
          "loadBalancerName or a targetGroupArn.");
    }
    if (balancer.load_balancer_name && balancer.advanced_configuration) {
      throw api::ecs::invalid_parameter(
          "advancedConfiguration field is not allowed with ELBv1 loadBalancers");
    }
  }
  const auto classic =
      std::ranges::count_if(balancers, [](const auto& b) { return b.load_balancer_name.has_value(); });
  if (classic != 0 && static_cast<std::size_t>(classic) != balancers.size()) {
    throw api::ecs::invalid_parameter(
        "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining "
        "targetGroupArn)");
  }
  const auto advanced =
      std::ranges::count_if(balancers, [](const auto& b) { return b.advanced_configuration.has_value(); });
  if (advanced != 0 && static_cast<std::size_t>(advanced) != balancers.size()) {
    throw api::ecs::invalid_parameter(
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined");
  }
}

void check_target(const api::ecs::LoadBalancer& balancer, const api::ecs::TaskDefinition& definition) {
  const auto name = balancer.container_name.value_or("");
  const auto* container = find_container(definition, name);
  if (!container) {
    throw api::ecs::invalid_parameter("The container " + name + " does not exist in the task definition.");
  }
  const auto port = balancer.container_port.value_or(0);
  const auto& mappings = container->port_mappings;
  if (!mappings || std::ranges::none_of(*mappings, [&](const auto& m) { return m.container_port == port; })) {
    throw api::ecs::invalid_parameter("The container " + name + " did not have a container port " +
                                      std::to_string(port) + " defined.");
  }
}

void check_load_balancers(const LoadBalancers& balancers, const api::ecs::TaskDefinition& definition,
                          model::LaunchType type) {
  check_kinds(balancers);
  if (type == model::LaunchType::Fargate && balancers.front().load_balancer_name) {
    throw api::ecs::invalid_parameter("Classic Load Balancers are not supported with Fargate");
  }
  std::set<std::string> groups;
  for (const auto& balancer : balancers) {
    if (balancer.target_group_arn && !groups.insert(*balancer.target_group_arn).second) {
      throw api::ecs::invalid_parameter("Duplicate targetGroupArn found: " + *balancer.target_group_arn);
    }
    check_target(balancer, definition);
  }
}

void check_volumes(const std::vector<api::ecs::ServiceVolumeConfiguration>& volumes,
                   const api::ecs::TaskDefinition& definition) {
  for (const auto& wanted : volumes) {
    const auto same = [&](const auto& volume) { return volume.name == wanted.name; };
    if (!definition.volumes || std::ranges::none_of(*definition.volumes, same)) {
      throw api::ecs::invalid_parameter("The volume name '" + wanted.name.value_or("") +
                                        "' in your request does not have a matching volume in your Task "
                                        "Definition");
    }
  }
}

bool has_named_port(const api::ecs::TaskDefinition& definition, const std::optional<std::string>& name) {
  for (const auto& container : *definition.container_definitions) {
    if (!container.port_mappings) continue;
    for (const auto& mapping : *container.port_mappings) {
      if (mapping.name && mapping.name == name) return true;
    }
  }
  return false;
}

// No cluster has a default namespace, as Cloud Map is not served.
void check_service_connect(const api::ecs::ServiceConnectConfiguration& wanted,
                           const api::ecs::TaskDefinition& definition) {
  if (wanted.namespace_.value_or("").empty()) throw api::ecs::invalid_parameter("Namespace is missing");
  if (!wanted.services) return;
  for (const auto& service : *wanted.services) {
    if (!has_named_port(definition, service.port_name)) {
      throw api::ecs::invalid_parameter("portName(" + service.port_name.value_or("") +
                                        ") does not refer to any named PortMapping in the container "
                                        "definitions");
    }
    const auto aliases = service.client_aliases ? service.client_aliases->size() : 0;
    if (aliases > 1) {
      throw api::ecs::invalid_parameter(std::to_string(aliases) +
                                        " clientAliases exceeds the max limit of 1");
    }
  }
}

}  // namespace

void refuse_deployment_extras(const ServiceExtras& extras) {
  if (!extras.deployment) return;
  const auto& wanted = *extras.deployment;
  const auto strategy = wanted.strategy.value_or("ROLLING");
  if (strategy != "ROLLING") {
    const bool balanced = has_items(extras.load_balancers);
    if (balanced && std::ranges::any_of(*extras.load_balancers,
                                        [](const auto& b) { return !b.advanced_configuration; })) {
      throw api::ecs::invalid_parameter(
          "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment "
          "strategy");
    }
    refuse("the deployment strategy " + strategy);
  }
  if (wanted.linear_configuration || wanted.canary_configuration) {
    throw api::ecs::invalid_parameter(
        "linearConfiguration and canaryConfiguration are valid only with the deployment strategy of their "
        "name.");
  }
  if (wanted.bake_time_in_minutes.value_or(0) != 0) refuse("bakeTimeInMinutes");
  if (has_items(wanted.lifecycle_hooks)) refuse("deployment lifecycle hooks");
  if (wanted.alarms && wanted.alarms->enable.value_or(false)) refuse("deployment alarms");
}

void refuse_connections(const ServiceExtras& extras, const api::ecs::TaskDefinition& definition,
                        model::LaunchType type) {
  if (has_items(extras.load_balancers)) {
    check_load_balancers(*extras.load_balancers, definition, type);
    refuse("load balancers of services");
  }
  if (has_items(extras.registries)) refuse("service discovery (serviceRegistries)");
  if (has_items(extras.volumes)) {
    check_volumes(*extras.volumes, definition);
    refuse("volumes configured at launch");
  }
  if (extras.service_connect && extras.service_connect->enabled.value_or(false)) {
    check_service_connect(*extras.service_connect, definition);
    refuse("Service Connect");
  }
  if (has_items(extras.lattice)) refuse("VPC Lattice");
}

void refuse_controllers(const api::ecs::CreateServiceRequest& request) {
  if (!request.deployment_controller) return;
  const auto type = request.deployment_controller->type.value_or("ECS");
  if (type == "EXTERNAL") {
    if (request.task_definition) throw api::ecs::invalid_parameter("TaskDefinition must be blank.");
    if (has_items(request.load_balancers)) {
      throw api::ecs::invalid_parameter("LoadBalancers must be empty or null");
    }
  }
  if (type == "CODE_DEPLOY" && !has_items(request.load_balancers)) {
    throw api::ecs::invalid_parameter(
        "When specifying the CODE_DEPLOY deployment controller type, the service requires an Application "
        "Load Balancer or Network Load Balancer.");
  }
  if (type != "ECS") refuse("the deployment controller " + type);
}

void refuse_controllers(const api::ecs::UpdateServiceRequest& request) {
  if (!request.deployment_controller) return;
  const auto type = request.deployment_controller->type.value_or("ECS");
  if (type != "ECS") refuse("the deployment controller " + type);
}

void refuse_daemon(const api::ecs::CreateServiceRequest& request) {
  if (request.scheduling_strategy != "DAEMON") return;
  if (request.desired_count) {
    throw api::ecs::invalid_parameter(
        "The daemon scheduling strategy does not support a desired count for services. Remove the desired "
        "count value and try again.");
  }
  const auto& configuration = request.deployment_configuration;
  if (configuration && configuration->maximum_percent.value_or(100) > 100) {
    throw api::ecs::invalid_parameter(
        "The daemon scheduling strategy does not support values above 100 for maximumPercent");
  }
  if (has_items(request.placement_strategy)) {
    throw api::ecs::invalid_parameter("The daemon scheduling strategy does not support placement strategies");
  }
  if (request.availability_zone_rebalancing == "ENABLED") {
    throw api::ecs::invalid_parameter(
        "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON as "
        "scheduling strategy. Update scheduling strategy and try again.");
  }
  refuse("the scheduling strategy DAEMON");
}

}  // namespace slipway::services::ecs
