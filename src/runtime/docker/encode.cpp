// Requests to the Docker Engine API.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "runtime/docker/codec.h"

namespace slipway::runtime::docker {
namespace {

using nlohmann::json;

// A byte that is no UTF-8 (in an environment value, say) is replaced: the API speaks JSON.
std::string dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class T>
void put(json& out, const char* name, const T& value) {
  if (!value.empty()) out[name] = value;
}

void put_number(json& out, const char* name, std::int64_t value) {
  if (value != 0) out[name] = value;
}

void put_flag(json& out, const char* name, bool value) {
  if (value) out[name] = true;
}

std::int64_t nanoseconds(Seconds span) { return std::chrono::nanoseconds(span).count(); }

json encode_health_check(const HealthCheck& check) {
  return {{"Test", check.test},
          {"Interval", nanoseconds(check.interval)},
          {"Timeout", nanoseconds(check.timeout)},
          {"Retries", check.retries},
          {"StartPeriod", nanoseconds(check.start_period)}};
}

std::string port_key(const PublishedPort& port) {
  return std::to_string(port.container_port) + "/" + port.protocol;
}

// Binds make a missing host directory, as ECS wants it; a path with a colon does not fit into their syntax.
void put_mounts(json& host, json& config, const std::vector<Mount>& mounts) {
  for (const Mount& mount : mounts) {
    if (mount.source.empty()) {
      config["Volumes"][mount.target] = json::object();
    } else if ((mount.source + mount.target).find(':') == std::string::npos) {
      host["Binds"].push_back(mount.source + ":" + mount.target + (mount.read_only ? ":ro" : ""));
    } else {
      const bool path = mount.source.starts_with('/');
      host["Mounts"].push_back({{"Type", path ? "bind" : "volume"},
                                {"Source", mount.source},
                                {"Target", mount.target},
                                {"ReadOnly", mount.read_only}});
    }
  }
}

void put_ports(json& host, json& config, const std::vector<PublishedPort>& ports) {
  for (const PublishedPort& port : ports) {
    const std::string number = port.host_port == 0 ? "" : std::to_string(port.host_port);
    host["PortBindings"][port_key(port)].push_back({{"HostIp", port.host_ip}, {"HostPort", number}});
    config["ExposedPorts"][port_key(port)] = json::object();
  }
}

void put_devices(json& host, const ContainerSpec& spec) {
  for (const Device& device : spec.devices) {
    host["Devices"].push_back({{"PathOnHost", device.host_path},
                               {"PathInContainer", device.container_path},
                               {"CgroupPermissions", device.permissions}});
  }
  for (const Ulimit& limit : spec.ulimits) {
    host["Ulimits"].push_back({{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
  }
}

void put_limits(json& host, const ContainerSpec& spec) {
  put_number(host, "CpuShares", spec.cpu_shares);
  put_number(host, "CpuQuota", spec.cpu_quota);
  put_number(host, "CpuPeriod", spec.cpu_period);
  put_number(host, "Memory", spec.memory_bytes);
  put_number(host, "MemoryReservation", spec.memory_reservation_bytes);
  if (spec.memory_swap_bytes) host["MemorySwap"] = *spec.memory_swap_bytes;
  if (spec.memory_swappiness) host["MemorySwappiness"] = *spec.memory_swappiness;
  put_number(host, "ShmSize", spec.shm_bytes);
  put(host, "CgroupParent", spec.cgroup_parent);
  put_devices(host, spec);
}

void put_isolation(json& host, const ContainerSpec& spec) {
  put_flag(host, "Privileged", spec.privileged);
  put_flag(host, "ReadonlyRootfs", spec.read_only_root);
  put_flag(host, "Init", spec.init);
  put(host, "CapAdd", spec.cap_add);
  put(host, "CapDrop", spec.cap_drop);
  put(host, "SecurityOpt", spec.security_options);
  put(host, "Tmpfs", spec.tmpfs);
  put(host, "Sysctls", spec.sysctls);
  put(host, "PidMode", spec.pid_mode);
  put(host, "IpcMode", spec.ipc_mode);
}

json encode_endpoint(const NetworkAttachment& attachment) {
  json out = json::object();
  if (!attachment.address.empty()) out["IPAMConfig"] = {{"IPv4Address", attachment.address}};
  put(out, "Aliases", attachment.aliases);
  return out;
}

json encode_host(const ContainerSpec& spec) {
  json host = json::object();
  const bool implied = spec.network_mode.empty() && !spec.networks.empty();
  put(host, "NetworkMode", implied ? spec.networks.front().network : spec.network_mode);
  put(host, "Dns", spec.dns_servers);
  put(host, "DnsSearch", spec.dns_search);
  put(host, "ExtraHosts", spec.extra_hosts);
  put(host, "Links", spec.links);
  put(host, "VolumesFrom", spec.volumes_from);
  put_limits(host, spec);
  put_isolation(host, spec);
  if (!spec.log_driver.empty()) {
    host["LogConfig"] = {{"Type", spec.log_driver}, {"Config", spec.log_options}};
  }
  return host;
}

std::string assignment(std::string name, const std::string& value) { return name.append("=").append(value); }

json encode_labels(const Labels& labels) {
  json out = json::array();
  for (const auto& [label, value] : labels) {
    out.push_back(value.empty() ? json(label) : json(assignment(label, value)));
  }
  return out;
}

}  // namespace

std::string encode_container(const ContainerSpec& spec, int api) {
  json config = {{"Image", spec.image}};
  if (spec.entry_point) config["Entrypoint"] = *spec.entry_point;
  if (spec.command) config["Cmd"] = *spec.command;
  for (const auto& [name, value] : spec.environment) config["Env"].push_back(assignment(name, value));
  put(config, "Labels", spec.labels);
  put(config, "User", spec.user);
  put(config, "WorkingDir", spec.working_directory);
  put(config, "Hostname", spec.hostname);
  put_flag(config, "NetworkDisabled", spec.network_disabled);
  put_flag(config, "OpenStdin", spec.open_stdin);
  put_flag(config, "Tty", spec.tty);
  if (spec.health_check) config["Healthcheck"] = encode_health_check(*spec.health_check);
  json host = encode_host(spec);
  put_ports(host, config, spec.ports);
  put_mounts(host, config, spec.mounts);
  config["HostConfig"] = std::move(host);
  const std::size_t at_once =
      api >= kManyEndpointsApi ? spec.networks.size() : std::min<std::size_t>(1, spec.networks.size());
  for (std::size_t i = 0; i < at_once; ++i) {
    config["NetworkingConfig"]["EndpointsConfig"][spec.networks[i].network] =
        encode_endpoint(spec.networks[i]);
  }
  return dump(config);
}

std::vector<std::pair<std::string, std::string>> encode_connects(const ContainerSpec& spec,
                                                                 const std::string& id, int api) {
  std::vector<std::pair<std::string, std::string>> out;
  if (api >= kManyEndpointsApi) return out;
  for (std::size_t i = 1; i < spec.networks.size(); ++i) {
    const json body = {{"Container", id}, {"EndpointConfig", encode_endpoint(spec.networks[i])}};
    out.emplace_back(spec.networks[i].network, dump(body));
  }
  return out;
}

std::string encode_network(const NetworkSpec& spec) {
  json out = {{"Name", spec.name}, {"CheckDuplicate", true}, {"Driver", "bridge"}};
  put_flag(out, "Internal", spec.internal);
  put(out, "Labels", spec.labels);
  put(out, "Options", spec.options);
  json pool = json::object();
  put(pool, "Subnet", spec.subnet);
  put(pool, "Gateway", spec.gateway);
  if (!pool.empty()) out["IPAM"] = {{"Driver", "default"}, {"Config", json::array({pool})}};
  return dump(out);
}

std::string encode_volume(const VolumeSpec& spec) {
  json out = {{"Name", spec.name}};
  put(out, "Driver", spec.driver);
  put(out, "DriverOpts", spec.options);
  put(out, "Labels", spec.labels);
  return dump(out);
}

std::string encode_label_filter(const Labels& labels) { return dump({{"label", encode_labels(labels)}}); }

std::string encode_event_filter(const Labels& labels) {
  // Without this list each health probe would wake everybody three times (exec_create, exec_start, exec_die).
  const json changes = {"create", "start", "die", "destroy", "oom", "health_status", "pause", "unpause"};
  return dump({{"type", {"container"}}, {"event", changes}, {"label", encode_labels(labels)}});
}

std::string url_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved = "-._~";
  std::string out;
  for (const char c : text) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alphanumeric || kUnreserved.find(c) != kUnreserved.npos || keep.find(c) != keep.npos) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    }
  }
  return out;
}

}  // namespace slipway::runtime::docker
