#include "services/ecs/service_rules.h"

#include <utility>

#include "services/ecs/service_document.h"
#include "services/ecs/service_extras.h"
#include "services/ecs/task_network.h"
#include "services/ecs/task_placement.h"
#include "services/ecs/task_roles.h"
#include "services/ecs/task_size.h"
#include "services/ecs/warning.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

void check_percents(const api::ecs::DeploymentConfiguration& configuration) {
  if (configuration.maximum_percent == 100 && configuration.minimum_healthy_percent == 100) {
    throw api::ecs::invalid_parameter(
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
  }
}

// Why the service cannot be balanced over zones; empty when it can (control-plane.md 5.1, 5.13).
std::string unbalanced_by(const api::ecs::Service& document) {
  if (document.deployment_configuration->maximum_percent.value_or(200) <= 100)
    return "a maximumPercent of 100";
  const auto& strategy = document.placement_strategy;
  if (strategy && !strategy->empty() &&
      (strategy->front().type != "spread" || strategy->front().field != "attribute:ecs.availability-zone")) {
    return "a placement strategy that does not begin with a spread over attribute:ecs.availability-zone";
  }
  return {};
}

void settle_rebalancing(api::ecs::Service& document, std::string_view verb) {
  const auto cause = unbalanced_by(document);
  auto& rebalancing = document.availability_zone_rebalancing;
  if (!rebalancing) rebalancing = cause.empty() ? "ENABLED" : "DISABLED";
  if (rebalancing == "ENABLED" && !cause.empty()) {
    throw api::ecs::invalid_parameter("The service couldn't be " + std::string(verb) +
                                      " because Availability Zone Rebalancing does not support " + cause +
                                      ".");
  }
}

// Shows the service-linked role where ECS uses it (control-plane.md 2.1, 5.2).
void set_role(api::ecs::Service& document, const model::Scope& scope) {
  document.role_arn.reset();
  if (document.network_configuration) document.role_arn = model::service_linked_role_arn(scope);
}

void check_exec(const WantedService& wanted, const TaskRoles& roles) {
  if (!wanted.document.enable_execute_command.value_or(false) || !roles.task.empty()) return;
  throw api::ecs::invalid_parameter(
      "The service couldn't be " + std::string(wanted.verb) +
      " because a valid taskRoleArn is not being used. Specify a valid task role "
      "in your task definition and try again.");
}

void check_public_ip(const NetworkPlan& network, model::LaunchType type) {
  if (network.configuration && network.configuration->assign_public_ip &&
      type != model::LaunchType::Fargate) {
    throw api::ecs::invalid_parameter("Assign public IP is not supported for this launch type.");
  }
}

PlacementRules placement_of(const api::ecs::Service& document) {
  return {document.placement_constraints.value_or(std::vector<api::ecs::PlacementConstraint>{}),
          document.placement_strategy.value_or(std::vector<api::ecs::PlacementStrategy>{})};
}

}  // namespace

SettledService settle_service(const EcsContext& context, store::Transaction& transaction,
                              const Caller& caller, WantedService wanted) {
  auto& document = wanted.document;
  const auto& definition = *wanted.definition.document;
  document.task_definition = wanted.definition.arn;
  const auto network = plan_network(context, transaction, caller, definition, document.network_configuration);
  const auto launch = plan_launch(wanted.cluster, definition, wanted.launch);
  check_public_ip(network, launch.type);
  if (launch.type == model::LaunchType::External) {
    throw api::ecs::unsupported_feature("Slipway does not serve the launch type EXTERNAL yet.");
  }
  set_launch(document, launch, wanted.launch.platform_version);
  check_placement(definition, placement_of(document), launch.type);
  checked_size(definition, {}, launch.type);
  check_percents(*document.deployment_configuration);
  refuse_deployment_extras(wanted.extras);
  settle_rebalancing(document, wanted.verb);
  refuse_connections(wanted.extras, definition, launch.type);
  const auto roles = roles_of(definition, {});
  check_exec(wanted, roles);
  check_roles(context, transaction, caller, roles, false);
  set_role(document, wanted.cluster.scope);
  return {std::move(document), launch.platform_version};
}

void warn_of_service(store::Transaction& transaction, const Caller& caller,
                     const model::TaskDefinition& definition, const model::Service& service) {
  warn_of_unsupported(transaction, caller, definition, {});
  if (!service.document->enable_execute_command.value_or(false)) return;
  transaction.put(warning_of(caller, "unsupported-member", service.arn + " enableExecuteCommand",
                             "ExecuteCommand is not served yet: enableExecuteCommand of the service " +
                                 service.name + " does not act (docs/limits.md)."));
}

}  // namespace slipway::services::ecs
