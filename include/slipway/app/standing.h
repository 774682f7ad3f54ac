// Where this process stands towards the container engine: on its host, in one of its containers, beside
// Docker Desktop or on another machine, and what follows from that for networks, ports and addresses. Facts
// are collected once at start (find_standing), everything else is a pure function of them. Called by app and
// by `slipway doctor`; control thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::app {

enum class Place : std::uint8_t {
  Host,       // the engine's own machine
  Container,  // a container of this engine
  Desktop,    // the machine around Docker Desktop's virtual machine
  Remote      // another machine, or a container that this engine does not know
};

// What this process sees of itself. Texts as the kernel gives them; empty where there is none.
struct Surroundings {
  std::string host_name;
  std::string mountinfo;  // /proc/self/mountinfo
  std::string cgroup;     // /proc/self/cgroup
};

struct StandingFacts {
  std::string host_name;
  std::string engine_url;
  runtime::EngineInfo engine;
  std::optional<runtime::ContainerStatus> self;  // this container, when the engine knows it
  // The one whose network it shares: itself, unless it was started with `--network container:…`.
  std::optional<runtime::ContainerStatus> network_owner;
};

struct Standing {
  Place place = Place::Host;
  bool desktop = false;  // the engine is Docker Desktop's, also from within one of its containers
  std::string container_id, container_name, image_id;  // of this container
  // This container's networks and its IPv4 address there; tasks can join them.
  std::map<std::string, std::string> networks;
  bool host_network = true;  // this process and the engine share a network namespace
  std::string engine_host;   // Remote: how the engine's machine is called from here
};

// Ids of the containers that this process may be in, likeliest first: the hexadecimal ids that its cgroup and
// its /etc/hostname, /etc/hosts and /etc/resolv.conf come from. `/.dockerenv` is no evidence: images of
// machines carry it too.
std::vector<std::string> container_ids(const Surroundings& seen);

// Whether the kernel's files show a container, of whichever engine.
bool in_container(const Surroundings& seen);

Standing decide_standing(const StandingFacts& facts);

// The networks that tasks join: those of --network, else LocalStack's MAIN_DOCKER_NETWORK, else the
// container's own (contract.md).
std::vector<std::string> task_networks(const std::vector<std::string>& given,
                                       const std::string& main_docker_network, const Standing& standing);

// Where the user reaches a port that the engine published on `bind_ip`.
std::string user_address(const Standing& standing, const std::string& bind_ip);

// HOST:PORT at which tasks reach a server that listens there; empty: they do not.
std::vector<std::string> task_endpoints(const Standing& standing,
                                        const std::vector<std::pair<std::string, std::uint16_t>>& listen);

// "in container slipway (0123456789ab) on network app_default", for people.
std::string describe(const Standing& standing);

const char* to_string(Place place);

// Reads the kernel's files. I/O, any thread.
Surroundings read_surroundings();
// Asks the engine about the containers that `seen` may mean.
runtime::Awaitable<Standing> find_standing(runtime::Engine& engine, Surroundings seen,
                                           runtime::EngineInfo info, std::string engine_url);

}  // namespace slipway::app
