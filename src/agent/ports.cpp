#include "agent/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace slipway::agent {
namespace {

// What the API shows, wherever the port really is published (decisions.md 19).
constexpr const char* kShownAddress = "0.0.0.0";

bool wants_dynamic(const api::ecs::PortMapping& mapping) {
  return mapping.container_port_range || mapping.host_port.value_or(0) == 0;
}

const model::PortBinding* find_kept(const api::ecs::PortMapping& mapping, const std::string& protocol,
                                    const std::vector<model::PortBinding>& kept) {
  for (const auto& binding : kept) {
    if (binding.protocol != protocol || binding.host_port == 0) continue;
    if (mapping.container_port_range ? binding.container_port_range == *mapping.container_port_range
                                     : binding.container_port_range.empty() &&
                                           binding.container_port == mapping.container_port.value_or(0)) {
      return &binding;
    }
  }
  return nullptr;
}

bool overlaps(const model::PortBinding& binding, std::uint16_t port) {
  if (binding.host_port_range.empty()) return binding.host_port == port;
  const auto range = parse_port_range(binding.host_port_range);
  return range && port >= range->first && port <= range->second;
}

}  // namespace

std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_port_range(const std::string& text) {
  const auto dash = text.find('-');
  if (dash == std::string::npos) return std::nullopt;
  std::uint16_t first = 0, last = 0;
  const char* begin = text.data();
  const auto one = std::from_chars(begin, begin + dash, first);
  const auto two = std::from_chars(begin + dash + 1, begin + text.size(), last);
  if (one.ec != std::errc() || two.ec != std::errc() || last < first) return std::nullopt;
  return std::make_pair(first, last);
}

bool is_port_conflict(const std::string& message) {
  return message.find("port is already allocated") != std::string::npos ||
         message.find("address already in use") != std::string::npos ||
         message.find("orts are not available") != std::string::npos;  // Docker Desktop
}

bool can_bind(const std::string& address, std::uint16_t port, std::string_view protocol) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return true;
  const bool tcp = protocol != "udp";
  const int fd = ::socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0 &&
                     (!tcp || ::listen(fd, 1) == 0);
  ::close(fd);
  return bound;
}

bool PortChooser::free(std::uint16_t port, const std::string& protocol,
                       const std::vector<model::PortBinding>& chosen) const {
  const auto& settings = context_.settings;
  for (const auto& binding : chosen) {
    if (binding.protocol == protocol && overlaps(binding, port)) return false;
  }
  const auto& model = context_.store.model();
  if (model.port_taken(settings.engine_id, kShownAddress, port, protocol)) return false;
  if (model.port_taken(settings.engine_id, settings.publish_address, port, protocol)) return false;
  return settings.port_free ? settings.port_free(settings.publish_address, port, protocol)
                            : can_bind(settings.publish_address, port, protocol);
}

std::uint16_t PortChooser::choose(std::uint32_t count, const std::string& protocol,
                                  const std::vector<model::PortBinding>& chosen) {
  const std::uint32_t first = context_.settings.ports.first, last = context_.settings.ports.second;
  if (last < first || last - first + 1 < count) return 0;
  std::uint32_t run = 0;
  // Once around, and a run across the starting point's neighbourhood.
  for (std::uint32_t looked = 0; looked <= last - first + count; ++looked) {
    if (cursor_ > last || cursor_ < first) {
      cursor_ = first;
      run = 0;
    }
    const auto port = static_cast<std::uint16_t>(cursor_++);
    run = free(port, protocol, chosen) ? run + 1 : 0;
    if (run == count) return static_cast<std::uint16_t>(port - (count - 1));
  }
  return 0;
}

std::optional<std::vector<model::PortBinding>> PortChooser::bridge_bindings(
    const api::ecs::ContainerDefinition& definition, const std::vector<model::PortBinding>& kept) {
  std::vector<model::PortBinding> bindings;
  if (!definition.port_mappings) return bindings;
  for (const auto& mapping : *definition.port_mappings) {
    const std::string protocol = mapping.protocol.value_or("tcp");
    if (const auto* known = find_kept(mapping, protocol, kept)) {
      bindings.push_back(*known);
      continue;
    }
    model::PortBinding binding;
    binding.bind_ip = kShownAddress;
    binding.protocol = protocol;
    std::uint32_t count = 1;
    if (mapping.container_port_range) {
      const auto range = parse_port_range(*mapping.container_port_range);
      if (!range) continue;
      binding.container_port = range->first;
      binding.container_port_range = *mapping.container_port_range;
      count = static_cast<std::uint32_t>(range->second - range->first) + 1;
    } else {
      binding.container_port = static_cast<std::uint16_t>(mapping.container_port.value_or(0));
    }
    binding.host_port = wants_dynamic(mapping) ? choose(count, protocol, bindings)
                                               : static_cast<std::uint16_t>(*mapping.host_port);
    if (binding.host_port == 0) return std::nullopt;
    if (mapping.container_port_range) {
      binding.host_port_range =
          std::to_string(binding.host_port) + "-" + std::to_string(binding.host_port + count - 1);
    }
    bindings.push_back(std::move(binding));
  }
  return bindings;
}

void PortChooser::skip(std::uint32_t count) {
  const auto [first, last] = context_.settings.ports;
  if (last < first) return;
  cursor_ = first + (cursor_ - first + count) % (std::uint32_t{last} - first + 1);
}

bool PortChooser::publish(const api::ecs::ContainerDefinition& definition,
                          std::vector<model::PortBinding>& published) {
  if (!definition.port_mappings) return true;
  for (const auto& mapping : *definition.port_mappings) {
    const auto port = static_cast<std::uint16_t>(mapping.container_port.value_or(0));
    auto range = std::make_pair(port, port);
    if (mapping.container_port_range) range = parse_port_range(*mapping.container_port_range).value_or(range);
    for (std::uint32_t each = range.first; each != 0 && each <= range.second; ++each) {
      model::PortBinding binding;
      binding.bind_ip = context_.settings.publish_address;
      binding.container_port = static_cast<std::uint16_t>(each);
      binding.protocol = mapping.protocol.value_or("tcp");
      const bool there =
          std::any_of(published.begin(), published.end(), [&](const model::PortBinding& other) {
            return other.container_port == binding.container_port && other.protocol == binding.protocol;
          });
      if (there) continue;
      binding.host_port = choose(1, binding.protocol, published);
      if (binding.host_port == 0) return false;
      published.push_back(std::move(binding));
    }
  }
  return true;
}

std::pair<std::uint16_t, std::uint16_t> local_port_range() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint16_t first = 0, last = 0;
  if (file >> first >> last && first > 0 && first <= last) return {first, last};
  return {49153, 65535};
}

}  // namespace slipway::agent
