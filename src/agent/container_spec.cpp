#include "agent/container_spec.h"

#include <algorithm>

#include "agent/host_config.h"
#include "agent/naming.h"
#include "agent/ports.h"
#include "slipway/lifecycle/spec.h"

namespace slipway::agent {
namespace {

using model::NetworkMode;
using Environment = std::vector<std::pair<std::string, std::string>>;

// Resolves to the host in every task (decisions.md 21); Docker >= 20.10 knows the name.
constexpr const char* kHostAlias = "host.docker.internal:host-gateway";
constexpr const char* kDefaultBridge = "bridge";

void set_variable(Environment& environment, const std::string& name, const std::string& value) {
  const auto there = std::find_if(environment.begin(), environment.end(),
                                  [&name](const auto& pair) { return pair.first == name; });
  if (there == environment.end()) {
    environment.emplace_back(name, value);
  } else {
    there->second = value;
  }
}

void set_variables(Environment& environment,
                   const std::optional<std::vector<api::ecs::KeyValuePair>>& pairs) {
  if (!pairs) return;
  for (const auto& pair : *pairs) {
    set_variable(environment, pair.name.value_or(""), pair.value.value_or(""));
  }
}

bool has_variable(const Environment& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(),
                     [name](const auto& pair) { return pair.first == name; });
}

// Definition, then overrides by key, then what the platform sets (data-plane.md 4.3).
Environment environment_of(const SpecSource& source, const api::ecs::ContainerDefinition& definition,
                           const api::ecs::ContainerOverride* override) {
  Environment environment;
  set_variables(environment, definition.environment);
  if (override != nullptr) set_variables(environment, override->environment);
  const bool fargate = source.task.launch_type == model::LaunchType::Fargate;
  set_variable(environment, "AWS_EXECUTION_ENV", fargate ? "AWS_ECS_FARGATE" : "AWS_ECS_EC2");
  const bool own_region =
      has_variable(environment, "AWS_REGION") || has_variable(environment, "AWS_DEFAULT_REGION");
  if (fargate || !own_region) {
    set_variable(environment, "AWS_REGION", source.task.scope.region);
    set_variable(environment, "AWS_DEFAULT_REGION", source.task.scope.region);
  }
  return environment;
}

runtime::Labels labels_of(const SpecSource& source, std::string_view container,
                          const api::ecs::ContainerDefinition* definition) {
  runtime::Labels labels;
  if (definition != nullptr && definition->docker_labels) {
    labels.insert(definition->docker_labels->begin(), definition->docker_labels->end());
  }
  add_ecs_labels(labels, source.task, source.definition, container);
  for (const auto& [key, value] : source.labels) labels[key] = value;
  return labels;
}

void add_ports(runtime::ContainerSpec& spec, const std::vector<model::PortBinding>& bindings,
               const std::string& address) {
  for (const auto& binding : bindings) {
    std::uint32_t count = 1;
    if (!binding.container_port_range.empty()) {
      if (const auto range = parse_port_range(binding.container_port_range)) {
        count = static_cast<std::uint32_t>(range->second - range->first) + 1;
      }
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      runtime::PublishedPort port;
      port.container_port = static_cast<std::uint16_t>(binding.container_port + i);
      port.host_port = static_cast<std::uint16_t>(binding.host_port + i);
      port.protocol = binding.protocol;
      port.host_ip = address;
      spec.ports.push_back(std::move(port));
    }
  }
}

void join_networks(runtime::ContainerSpec& spec, const SpecSource& source,
                   const std::vector<std::string>& aliases) {
  for (const auto& network : source.settings.networks) {
    if (!spec.networks.empty() && spec.networks.front().network == network) continue;
    runtime::NetworkAttachment attachment;
    attachment.network = network;
    if (network != kDefaultBridge) attachment.aliases = aliases;  // it has no names
    spec.networks.push_back(std::move(attachment));
  }
}

void add_bridge(runtime::ContainerSpec& spec, const SpecSource& source, const model::Container& container,
                const api::ecs::ContainerDefinition& definition) {
  spec.network_mode = kDefaultBridge;
  if (definition.disable_networking.value_or(false)) {
    spec.network_disabled = true;
    return;
  }
  add_ports(spec, container.bindings, source.settings.publish_address);
  spec.extra_hosts.emplace_back(kHostAlias);
  if (definition.links) {
    for (const auto& link : *definition.links) {
      const auto colon = link.find(':');
      const std::string name = link.substr(0, colon);
      const auto* linked = lifecycle::find_container(source.task, name);
      if (linked == nullptr) continue;
      spec.links.push_back(linked->engine_name + ":" +
                           (colon == std::string::npos ? name : link.substr(colon + 1)));
    }
  }
  const auto& networks = source.settings.networks;
  if (std::ranges::all_of(networks, [](const std::string& name) { return name == kDefaultBridge; })) return;
  runtime::NetworkAttachment own;
  own.network = kDefaultBridge;
  spec.networks.push_back(std::move(own));
  join_networks(spec, source, {container.name});
}

void add_network(runtime::ContainerSpec& spec, const SpecSource& source, const model::Container& container,
                 const api::ecs::ContainerDefinition& definition) {
  if (source.task.network_mode == NetworkMode::Awsvpc) {
    // Host name, hosts and resolver come from the container that holds the namespace (data-plane.md 5.1).
    const auto* pause = lifecycle::find_container(source.task, model::kPauseName);
    spec.network_mode = "container:" + (pause == nullptr ? std::string() : pause->runtime_id);
    return;
  }
  spec.hostname = definition.hostname.value_or("");
  spec.dns_servers = definition.dns_servers.value_or(std::vector<std::string>());
  spec.dns_search = definition.dns_search_domains.value_or(std::vector<std::string>());
  if (definition.extra_hosts) {
    for (const auto& entry : *definition.extra_hosts) {
      spec.extra_hosts.push_back(entry.hostname.value_or("") + ":" + entry.ip_address.value_or(""));
    }
  }
  switch (source.task.network_mode) {
    case NetworkMode::Host:
      spec.network_mode = "host";
      spec.extra_hosts.emplace_back(kHostAlias);
      break;
    case NetworkMode::None:
      spec.network_mode = "none";
      break;
    case NetworkMode::Bridge:
    case NetworkMode::Awsvpc:
      add_bridge(spec, source, container, definition);
      break;
  }
}

runtime::ContainerSpec application_spec(const SpecSource& source, const model::Container& container,
                                        const api::ecs::ContainerDefinition& definition) {
  const auto* override = find_override(source.task, container.name);
  runtime::ContainerSpec spec;
  spec.name = container.engine_name;
  spec.image = definition.image.value_or("");
  spec.entry_point = definition.entry_point;
  spec.command = override != nullptr && override->command ? override->command : definition.command;
  spec.environment = environment_of(source, definition, override);
  spec.labels = labels_of(source, container.name, &definition);
  spec.user = definition.user.value_or("");
  spec.working_directory = definition.working_directory.value_or("");
  spec.cgroup_parent = source.cgroup_parent;
  add_network(spec, source, container, definition);
  add_resources(spec, source, definition, override);
  add_host_config(spec, source, definition);
  add_volumes(spec, source, definition);
  return spec;
}

// Holds the task's network: address, ports, host name, and whatever of the definitions belongs to the
// namespace.
runtime::ContainerSpec pause_spec(const SpecSource& source, const model::Container& container) {
  runtime::ContainerSpec spec;
  spec.network_mode = source.task.eni ? source.task.eni->network : std::string();
  std::vector<std::string> names;
  for (const auto& other : source.task.containers) {
    if (!model::is_internal(other)) names.push_back(other.name);
  }
  if (source.task.eni) {
    runtime::NetworkAttachment own;
    own.network = source.task.eni->network;
    own.address = source.task.eni->address;
    spec.networks.push_back(std::move(own));
    spec.hostname = source.task.eni->private_dns_name;
  }
  join_networks(spec, source, names);
  add_ports(spec, container.published, source.settings.publish_address);
  spec.extra_hosts.emplace_back(kHostAlias);
  spec.sysctls = shared_sysctls(source.definition, "net.");
  return spec;
}

runtime::ContainerSpec namespace_spec(const SpecSource& source) {
  runtime::ContainerSpec spec;
  spec.network_mode = "none";
  if (source.definition.ipc_mode.value_or("") == "task") {
    spec.ipc_mode = "shareable";
    for (const char* prefix : {"kernel.", "fs.mqueue."}) {
      spec.sysctls.merge(shared_sysctls(source.definition, prefix));
    }
  }
  return spec;
}

}  // namespace

const api::ecs::ContainerDefinition* find_definition(const api::ecs::TaskDefinition& definition,
                                                     std::string_view container) {
  if (!definition.container_definitions) return nullptr;
  for (const auto& each : *definition.container_definitions) {
    if (each.name.value_or("") == container) return &each;
  }
  return nullptr;
}

const api::ecs::ContainerOverride* find_override(const model::Task& task, std::string_view container) {
  if (!task.overrides || !task.overrides->container_overrides) return nullptr;
  for (const auto& each : *task.overrides->container_overrides) {
    if (each.name.value_or("") == container) return &each;
  }
  return nullptr;
}

runtime::ContainerSpec engine_spec(const SpecSource& source, const model::Container& container) {
  if (const auto* definition = find_definition(source.definition, container.name)) {
    return application_spec(source, container, *definition);
  }
  runtime::ContainerSpec spec =
      container.name == model::kPauseName ? pause_spec(source, container) : namespace_spec(source);
  spec.name = container.engine_name;
  spec.image = kPauseImage;
  spec.labels = labels_of(source, container.name, nullptr);
  spec.cgroup_parent = source.cgroup_parent;
  spec.log_driver = "none";
  return spec;
}

}  // namespace slipway::agent
