#include "runtime/simulated/network_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "runtime/label_match.h"

namespace slipway::runtime::simulated {
namespace {

// Docker's range for ports that the engine chooses.
constexpr std::uint16_t kFirstPort = 49153, kLastPort = 65535;

std::optional<std::uint32_t> parse_address(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    std::uint32_t octet = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), octet);
    if (error != std::errc{} || octet > 255) return std::nullopt;
    value = (value << 8) | octet;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (part == 3) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? std::optional(value) : std::nullopt;
}

// First and last address of a CIDR block.
std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_range(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  int prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!address || error != std::errc{} || end != digits.data() + digits.size() || prefix < 1 || prefix > 30) {
    return std::nullopt;
  }
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - prefix);
  return std::pair(*address & mask, (*address & mask) | ~mask);
}

bool is_predefined(const Network& network) {
  return network.spec.name == "bridge" || network.spec.name == "host" || network.spec.name == "none";
}

}  // namespace

std::string to_address(std::uint32_t address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string((address >> shift) & 255);
    if (shift > 0) out.push_back('.');
  }
  return out;
}

std::string to_mac(std::uint32_t address) {
  std::array<char, 18> out{};
  std::snprintf(out.data(), out.size(), "02:42:%02x:%02x:%02x:%02x", address >> 24, (address >> 16) & 255,
                (address >> 8) & 255, address & 255);
  return out.data();
}

NetworkTable::NetworkTable(IdSource& ids) : ids_(ids) {
  add_default("bridge", "172.17.0.0/16");
  add_default("host", "");
  add_default("none", "");
}

void NetworkTable::add_default(const std::string& name, const std::string& subnet) {
  Network network;
  network.id = ids_.hex(64);
  network.spec.name = name;
  network.spec.subnet = subnet;
  if (const auto range = parse_range(subnet)) {
    std::tie(network.first, network.last) = *range;
    network.spec.gateway = to_address(network.first + 1);
    network.used.insert(network.first + 1);
  }
  networks_.emplace(network.id, std::move(network));
}

bool NetworkTable::overlaps(std::uint32_t first, std::uint32_t last) const {
  return std::any_of(networks_.begin(), networks_.end(), [first, last](const auto& item) {
    return item.second.last != 0 && first <= item.second.last && item.second.first <= last;
  });
}

EngineResult<void> NetworkTable::choose_range(Network& network) const {
  if (!network.spec.subnet.empty()) {
    const auto range = parse_range(network.spec.subnet);
    if (!range) return EngineError(EngineErrorKind::Invalid, "invalid CIDR address: " + network.spec.subnet);
    if (overlaps(range->first, range->second)) {
      return EngineError(EngineErrorKind::Denied, "Pool overlaps with other one on this address space");
    }
    std::tie(network.first, network.last) = *range;
    return {};
  }
  // Docker's default pools: 172.17.0.0/16 … 172.31.0.0/16, then sixteen /20 of 192.168.0.0/16.
  std::vector<std::string> pools;
  for (int i = 17; i < 32; ++i) pools.push_back("172." + std::to_string(i) + ".0.0/16");
  for (int i = 0; i < 256; i += 16) pools.push_back("192.168." + std::to_string(i) + ".0/20");
  for (const std::string& pool : pools) {
    const auto range = parse_range(pool);
    if (overlaps(range->first, range->second)) continue;
    network.spec.subnet = pool;
    std::tie(network.first, network.last) = *range;
    return {};
  }
  return EngineError(
      EngineErrorKind::Failed,
      "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to "
      "the network");
}

EngineResult<std::string> NetworkTable::create(NetworkSpec spec) {
  const bool taken = std::any_of(networks_.begin(), networks_.end(),
                                 [&spec](const auto& item) { return item.second.spec.name == spec.name; });
  if (taken)
    return EngineError(EngineErrorKind::Conflict, "network with name " + spec.name + " already exists");
  Network network;
  network.spec = std::move(spec);
  if (auto chosen = choose_range(network); !chosen) return chosen.error();
  if (network.spec.gateway.empty()) network.spec.gateway = to_address(network.first + 1);
  if (const auto gateway = parse_address(network.spec.gateway)) network.used.insert(*gateway);
  network.id = ids_.hex(64);
  std::string id = network.id;
  networks_.emplace(id, std::move(network));
  return id;
}

