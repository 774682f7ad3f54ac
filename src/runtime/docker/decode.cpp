// Answers of the Docker Engine API. Members may be absent or null: Go writes null for an empty map or list.
#include <charconv>
#include <nlohmann/json.hpp>

#include "runtime/docker/codec.h"

namespace slipway::runtime::docker {
namespace {

using nlohmann::json;

// The member, or null when `object` is no object or has no such member.
const json& member(const json& object, const char* name) {
  static const json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string text(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::int64_t number(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

bool flag(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> texts(const json& object, const char* name) {
  std::vector<std::string> out;
  for (const json& value : member(object, name)) {
    if (value.is_string()) out.push_back(value.get<std::string>());
  }
  return out;
}

Labels labels(const json& object, const char* name) {
  Labels out;
  const json& values = member(object, name);
  if (!values.is_object()) return out;
  for (const auto& [label, value] : values.items()) {
    if (value.is_string()) out.emplace(label, value.get<std::string>());
  }
  return out;
}

EngineError unreadable(const std::string& body) {
  return EngineError(EngineErrorKind::Failed, "the engine's answer cannot be read: " + body.substr(0, 200));
}

// Parses `body` and hands it to `read` when it is of the wanted type.
template <class T>
EngineResult<T> decode(const std::string& body, json::value_t type, T (*read)(const json&)) {
  const json document = json::parse(body, nullptr, false);
  if (document.type() != type) return unreadable(body);
  return read(document);
}

template <class T, T (*read)(const json&)>
std::vector<T> read_all(const json& list) {
  std::vector<T> out;
  for (const json& item : list) {
    if (item.is_object()) out.push_back(read(item));
  }
  return out;
}

RunState run_state(const std::string& word) {
  if (word == "running") return RunState::Running;
  if (word == "paused") return RunState::Paused;
  if (word == "restarting") return RunState::Restarting;
  if (word == "removing") return RunState::Removing;
  if (word == "exited") return RunState::Exited;
  if (word == "dead") return RunState::Dead;
  return RunState::Created;
}

Health health(const json& state) {
  const std::string word = text(member(state, "Health"), "Status");
  if (word == "starting") return Health::Starting;
  if (word == "healthy") return Health::Healthy;
  if (word == "unhealthy") return Health::Unhealthy;
  return Health::None;
}

std::optional<std::uint16_t> port_number(std::string_view digits) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "90/udp": null}
std::vector<PublishedPort> ports(const json& settings) {
  std::vector<PublishedPort> out;
  const json& bindings = member(settings, "Ports");
  if (!bindings.is_object()) return out;
  for (const auto& [key, list] : bindings.items()) {
    const auto slash = key.find('/');
    const auto inside = port_number(std::string_view(key).substr(0, slash));
    if (!inside || !list.is_array()) continue;
    for (const json& binding : list) {
      PublishedPort port;
      port.container_port = *inside;
      if (slash != std::string::npos) port.protocol = key.substr(slash + 1);
      port.host_ip = text(binding, "HostIp");
      port.host_port = port_number(text(binding, "HostPort")).value_or(0);
      out.push_back(std::move(port));
    }
  }
  return out;
}

void read_addresses(const json& settings, ContainerStatus& out) {
  const json& networks = member(settings, "Networks");
  if (!networks.is_object()) return;
  for (const auto& [name, endpoint] : networks.items()) {
    if (const std::string address = text(endpoint, "IPAddress"); !address.empty())
      out.addresses[name] = address;
    if (const std::string mac = text(endpoint, "MacAddress"); !mac.empty()) out.mac_addresses[name] = mac;
  }
}

ContainerStatus read_container(const json& document) {
  ContainerStatus out;
  out.id = text(document, "Id");
  out.name = text(document, "Name");
  if (out.name.starts_with('/')) out.name.erase(0, 1);
  out.image_id = text(document, "Image");
  out.labels = labels(member(document, "Config"), "Labels");
  const json& state = member(document, "State");
  out.state = run_state(text(state, "Status"));
  out.exit_code = static_cast<int>(number(state, "ExitCode"));
  out.oom_killed = flag(state, "OOMKilled");
  out.error = text(state, "Error");
  out.created_at = parse_time(text(document, "Created"));
  out.started_at = parse_time(text(state, "StartedAt"));
  out.finished_at = parse_time(text(state, "FinishedAt"));
  out.health = health(state);
  const json& settings = member(document, "NetworkSettings");
  out.ports = ports(settings);
  read_addresses(settings, out);
  out.network_mode = text(member(document, "HostConfig"), "NetworkMode");
  return out;
}

// An element of the list: names have a leading slash; links add names with two.
ContainerStatus read_listed(const json& document) {
  ContainerStatus out;
  out.id = text(document, "Id");
  for (const std::string& name : texts(document, "Names")) {
    if (name.starts_with('/') && name.find('/', 1) == std::string::npos) out.name = name.substr(1);
  }
  out.labels = labels(document, "Labels");
  out.state = run_state(text(document, "State"));
  return out;
}

EngineInfo read_info(const json& document) {
  EngineInfo out;
  out.id = text(document, "ID");
  out.version = text(document, "ServerVersion");
  out.name = text(document, "Name");
  out.operating_system = text(document, "OperatingSystem");
  out.os_type = text(document, "OSType");
  out.architecture = text(document, "Architecture");
  out.cpus = static_cast<int>(number(document, "NCPU"));
  out.memory_bytes = number(document, "MemTotal");
  out.cgroup_version = text(document, "CgroupVersion");
  out.cgroup_driver = text(document, "CgroupDriver");
  out.kernel_version = text(document, "KernelVersion");
  return out;
}

ImageInfo read_image(const json& document) {
  ImageInfo out;
  out.id = text(document, "Id");
  out.repo_digests = texts(document, "RepoDigests");
  out.architecture = text(document, "Architecture");
  return out;
}

std::string read_id(const json& document) { return text(document, "Id"); }

NetworkInfo read_network(const json& document) {
  NetworkInfo out;
  out.id = text(document, "Id");
  out.name = text(document, "Name");
  out.labels = labels(document, "Labels");
  for (const json& pool : member(member(document, "IPAM"), "Config")) {
    const std::string subnet = text(pool, "Subnet");
    if (!out.subnet.empty() || subnet.find(':') != std::string::npos) continue;
    out.subnet = subnet;
    out.gateway = text(pool, "Gateway");
  }
  out.containers = member(document, "Containers").size();
  return out;
}

VolumeInfo read_volume(const json& document) {
  return {.name = text(document, "Name"), .labels = labels(document, "Labels")};
}

std::vector<VolumeInfo> read_volumes(const json& document) {
  const json& list = member(document, "Volumes");
  return list.is_array() ? read_all<VolumeInfo, read_volume>(list) : std::vector<VolumeInfo>{};
}

// Two decimal digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9')
    return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// "Z" or "+02:00" as minutes east.
std::optional<int> parse_zone(std::string_view zone) {
  if (zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = two_digits(zone, 1), minutes = two_digits(zone, 4);
  if (hours < 0 || minutes < 0) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<TimePoint> parse_time(std::string_view text) {
  // 2026-11-22T13:56:28.673946034Z
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const int century = two_digits(text, 0), year = two_digits(text, 2), month = two_digits(text, 5),
            day = two_digits(text, 8), hour = two_digits(text, 11), minute = two_digits(text, 14),
            second = two_digits(text, 17);
  if (century < 0 || year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(century * 100 + year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || century * 100 + year < 1970) return std::nullopt;
  text.remove_prefix(19);
  int millis = 0;
  if (text.starts_with('.')) {
    const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    for (std::size_t i = 1; i <= 3; ++i) millis = millis * 10 + (i < end ? text[i] - '0' : 0);
    text.remove_prefix(end);
  }
  const auto zone = parse_zone(text);
  if (!zone) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute - *zone) +
         Seconds(second) + Millis(millis);
}

std::optional<int> decode_api_version(std::string_view text) {
  if (!text.starts_with("1.")) return std::nullopt;
  text.remove_prefix(2);
  int minor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), minor);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return minor;
}

EngineResult<EngineInfo> decode_info(const std::string& body) {
  return decode<EngineInfo>(body, json::value_t::object, read_info);
}

EngineResult<ImageInfo> decode_image(const std::string& body) {
  return decode<ImageInfo>(body, json::value_t::object, read_image);
}

EngineResult<std::string> decode_id(const std::string& body) {
  auto id = decode<std::string>(body, json::value_t::object, read_id);
  if (id && id->empty()) return unreadable(body);
  return id;
}

EngineResult<ContainerStatus> decode_container(const std::string& body) {
  return decode<ContainerStatus>(body, json::value_t::object, read_container);
}

bool decode_tty(const std::string& body) {
  const json document = json::parse(body, nullptr, false);
  return flag(member(document, "Config"), "Tty");
}

EngineResult<std::vector<ContainerStatus>> decode_containers(const std::string& body) {
  return decode<std::vector<ContainerStatus>>(body, json::value_t::array,
                                              read_all<ContainerStatus, read_listed>);
}

EngineResult<NetworkInfo> decode_network(const std::string& body) {
  return decode<NetworkInfo>(body, json::value_t::object, read_network);
}

EngineResult<std::vector<NetworkInfo>> decode_networks(const std::string& body) {
  return decode<std::vector<NetworkInfo>>(body, json::value_t::array, read_all<NetworkInfo, read_network>);
}

EngineResult<std::vector<VolumeInfo>> decode_volumes(const std::string& body) {
  return decode<std::vector<VolumeInfo>>(body, json::value_t::object, read_volumes);
}

EngineError decode_error(int status, const std::string& body) {
  const json document = json::parse(body, nullptr, false);
  std::string message = text(document, "message");
  if (message.empty()) message = body.empty() ? "the engine answered HTTP " + std::to_string(status) : body;
  const EngineErrorKind kind = status == 404                    ? EngineErrorKind::NotFound
                               : status == 409                  ? EngineErrorKind::Conflict
                               : status == 401 || status == 403 ? EngineErrorKind::Denied
                               : status == 400                  ? EngineErrorKind::Invalid
                                                                : EngineErrorKind::Failed;
  return EngineError(kind, std::move(message));
}

}  // namespace slipway::runtime::docker
