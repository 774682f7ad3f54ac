#include "slipway/lifecycle/spec.h"

#include <algorithm>

namespace slipway::lifecycle {
namespace {

Condition parse_condition(const std::string& text) {
  if (text == "COMPLETE") return Condition::Complete;
  if (text == "SUCCESS") return Condition::Success;
  if (text == "HEALTHY") return Condition::Healthy;
  return Condition::Start;
}

std::vector<Dependency> dependencies_of(const api::ecs::ContainerDefinition& definition) {
  std::vector<Dependency> found;
  if (definition.depends_on) {
    for (const auto& dependency : *definition.depends_on) {
      found.push_back(
          {dependency.container_name.value_or(""), parse_condition(dependency.condition.value_or("START"))});
    }
  }
  if (definition.links) {
    // "name" or "name:alias".
    for (const auto& link : *definition.links) {
      found.push_back({link.substr(0, link.find(':')), Condition::Start});
    }
  }
  if (definition.volumes_from) {
    for (const auto& from : *definition.volumes_from) {
      found.push_back({from.source_container.value_or(""), Condition::Created});
    }
  }
  return found;
}

bool has_health_check(const api::ecs::ContainerDefinition& definition) {
  if (!definition.health_check || !definition.health_check->command) return false;
  const auto& command = *definition.health_check->command;
  return !command.empty() && command.front() != "NONE";
}

std::optional<RestartPolicy> restart_policy_of(const api::ecs::ContainerDefinition& definition) {
  if (!definition.restart_policy || !definition.restart_policy->enabled.value_or(false)) return std::nullopt;
  RestartPolicy policy;
  policy.ignored_exit_codes =
      definition.restart_policy->ignored_exit_codes.value_or(std::vector<std::int32_t>());
  policy.attempt_period = Seconds{definition.restart_policy->restart_attempt_period.value_or(300)};
  return policy;
}

ContainerSpec container_spec(const api::ecs::ContainerDefinition& definition) {
  ContainerSpec spec;
  spec.name = definition.name.value_or("");
  spec.essential = definition.essential.value_or(true);
  spec.health_check = has_health_check(definition);
  spec.dependencies = dependencies_of(definition);
  if (definition.start_timeout) spec.start_timeout = Seconds{*definition.start_timeout};
  if (definition.stop_timeout) spec.stop_timeout = Seconds{*definition.stop_timeout};
  spec.restart = restart_policy_of(definition);
  return spec;
}

}  // namespace

const ContainerSpec* TaskSpec::find(std::string_view name) const {
  const auto it = std::find_if(containers.begin(), containers.end(),
                               [name](const ContainerSpec& spec) { return spec.name == name; });
  return it == containers.end() ? nullptr : &*it;
}

bool TaskSpec::has_health_checks() const {
  return std::ranges::all_of(containers,
                             [](const ContainerSpec& spec) { return !spec.essential || spec.health_check; });
}

bool TaskSpec::essential(std::string_view name) const {
  const auto* spec = find(name);
  return spec == nullptr || spec->essential;
}

TaskSpec make_spec(const api::ecs::TaskDefinition& definition, model::NetworkMode mode) {
  TaskSpec spec;
  if (definition.container_definitions) {
    for (const auto& container : *definition.container_definitions) {
      spec.containers.push_back(container_spec(container));
    }
  }
  if (mode == model::NetworkMode::Awsvpc) spec.internal.emplace_back(model::kPauseName);
  if (definition.pid_mode.value_or("") == "task" || definition.ipc_mode.value_or("") == "task") {
    spec.internal.emplace_back(model::kNamespacePauseName);
  }
  return spec;
}

const model::Container* find_container(const model::Task& task, std::string_view name) {
  const auto it = std::find_if(task.containers.begin(), task.containers.end(),
                               [name](const model::Container& c) { return c.name == name; });
  return it == task.containers.end() ? nullptr : &*it;
}

model::Container* find_container(model::Task& task, std::string_view name) {
  const auto it = std::find_if(task.containers.begin(), task.containers.end(),
                               [name](const model::Container& c) { return c.name == name; });
  return it == task.containers.end() ? nullptr : &*it;
}

}  // namespace slipway::lifecycle
