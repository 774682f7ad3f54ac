#include "controllers/port_choice.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace slipway::controllers {
namespace {

struct Mapped {
  std::uint16_t first = 0, last = 0;
  bool tcp = true;
};

std::uint16_t to_port(std::int64_t number) {
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(number, 0, 65535));
}

Mapped mapped(const api::ecs::PortMapping& mapping) {
  Mapped ports;
  ports.first = ports.last = to_port(mapping.container_port.value_or(0));
  ports.tcp = mapping.protocol.value_or("tcp") != "udp";
  if (mapping.container_port_range) {
    const std::string& range = *mapping.container_port_range;
    const char* end = range.data() + range.size();
    const auto [dash, error] = std::from_chars(range.data(), end, ports.first);
    ports.last = ports.first;
    if (error == std::errc() && dash != end) std::from_chars(dash + 1, end, ports.last);
  }
  return ports;
}

// Each once, in the order of the definition.
std::vector<Mapped> mapped_ports(const api::ecs::TaskDefinition& definition) {
  std::vector<Mapped> all;
  if (!definition.container_definitions) return all;
  for (const auto& container : *definition.container_definitions) {
    if (!container.port_mappings) continue;
    for (const auto& mapping : *container.port_mappings) {
      const Mapped ports = mapped(mapping);
      const bool there = std::ranges::any_of(all, [&](const Mapped& other) {
        return other.first == ports.first && other.last == ports.last && other.tcp == ports.tcp;
      });
      if (!there) all.push_back(ports);
    }
  }
  return all;
}

// "80, 8000-8010"
std::string listed(const std::vector<Mapped>& ports) {
  std::string text;
  for (const auto& port : ports) {
    if (!port.tcp) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(port.first);
    if (port.last != port.first) text += "-" + std::to_string(port.last);
  }
  return text;
}

bool maps(const std::vector<Mapped>& ports, std::uint16_t port, bool tcp) {
  return std::ranges::any_of(ports, [&](const Mapped& mapping) {
    return mapping.tcp == tcp && mapping.first <= port && port <= mapping.last;
  });
}

std::string family_revision(const api::ecs::TaskDefinition& definition) {
  return definition.family.value_or("") + ":" + std::to_string(definition.revision.value_or(0));
}

}  // namespace

Result<std::uint16_t, PortRefusal> choose_port(const api::ecs::TaskDefinition& definition,
                                               const std::string& service,
                                               std::optional<std::uint16_t> wanted) {
  const auto ports = mapped_ports(definition);
  const std::string tcp = listed(ports);
  const std::string where = "task definition " + family_revision(definition) + " of service " + service;
  if (definition.network_mode == "host") {
    return PortRefusal("tasks of service " + service +
                       " have the network of the machine itself (network mode host): connect to their ports "
                       "on 127.0.0.1");
  }
  if (wanted) {
    if (maps(ports, *wanted, true)) return *wanted;
    const std::string port = std::to_string(*wanted);
    if (maps(ports, *wanted, false)) {
      return PortRefusal("port " + port + " of service " + service +
                         " is a UDP port: only TCP is forwarded to services");
    }
    return PortRefusal(where + " maps no port " + port + (tcp.empty() ? "" : "; its TCP ports: " + tcp));
  }
  if (tcp.empty()) return PortRefusal(where + " maps no TCP port: add it to portMappings");
  const auto only = std::ranges::find_if(ports, [](const Mapped& mapping) { return mapping.tcp; });
  if (tcp != std::to_string(only->first)) {
    return PortRefusal("service " + service + " has several TCP ports (" + tcp +
                       "): name one, as in slipway port " + service + " " + std::to_string(only->first));
  }
  return only->first;
}

}  // namespace slipway::controllers
