#include "slipway/network/service_ports.h"

#include <algorithm>

#include "network/hash.h"

namespace slipway::network {
namespace {

constexpr std::uint32_t kRange = 0x7F4F0000;     // 127.79.0.0; instances have 127.77 (decisions.md 19)
constexpr std::uint32_t kLoopback = 0x7F000001;  // 127.0.0.1
constexpr std::uint32_t kThirdOctets = 256;      // a: 0..255
constexpr std::uint32_t kFourthOctets = 254;     // b: 1..254
constexpr std::uint32_t kAddresses = kThirdOctets * kFourthOctets;
constexpr std::uint32_t kFirstPort = 20'000, kPorts = 10'000;

std::uint32_t nth_address(std::uint32_t n) {
  return kRange | (n / kFourthOctets) << 8 | (n % kFourthOctets + 1);
}

bool in_range(std::uint32_t address) { return (address & 0xFFFF0000) == kRange; }

// The first of `count` numbers, begun at a hash and counted round, that `taken` denies not.
template <class Taken>
std::optional<std::uint32_t> probe(std::uint64_t hash, std::uint32_t count, const Taken& taken) {
  const auto begin = static_cast<std::uint32_t>(hash % count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t candidate = (begin + i) % count;
    if (!taken(candidate)) return candidate;
  }
  return std::nullopt;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> values) {
  std::ranges::sort(values);
  return values;
}

std::optional<std::uint32_t> address_for(const std::vector<ServicePort>& stored, const std::string& service) {
  std::vector<std::uint32_t> others;
  for (const ServicePort& entry : stored) {
    if (!in_range(entry.address)) continue;
    if (entry.service == service) return entry.address;
    others.push_back(entry.address);
  }
  others = sorted(std::move(others));
  const auto taken = [&](std::uint32_t n) { return std::ranges::binary_search(others, nth_address(n)); };
  const auto found = probe(fnv1a(kFnvBegin, service), kAddresses, taken);
  if (!found) return std::nullopt;
  return nth_address(*found);
}

std::optional<std::uint16_t> port_for(const std::vector<ServicePort>& stored,
                                      const ServicePortRequest& request) {
  std::vector<std::uint32_t> others(request.busy.begin(), request.busy.end());
  for (const ServicePort& entry : stored) {
    if (entry.address == kLoopback) others.push_back(entry.port);
  }
  others = sorted(std::move(others));
  const auto hash = fnv1a(fnv1a(kFnvBegin, request.service), ":" + std::to_string(request.container_port));
  const auto taken = [&](std::uint32_t n) { return std::ranges::binary_search(others, kFirstPort + n); };
  const auto found = probe(hash, kPorts, taken);
  if (!found) return std::nullopt;
  return static_cast<std::uint16_t>(kFirstPort + *found);
}

bool suits(const ServicePort& entry, const ServicePortRequest& request) {
  if (request.loopback == Loopback::WholeRange) return in_range(entry.address);
  return entry.address == kLoopback && std::ranges::count(request.busy, entry.port) == 0;
}

}  // namespace

std::optional<ServicePort> assign_service_port(const std::vector<ServicePort>& stored,
                                               const ServicePortRequest& request) {
  for (const ServicePort& entry : stored) {
    const bool same = entry.service == request.service && entry.container_port == request.container_port;
    if (same && suits(entry, request)) return entry;
  }
  if (request.loopback == Loopback::OneAddress) {
    const auto port = port_for(stored, request);
    if (!port) return std::nullopt;
    return ServicePort{request.service, request.container_port, kLoopback, *port};
  }
  const auto address = address_for(stored, request.service);
  if (!address) return std::nullopt;
  return ServicePort{request.service, request.container_port, *address, request.container_port};
}

}  // namespace slipway::network
