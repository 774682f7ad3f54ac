// The simulated networks with their address assignment, and the host ports in use. Pure bookkeeping, owned by
// the simulated engine. Errors are those of Docker 20.10. Control thread only.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "slipway/base/id_source.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime::simulated {

struct Network {
  std::string id;
  NetworkSpec spec;
  std::uint32_t first = 0,
                last = 0;  // the range, host byte order; the first address of it is the network's own
  std::uint32_t next = 0;  // where the search for a free address goes on
  std::unordered_set<std::uint32_t> used;
  std::size_t attached = 0;
};

class NetworkTable final {
 public:
  explicit NetworkTable(IdSource& ids);

  EngineResult<std::string> create(NetworkSpec spec);
  EngineResult<void> remove(const std::string& name_or_id);
  // By name or id; nullptr when there is none.
  Network* find(std::string_view name_or_id);
  std::vector<NetworkInfo> list(const Labels& labels) const;
  static NetworkInfo info(const Network& network);

  // Attaches a container: `wanted` or, when empty, the next free address. Networks without a range give 0.
  EngineResult<std::uint32_t> attach(Network& network, const std::string& wanted);
  void detach(const std::string& network_id, std::uint32_t address);

 private:
  bool overlaps(std::uint32_t first, std::uint32_t last) const;
  EngineResult<void> choose_range(Network& network) const;
  void add_default(const std::string& name, const std::string& subnet);

  IdSource& ids_;
  std::map<std::string, Network> networks_;  // by id
};

// Ports of the host that running containers hold.
class HostPorts final {
 public:
  // Fills in the ports that are 0. Takes all or none; the error names the first that is taken.
  EngineResult<void> take(std::vector<PublishedPort>& ports);
  void release(const std::vector<PublishedPort>& ports);

 private:
  using Key = std::tuple<std::string, std::string, std::uint16_t>;  // protocol, address, port
  bool taken(const PublishedPort& port) const;

  std::set<Key> used_;
  std::uint16_t next_ = 0;
};

std::string to_address(std::uint32_t address);
// The MAC address that Docker gives to an IPv4 address.
std::string to_mac(std::uint32_t address);

}  // namespace slipway::runtime::simulated
