#include "app/port_reach.h"

#include "slipway/network/address.h"

namespace slipway::app {
namespace {

using controllers::PortReach;

constexpr const char* kEveryAddress = "0.0.0.0";

network::Loopback loopback_of_this_machine() {
#ifdef __linux__
  return network::Loopback::WholeRange;
#else
  return network::Loopback::OneAddress;
#endif
}

// Tasks are on networks of this container; published ports are on its host, out of its sight.
PortReach inside(const Standing& standing) {
  PortReach reach;
  for (const auto& [network, address] : standing.networks) {
    if (!network::parse_address(address)) continue;
    reach.networks.push_back(network);
    if (reach.shown_at.empty()) reach.shown_at = address;
  }
  reach.loopback = network::Loopback::OneAddress;
  reach.listen_at = kEveryAddress;
  if (reach.networks.empty()) reach.why_not = "this container has no network on which it could reach tasks";
  return reach;
}

PortReach far_away(const Standing& standing, const std::string& publish_address) {
  PortReach reach;
  reach.loopback = loopback_of_this_machine();
  const std::string address = user_address(standing, publish_address);
  if (network::parse_address(address) && !address.starts_with("127.")) {
    reach.published_at = address;
  } else {
    reach.why_not = "tasks run on " + standing.engine_host +
                    ", where their ports are out of reach from here: start Slipway with --publish-address "
                    "and the IPv4 address of that machine";
  }
  return reach;
}

}  // namespace

PortReach port_reach(const Standing& standing, const std::string& publish_address) {
  if (standing.place == Place::Remote) return far_away(standing, publish_address);
  if (standing.place == Place::Container && !standing.host_network) return inside(standing);
  PortReach reach;
  reach.published_at = user_address(standing, publish_address);
  // On every address the engine would find the container's port taken by us, or we by the engine.
  reach.loopback =
      publish_address == kEveryAddress ? network::Loopback::OneAddress : loopback_of_this_machine();
  return reach;
}

}  // namespace slipway::app
