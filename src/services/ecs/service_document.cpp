#include "services/ecs/service_document.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace slipway::services::ecs {

namespace {

using Configuration = api::ecs::DeploymentConfiguration;

// The real answers of ECS have all of these members (control-plane.md 5.2).
Configuration default_configuration() {
  Configuration configuration;
  auto& breaker = configuration.deployment_circuit_breaker.emplace();
  breaker.enable = breaker.rollback = false;
  configuration.maximum_percent = 200;
  configuration.minimum_healthy_percent = 100;
  configuration.strategy = "ROLLING";
  configuration.bake_time_in_minutes = 0;
  return configuration;
}

template <class T>
void set_if_given(std::optional<T>& member, const std::optional<T>& given) {
  if (given) member = given;
}

Configuration merged(Configuration configuration, const std::optional<Configuration>& given) {
  if (!given) return configuration;
  set_if_given(configuration.deployment_circuit_breaker, given->deployment_circuit_breaker);
  set_if_given(configuration.maximum_percent, given->maximum_percent);
  set_if_given(configuration.minimum_healthy_percent, given->minimum_healthy_percent);
  set_if_given(configuration.alarms, given->alarms);
  set_if_given(configuration.strategy, given->strategy);
  set_if_given(configuration.bake_time_in_minutes, given->bake_time_in_minutes);
  return configuration;
}

// As ECS shows it; nullopt for one that says nothing: Terraform fails on an empty one.
std::optional<api::ecs::NetworkConfiguration> shown_network(
    const std::optional<api::ecs::NetworkConfiguration>& given) {
  if (!given || !given->awsvpc_configuration) return std::nullopt;
  auto shown = given;
  auto& vpc = *shown->awsvpc_configuration;
  if (!vpc.security_groups) vpc.security_groups.emplace();
  if (!vpc.assign_public_ip) vpc.assign_public_ip = "DISABLED";
  return shown;
}

std::vector<std::string> sorted(const std::optional<std::vector<std::string>>& list) {
  auto out = list.value_or(std::vector<std::string>{});
  std::ranges::sort(out);
  return out;
}

bool same_network(const std::optional<api::ecs::NetworkConfiguration>& a,
                  const std::optional<api::ecs::NetworkConfiguration>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  const auto& x = *a->awsvpc_configuration;
  const auto& y = *b->awsvpc_configuration;
  return x.assign_public_ip == y.assign_public_ip && sorted(x.subnets) == sorted(y.subnets) &&
         sorted(x.security_groups) == sorted(y.security_groups);
}

}  // namespace

api::ecs::Service new_document(const api::ecs::CreateServiceRequest& request) {
  api::ecs::Service document;
  document.load_balancers.emplace();
  document.service_registries.emplace();
  document.deployment_configuration = merged(default_configuration(), request.deployment_configuration);
  document.placement_constraints =
      request.placement_constraints.value_or(std::vector<api::ecs::PlacementConstraint>{});
  document.placement_strategy =
      request.placement_strategy.value_or(std::vector<api::ecs::PlacementStrategy>{});
  document.network_configuration = shown_network(request.network_configuration);
  document.health_check_grace_period_seconds = request.health_check_grace_period_seconds;
  document.scheduling_strategy = "REPLICA";
  document.deployment_controller.emplace().type = "ECS";
  document.enable_ecs_managed_tags = request.enable_ecs_managed_tags.value_or(false);
  document.propagate_tags = request.propagate_tags.value_or("NONE");
  document.enable_execute_command = request.enable_execute_command.value_or(false);
  document.availability_zone_rebalancing = request.availability_zone_rebalancing;
  return document;
}

api::ecs::Service changed_document(api::ecs::Service document,
                                   const api::ecs::UpdateServiceRequest& request) {
  document.deployment_configuration =
      merged(std::move(*document.deployment_configuration), request.deployment_configuration);
  set_if_given(document.placement_constraints, request.placement_constraints);
  set_if_given(document.placement_strategy, request.placement_strategy);
  if (request.network_configuration) {
    auto given = shown_network(request.network_configuration);
    if (!same_network(document.network_configuration, given)) {
      document.network_configuration = std::move(given);
    }
  }
  set_if_given(document.health_check_grace_period_seconds, request.health_check_grace_period_seconds);
  set_if_given(document.enable_ecs_managed_tags, request.enable_ecs_managed_tags);
  set_if_given(document.propagate_tags, request.propagate_tags);
  set_if_given(document.enable_execute_command, request.enable_execute_command);
  set_if_given(document.availability_zone_rebalancing, request.availability_zone_rebalancing);
  return document;
}

model::LaunchType launch_type_of(const api::ecs::Service& document) {
  // The only providers so far are Fargate's.
  if (!document.launch_type) return model::LaunchType::Fargate;
  return model::parse_launch_type(*document.launch_type).value_or(model::LaunchType::Ec2);
}

LaunchRequest changed_launch(const api::ecs::Service& document,
                             const api::ecs::UpdateServiceRequest& request) {
  LaunchRequest launch;
  const auto& given = request.capacity_provider_strategy;
  if (given && given->empty()) {
    launch.launch_type = model::to_string(launch_type_of(document));
  } else if (given) {
    launch.strategy = given;
  } else {
    launch.launch_type = document.launch_type;
    launch.strategy = document.capacity_provider_strategy;
  }
  launch.platform_version = request.platform_version ? request.platform_version : document.platform_version;
  return launch;
}

void set_launch(api::ecs::Service& document, const LaunchPlan& plan,
                const std::optional<std::string>& platform_version) {
  document.launch_type.reset();
  document.capacity_provider_strategy.reset();
  document.platform_version.reset();
  document.platform_family.reset();
  if (plan.strategy.empty()) {
    document.launch_type = model::to_string(plan.type);
  } else {
    document.capacity_provider_strategy = plan.strategy;
  }
  if (plan.type == model::LaunchType::Fargate) {
    const auto asked = platform_version.value_or("");
    document.platform_version = asked.empty() ? "LATEST" : asked;
    document.platform_family = "Linux";
  }
}

model::Service with_document(model::Service service, api::ecs::Service document) {
  const auto& configuration = *document.deployment_configuration;
  service.minimum_healthy_percent = configuration.minimum_healthy_percent.value_or(100);
  service.maximum_percent = configuration.maximum_percent.value_or(200);
  const auto& breaker = configuration.deployment_circuit_breaker;
  service.circuit_breaker = breaker && breaker->enable.value_or(false);
  service.rollback = breaker && breaker->rollback.value_or(false);
  service.health_check_grace_seconds = document.health_check_grace_period_seconds.value_or(0);
  service.document = std::make_shared<const api::ecs::Service>(std::move(document));
  return service;
}

bool needs_deployment(const api::ecs::Service& before, const api::ecs::Service& after) {
  return before.task_definition != after.task_definition ||
         before.platform_version != after.platform_version ||
         !same_network(before.network_configuration, after.network_configuration);
}

}  // namespace slipway::services::ecs
