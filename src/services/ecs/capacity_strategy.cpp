#include "services/ecs/capacity_strategy.h"

#include <algorithm>

#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

std::string name_of(const model::Scope& scope, const std::string& provider) {
  const auto prefix = model::ecs_arn(scope, "capacity-provider/");
  return provider.starts_with(prefix) ? provider.substr(prefix.size()) : provider;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_numbers(const Strategy& strategy) {
  const auto with_base =
      std::count_if(strategy.begin(), strategy.end(), [](const auto& i) { return *i.base > 0; });
  if (with_base > 1) {
    throw api::ecs::invalid_parameter(
        "There are multiple capacity providers in the specified capacity provider strategy with a base value "
        "greater than zero. Only one capacity provider can have a base value greater than zero. Specify a "
        "valid capacity provider strategy and try again.");
  }
  const bool weighted =
      std::any_of(strategy.begin(), strategy.end(), [](const auto& i) { return *i.weight > 0; });
  if (strategy.size() > 1 && !weighted) {
    throw api::ecs::invalid_parameter(
        "There are no capacity providers in the capacity provider strategy with a weight value greater than "
        "zero. Specify a weight value greater than zero for at least one capacity provider and try again.");
  }
}

}  // namespace

std::vector<std::string> checked_providers(const model::Scope& scope,
                                           const std::vector<std::string>& providers) {
  std::vector<std::string> names;
  for (const auto& provider : providers) {
    auto name = name_of(scope, provider);
    if (name != "FARGATE" && name != "FARGATE_SPOT") {
      throw api::ecs::client(
          "The specified capacity provider does not exist. Specify a valid name or ARN and try again.");
    }
    if (contains(names, name)) {
      throw api::ecs::invalid_parameter("The capacity provider " + name + " is specified more than once.");
    }
    names.push_back(std::move(name));
  }
  return names;
}

Strategy checked_strategy(const model::Scope& scope, const Strategy& strategy,
                          const std::vector<std::string>& associated) {
  Strategy checked;
  std::vector<std::string> names;
  for (const auto& given : strategy) {
    auto& item = checked.emplace_back();
    item.capacity_provider = name_of(scope, given.capacity_provider.value_or(""));
    item.weight = given.weight.value_or(0);
    item.base = given.base.value_or(0);
    if (!contains(associated, *item.capacity_provider)) {
      throw api::ecs::invalid_parameter(
          "The specified capacity provider strategy cannot contain a capacity provider that is not "
          "associated with the cluster. Associate the capacity provider with the cluster or specify a valid "
          "capacity provider and try again.");
    }
    if (contains(names, *item.capacity_provider)) {
      throw api::ecs::invalid_parameter("The capacity provider strategy names " + *item.capacity_provider +
                                        " more than once.");
    }
    names.push_back(*item.capacity_provider);
  }
  check_numbers(checked);
  return checked;
}

}  // namespace slipway::services::ecs