EngineResult<void> NetworkTable::remove(const std::string& name_or_id) {
  const Network* network = find(name_or_id);
  if (network == nullptr) {
    return EngineError(EngineErrorKind::NotFound, "network " + name_or_id + " not found");
  }
  if (is_predefined(*network)) {
    return EngineError(EngineErrorKind::Denied,
                       network->spec.name + " is a pre-defined network and cannot be removed");
  }
  if (network->attached > 0) {
    return EngineError(EngineErrorKind::Conflict, "error while removing network: network " +
                                                      network->spec.name + " id " + network->id +
                                                      " has active endpoints");
  }
  networks_.erase(networks_.find(network->id));
  return {};
}

Network* NetworkTable::find(std::string_view name_or_id) {
  if (const auto place = networks_.find(std::string(name_or_id)); place != networks_.end())
    return &place->second;
  for (auto& [id, network] : networks_) {
    if (network.spec.name == name_or_id) return &network;
  }
  return nullptr;
}

NetworkInfo NetworkTable::info(const Network& network) {
  NetworkInfo out;
  out.id = network.id;
  out.name = network.spec.name;
  out.subnet = network.spec.subnet;
  out.gateway = network.spec.gateway;
  out.labels = network.spec.labels;
  return out;
}

std::vector<NetworkInfo> NetworkTable::list(const Labels& labels) const {
  std::vector<NetworkInfo> out;
  for (const auto& [id, network] : networks_) {
    if (labels_match(network.spec.labels, labels)) out.push_back(info(network));
  }
  return out;
}

EngineResult<std::uint32_t> NetworkTable::attach(Network& network, const std::string& wanted) {
  std::uint32_t address = 0;
  if (network.last == 0) {
    ++network.attached;
    return address;
  }
  if (!wanted.empty()) {
    const auto parsed = parse_address(wanted);
    if (!parsed || *parsed <= network.first || *parsed >= network.last) {
      return EngineError(
          EngineErrorKind::Failed,
          "Invalid address " + wanted + ": It does not belong to any of this network's subnets");
    }
    if (network.used.contains(*parsed)) return EngineError(EngineErrorKind::Denied, "Address already in use");
    address = *parsed;
  } else {
    const std::uint32_t usable = network.last - network.first - 1;
    if (network.used.size() >= usable) {
      return EngineError(EngineErrorKind::Failed,
                         "no available IPv4 addresses on this network's address pools: " + network.spec.name +
                             " (" + network.id + ")");
    }
    do {
      network.next = network.next % usable + 1;
      address = network.first + network.next;
    } while (network.used.contains(address));
  }
  network.used.insert(address);
  ++network.attached;
  return address;
}

void NetworkTable::detach(const std::string& network_id, std::uint32_t address) {
  const auto place = networks_.find(network_id);
  if (place == networks_.end()) return;
  place->second.used.erase(address);
  --place->second.attached;
}

bool HostPorts::taken(const PublishedPort& port) const {
  const auto first = used_.lower_bound(Key{port.protocol, "", 0});
  if (port.host_ip == "0.0.0.0" || port.host_ip.empty()) {
    return std::any_of(first, used_.end(), [&port](const Key& key) {
      return std::get<0>(key) == port.protocol && std::get<2>(key) == port.host_port;
    });
  }
  return used_.contains(Key{port.protocol, port.host_ip, port.host_port}) ||
         used_.contains(Key{port.protocol, "0.0.0.0", port.host_port});
}

EngineResult<void> HostPorts::take(std::vector<PublishedPort>& ports) {
  std::vector<PublishedPort> mine;
  for (PublishedPort port : ports) {
    if (port.host_ip.empty()) port.host_ip = "0.0.0.0";
    const bool chosen = port.host_port == 0;
    int tries = chosen ? kLastPort - kFirstPort + 1 : 1;
    do {
      if (!chosen) continue;
      port.host_port = static_cast<std::uint16_t>(kFirstPort + next_);
      next_ = static_cast<std::uint16_t>((next_ + 1) % (kLastPort - kFirstPort + 1));
    } while (--tries > 0 && taken(port));
    if (taken(port)) {
      release(mine);
      return EngineError(EngineErrorKind::Failed,
                         "driver failed programming external connectivity: Bind for " + port.host_ip + ":" +
                             std::to_string(port.host_port) + " failed: port is already allocated");
    }
    used_.insert(Key{port.protocol, port.host_ip, port.host_port});
    mine.push_back(std::move(port));
  }
  ports = std::move(mine);
  return {};
}

void HostPorts::release(const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) used_.erase(Key{port.protocol, port.host_ip, port.host_port});
}

}  // namespace slipway::runtime::simulated
