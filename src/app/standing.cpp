#include "slipway/app/standing.h"

#include <algorithm>
#include <sstream>

namespace slipway::app {
namespace {

constexpr std::size_t kIdLength = 64, kShortIdLength = 12;

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void add(std::vector<std::string>& list, std::string item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

// The 64 hexadecimal digits in "/docker/<id>", "/system.slice/docker-<id>.scope" or
// "/var/lib/docker/containers/<id>/hostname"; of a container in a container the inner one first.
void add_ids(std::vector<std::string>& ids, std::string_view path) {
  std::size_t run = 0;
  for (std::size_t end = path.size(), i = end; i-- > 0;) {
    run = is_hexadecimal(path.substr(i, 1)) ? run + 1 : 0;
    const bool begins = i == 0 || !is_hexadecimal(path.substr(i - 1, 1));
    if (run == kIdLength && begins) add(ids, std::string(path.substr(i, run)));
  }
}

// "36 35 8:1 /var/lib/docker/containers/<id>/hostname /etc/hostname rw …": the engine puts these three files
// into every container. On the host they are files of its own, and other containers' mounts have other
// points.
void add_id_of_mount(std::vector<std::string>& ids, const std::string& line) {
  std::istringstream words(line);
  std::string number, parent, device, root, point;
  words >> number >> parent >> device >> root >> point;
  const bool engine_made = point == "/etc/hostname" || point == "/etc/hosts" || point == "/etc/resolv.conf";
  if (engine_made) add_ids(ids, root);
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "::1" || host.starts_with("127.");
}

// The host of "tcp://host:2376"; empty for a socket.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://");
  if (begin == std::string::npos || url.starts_with("unix:") || url.starts_with("npipe:")) return {};
  const std::string rest = url.substr(begin + 3);
  const auto end = rest.starts_with('[') ? rest.find(']') + 1 : rest.find_first_of(":/");
  return rest.substr(0, end);
}

bool is_any(std::string_view address) { return address.empty() || address == "0.0.0.0" || address == "::"; }

// Networks that only the engine itself may put a container on.
bool joinable(const std::string& network) {
  return network != "host" && network != "none" && network != "ingress";
}

std::vector<std::string> traces(const Surroundings& seen) {
  std::vector<std::string> ids;
  std::string line;
  std::istringstream cgroup(seen.cgroup);
  while (std::getline(cgroup, line)) add_ids(ids, line);
  std::istringstream mounts(seen.mountinfo);
  while (std::getline(mounts, line)) add_id_of_mount(ids, line);
  return ids;
}

}  // namespace

std::vector<std::string> container_ids(const Surroundings& seen) {
  std::vector<std::string> ids = traces(seen);
  // The engine's default host name is the short id.
  if (seen.host_name.size() == kShortIdLength && is_hexadecimal(seen.host_name)) {
    const bool known = std::any_of(ids.begin(), ids.end(),
                                   [&](const std::string& id) { return id.starts_with(seen.host_name); });
    if (!known) ids.push_back(seen.host_name);
  }
  return ids;
}

bool in_container(const Surroundings& seen) { return !traces(seen).empty(); }

Standing decide_standing(const StandingFacts& facts) {
  Standing standing;
  standing.desktop = facts.engine.operating_system.find("Docker Desktop") != std::string::npos;
  if (facts.self) {
    standing.place = Place::Container;
    standing.container_id = facts.self->id;
    standing.container_name = facts.self->name;
    standing.image_id = facts.self->image_id;
    const auto& owner = facts.network_owner ? *facts.network_owner : *facts.self;
    standing.host_network = owner.network_mode == "host";
    for (const auto& [network, address] : owner.addresses) {
      if (joinable(network)) standing.networks.emplace(network, address);
    }
    return standing;
  }
  if (standing.desktop) {
    standing.place = Place::Desktop;
    standing.host_network = false;
    return standing;
  }
  // A socket or a loopback port may be the end of a tunnel: the engine's machine has to have our name too.
  const std::string host = host_of(facts.engine_url);
  if ((host.empty() || is_loopback(host)) && facts.engine.name == facts.host_name) return standing;
  standing.place = Place::Remote;
  standing.host_network = false;
  standing.engine_host = host.empty() || is_loopback(host) ? facts.engine.name : host;
  return standing;
}

std::vector<std::string> task_networks(const std::vector<std::string>& given,
                                       const std::string& main_docker_network, const Standing& standing) {
  std::vector<std::string> networks;
  for (const std::string& network : given) add(networks, network);
  if (!networks.empty()) return networks;
  if (!main_docker_network.empty()) return {main_docker_network};
  for (const auto& [network, address] : standing.networks) networks.push_back(network);
  return networks;
}

std::string user_address(const Standing& standing, const std::string& bind_ip) {
  if (!is_any(bind_ip)) return bind_ip;
  return standing.place == Place::Remote ? standing.engine_host : "127.0.0.1";
}

std::vector<std::string> task_endpoints(const Standing& standing,
                                        const std::vector<std::pair<std::string, std::uint16_t>>& listen) {
  std::vector<std::string> endpoints;
  for (const auto& [address, port] : listen) {
    const std::string end = ":" + std::to_string(port);
    if (standing.place == Place::Container && !standing.host_network) {
      for (const auto& [network, own] : standing.networks) {
        if (is_any(address) || address == own) add(endpoints, own + end);
      }
    } else if (standing.place == Place::Desktop) {
      // Docker Desktop carries host.docker.internal to the machine's loopback.
      if (is_any(address) || is_loopback(address)) add(endpoints, "host.docker.internal" + end);
    } else if (standing.place != Place::Remote) {
      if (is_any(address)) add(endpoints, "host.docker.internal" + end);
      if (!is_any(address) && !is_loopback(address)) add(endpoints, address + end);
    }
  }
  return endpoints;
}

std::string describe(const Standing& standing) {
  std::string text;
  switch (standing.place) {
    case Place::Host:
      return "on the engine's machine";
    case Place::Desktop:
      return "beside Docker Desktop";
    case Place::Remote:
      return "not on the engine's machine (" + standing.engine_host + ")";
    case Place::Container:
      text = "in container " + standing.container_name + " (" +
             standing.container_id.substr(0, kShortIdLength) + ")";
      if (standing.host_network) return text + " with the host's network";
      for (const auto& [network, address] : standing.networks) {
        text += (network == standing.networks.begin()->first ? " on " : ", ") + network;
      }
      return text;
  }
  return text;
}

const char* to_string(Place place) {
  switch (place) {
    case Place::Host:
      return "host";
    case Place::Container:
      return "container";
    case Place::Desktop:
      return "desktop";
    case Place::Remote:
      return "remote";
  }
  return "host";
}

}  // namespace slipway::app
