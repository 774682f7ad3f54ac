// The address book behind `slipway port`: which address and port of this machine stand for a port of a
// service, the same across deployments and restarts because the caller stores what it was given. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/model/service_port.h"

namespace slipway::network {

// Which loopback addresses this machine has. WholeRange: all of 127.0.0.0/8 (Linux). OneAddress: 127.0.0.1
// (elsewhere).
enum class Loopback { WholeRange, OneAddress };

// One assignment.
using ServicePort = model::ServicePort;

struct ServicePortRequest {
  std::string service;
  std::uint16_t container_port = 0;
  Loopback loopback = Loopback::WholeRange;
  // Ports of 127.0.0.1 that were tried and are others'; for OneAddress only.
  std::vector<std::uint16_t> busy = {};
};

// The stored assignment of this service and port if it suits `loopback`, else a new one:
// - WholeRange: 127.79.a.b (b is 1..254), one address for all ports of a service, begun at a hash of its ARN
//   and moved on while another service has it; the port is the container's.
// - OneAddress: 127.0.0.1 and a port of 20000..29999, below those that kernels give to clients, begun at a
//   hash of ARN and port and moved on while it is assigned or busy.
// nullopt when every address or port is taken. What is stored is never changed: a caller that gets another
// assignment than the stored one (the data directory came from another kind of machine, or the port is busy)
// replaces it.
std::optional<ServicePort> assign_service_port(const std::vector<ServicePort>& stored,
                                               const ServicePortRequest& request);

}  // namespace slipway::network
