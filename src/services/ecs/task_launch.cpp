#include "services/ecs/task_launch.h"

#include <algorithm>

#include "slipway/api/ecs/errors.h"
#include "slipway/scheduler/strategy.h"

namespace slipway::services::ecs {

namespace {

constexpr const char* kLatestPlatform = "1.4.0";

// The strategy that decides, or none.
Strategy chosen_strategy(const model::Cluster& cluster, const LaunchRequest& request) {
  const auto& associated = cluster.document.capacity_providers;
  if (request.strategy && !request.strategy->empty()) {
    return checked_strategy(cluster.scope, *request.strategy,
                            associated.value_or(std::vector<std::string>{}));
  }
  if (request.launch_type) return {};
  return cluster.document.default_capacity_provider_strategy.value_or(Strategy{});
}

model::LaunchType launch_type_of(const LaunchRequest& request) {
  if (!request.launch_type) return model::LaunchType::Ec2;
  const auto type = model::parse_launch_type(*request.launch_type);
  if (!type) {
    throw api::ecs::unsupported_feature("Slipway does not serve the launch type " + *request.launch_type +
                                        " yet.");
  }
  return *type;
}

void check_compatible(const api::ecs::TaskDefinition& definition, model::LaunchType type) {
  const std::string word(model::to_string(type));
  const auto& list = definition.compatibilities;
  if (list && std::find(list->begin(), list->end(), word) == list->end()) {
    throw api::ecs::invalid_parameter("Task definition does not support launch_type " + word + ".");
  }
}

std::string resolve_platform(const api::ecs::TaskDefinition& definition, const std::string& asked) {
  if (definition.runtime_platform &&
      definition.runtime_platform->operating_system_family.value_or("").starts_with("WINDOWS")) {
    throw api::ecs::platform_task_definition_incompatibility(
        "Slipway runs Linux containers only: it has no platform version for Windows.");
  }
  auto version = resolved_platform(asked);
  if (version == kLatestPlatform || version == "1.3.0") return version;
  throw api::ecs::platform_unknown("The specified platform does not exist: " + asked);
}

}  // namespace

std::string resolved_platform(const std::string& asked) {
  return asked.empty() || asked == "LATEST" ? kLatestPlatform : asked;
}

void LaunchPlan::share_out(std::size_t count) {
  if (strategy.empty()) return;
  std::vector<scheduler::Share> shares;
  for (const auto& item : strategy) shares.push_back({*item.capacity_provider, *item.base, *item.weight});
  providers = scheduler::distribute(shares, count);
}

LaunchPlan plan_launch(const model::Cluster& cluster, const api::ecs::TaskDefinition& definition,
                       const LaunchRequest& request) {
  if (request.launch_type && request.strategy && !request.strategy->empty()) {
    throw api::ecs::invalid_parameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try "
        "again.");
  }
  LaunchPlan plan;
  plan.strategy = chosen_strategy(cluster, request);
  // The only providers so far are Fargate's.
  plan.type = plan.strategy.empty() ? launch_type_of(request) : model::LaunchType::Fargate;
  check_compatible(definition, plan.type);
  if (plan.type == model::LaunchType::Fargate) {
    plan.platform_version = resolve_platform(definition, request.platform_version.value_or(""));
  } else if (request.platform_version) {
    throw api::ecs::invalid_parameter("The platform version must be null when specifying an " +
                                      std::string(model::to_string(plan.type)) + " launch type.");
  }
  return plan;
}

}  // namespace slipway::services::ecs
