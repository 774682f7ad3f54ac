// Port mappings, links and what the awsvpc mode does not have.
#include "services/ecs/task_definition/network.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

using api::ecs::PortMapping;

struct Use {
  PortRange ports;
  std::string protocol;
};

// Whether `use` shares a port with an earlier one; adds it.
bool collides(std::vector<Use>& used, const Use& use) {
  const bool hit = std::ranges::any_of(used, [&use](const Use& other) {
    return other.protocol == use.protocol && other.ports.first <= use.ports.last &&
           use.ports.first <= other.ports.last;
  });
  used.push_back(use);
  return hit;
}

PortRange checked_ports(const ContainerDefinition& container, const PortMapping& mapping,
                        std::string_view mode) {
  if (!mapping.container_port_range) {
    if (!mapping.container_port) {
      refuse("Invalid setting for container '" + *container.name +
             "'. 'containerPort' or 'containerPortRange' must be specified in a port mapping.");
    }
    return {*mapping.container_port, *mapping.container_port};
  }
  if (mapping.container_port || mapping.host_port) refuse("cannot specify both single port and port range");
  const auto range = parse_port_range(*mapping.container_port_range);
  if (!range || mode == "host") {
    refuse("Invalid 'containerPortRange' setting for container '" + *container.name + "'.");
  }
  return *range;
}

// Ports of a network that all containers share, or that the host has.
void check_ports(const Definition& definition) {
  const auto mode = network_mode(definition);
  const bool shared = mode == "awsvpc" || mode == "host";
  std::vector<Use> container_ports, host_ports;
  std::set<std::string> names;
  for (const auto& container : *definition.container_definitions) {
    for (const auto& mapping : items(container.port_mappings)) {
      if (mode == "none") refuse("Port mappings are not supported when networkMode=none");
      const auto ports = checked_ports(container, mapping, mode);
      const auto protocol = mapping.protocol.value_or("tcp");
      const auto host_port = mapping.host_port.value_or(0);
      if (shared && host_port != 0 && host_port != mapping.container_port) {
        refuse("When networkMode=" + std::string(mode) +
               ", the host ports and container ports in port mappings must match.");
      }
      if (shared && collides(container_ports, {ports, protocol})) {
        refuse("container port is used multiple times in task");
      }
      if (!shared && host_port != 0 && collides(host_ports, {{host_port, host_port}, protocol})) {
        refuse("host port is used multiple times in task");
      }
      if (mapping.name && !names.insert(*mapping.name).second) refuse("port mapping name is already used");
    }
  }
}

void check_awsvpc_container(const ContainerDefinition& container) {
  const auto unsupported = [](std::string_view what) {
    refuse(std::string(what) + " not supported on container when networkMode=awsvpc.");
  };
  if (!items(container.dns_servers).empty()) unsupported("DNS servers are");
  if (!items(container.dns_search_domains).empty()) unsupported("DNS search domains are");
  if (container.disable_networking.value_or(false)) unsupported("Disable Networking is");
  if (!items(container.extra_hosts).empty()) unsupported("Extra hosts are");
  if (container.hostname) unsupported("hostname is");
}

void check_links(const Definition& definition) {
  const auto& containers = *definition.container_definitions;
  const auto mode = network_mode(definition);
  std::vector<std::vector<std::size_t>> edges(containers.size());
  for (std::size_t i = 0; i < containers.size(); ++i) {
    for (const auto& link : items(containers[i].links)) {
      if (mode != "bridge") refuse("Links are not supported when networkMode=" + std::string(mode));
      const auto name = link.substr(0, link.find(':'));
      const auto* target = find_container(definition, name);
      if (target == nullptr) refuse("Invalid 'links' setting. Unknown container: '" + name + "'");
      edges[i].push_back(static_cast<std::size_t>(target - containers.data()));
    }
  }
  if (has_cycle(edges)) refuse("Container links should not have a cycle");
}

void check_proxy(const Definition& definition) {
  if (!definition.proxy_configuration) return;
  const auto& proxy = *definition.proxy_configuration;
  if (network_mode(definition) != "awsvpc") {
    refuse("APPMESH proxy configuration is only supported in networkMode=awsvpc");
  }
  if (find_container(definition, *proxy.container_name) == nullptr) {
    refuse("Proxy container [" + *proxy.container_name + "] does not exist");
  }
  const auto& properties = items(proxy.properties);
  if (std::ranges::find(properties, "ProxyIngressPort", &api::ecs::KeyValuePair::name) == properties.end()) {
    refuse("Ingress port not found");
  }
}

}  // namespace

std::optional<PortRange> parse_port_range(std::string_view text) {
  PortRange range;
  const char* end = text.data() + text.size();
  const auto [dash, first_error] = std::from_chars(text.data(), end, range.first);
  if (first_error != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [rest, last_error] = std::from_chars(dash + 1, end, range.last);
  const bool read = last_error == std::errc() && rest == end;
  const bool ordered = range.first >= 1 && range.first < range.last && range.last <= 65535;
  return read && ordered ? std::optional(range) : std::nullopt;
}

void check_network(const Definition& definition) {
  check_ports(definition);
  check_links(definition);
  if (network_mode(definition) == "awsvpc") {
    for (const auto& container : *definition.container_definitions) check_awsvpc_container(container);
  }
  check_proxy(definition);
}

}  // namespace slipway::services::ecs
