// The verbs on the engine itself, images, networks and volumes; what inspect shows of a container.
#include "runtime/label_match.h"
#include "runtime/reference.h"
#include "runtime/sha256.h"
#include "runtime/simulated/in_process_engine.h"

namespace slipway::runtime::simulated {
namespace {

#if defined(__aarch64__)
constexpr const char* kArchitecture = "aarch64";
constexpr const char* kImageArchitecture = "arm64";
#else
constexpr const char* kArchitecture = "x86_64";
constexpr const char* kImageArchitecture = "amd64";
#endif

EngineError no_volume(const std::string& name) {
  return EngineError(EngineErrorKind::NotFound, "get " + name + ": no such volume");
}

// An image that stands for one that cannot be pulled: named missing, or tagged so.
bool is_missing(const ImageReference& reference) {
  const std::string& name = reference.repository;
  return reference.tag == "missing" || name.substr(name.rfind('/') + 1) == "missing";
}

// The tag `pull-Ns` makes a pull take N seconds.
Millis pull_takes(const ImageReference& reference) {
  constexpr std::string_view kPrefix = "pull-";
  const std::string_view tag = reference.tag;
  if (!tag.starts_with(kPrefix) || !tag.ends_with('s')) return Millis{0};
  return parse_seconds(tag.substr(kPrefix.size(), tag.size() - kPrefix.size() - 1)).value_or(Millis{0});
}

std::optional<TimePoint> known(TimePoint when) { return when == kNever ? std::nullopt : std::optional(when); }

}  // namespace

Awaitable<EngineResult<EngineInfo>> InProcessEngine::info() {
  auto beginning = begin("info");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  EngineInfo out;
  out.id = "simulated";
  out.version = "simulated";
  out.api_version = "1.44";
  out.name = "simulated";
  out.operating_system = "simulated";
  out.os_type = "linux";
  out.architecture = kArchitecture;
  out.cpus = machine_.cpus;
  out.memory_bytes = machine_.memory_bytes;
  out.cgroup_version = "2";
  out.cgroup_driver = "cgroupfs";
  co_return out;
}

std::optional<std::uint32_t> InProcessEngine::find_image(const std::string& reference) const {
  const auto parsed = parse_image_reference(reference);
  if (!parsed) return std::nullopt;
  const auto place = image_indices_.find(parsed->familiar());
  return place == image_indices_.end() ? std::nullopt : std::optional(place->second);
}

void InProcessEngine::add_image(const std::string& name) {
  if (image_indices_.try_emplace(name, static_cast<std::uint32_t>(images_.size())).second)
    images_.push_back(name);
}

Awaitable<EngineResult<ImageInfo>> InProcessEngine::inspect_image(std::string reference) {
  auto beginning = begin("inspect_image");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto image = find_image(reference);
  if (!image) co_return EngineError(EngineErrorKind::NotFound, "No such image: " + reference);
  const std::string& name = images_[*image];
  ImageInfo out;
  out.id = "sha256:" + sha256_hex("config of " + name);
  const auto parsed = parse_image_reference(name);
  const std::string digest = parsed->digest.empty() ? "sha256:" + sha256_hex(name) : parsed->digest;
  out.repo_digests.push_back(parsed->familiar_name() + "@" + digest);
  out.architecture = kImageArchitecture;
  co_return out;
}

Awaitable<EngineResult<void>> InProcessEngine::pull(std::string reference, PullProgress progress) {
  auto beginning = begin("pull");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto parsed = parse_image_reference(reference);
  if (!parsed) co_return EngineError(EngineErrorKind::Invalid, "invalid reference format");
  if (const Millis takes = pull_takes(*parsed); takes > Millis{0}) {
    if (progress) progress("Pulling from " + parsed->familiar_name());
    auto waiting = clock_.sleep_until(now() + takes);
    co_await std::move(waiting);
    if (auto gone = unreachable()) co_return std::move(*gone);
  }
  if (is_missing(*parsed)) {
    co_return EngineError(EngineErrorKind::NotFound, "manifest for " + parsed->familiar() +
                                                         " not found: manifest unknown: manifest unknown");
  }
  add_image(parsed->familiar());
  if (progress) progress("Status: Downloaded newer image for " + parsed->familiar());
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> InProcessEngine::import_image(std::string, std::string tag,
                                                            std::vector<std::string>) {
  auto beginning = begin("import_image");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto parsed = parse_image_reference(tag);
  if (!parsed) co_return EngineError(EngineErrorKind::Invalid, "invalid reference format");
  add_image(parsed->familiar());
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> InProcessEngine::remove_image(std::string reference) {
  auto beginning = begin("remove_image");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto image = find_image(reference);
  if (!image) co_return EngineError(EngineErrorKind::NotFound, "No such image: " + reference);
  image_indices_.erase(images_[*image]);  // its containers keep the entry
  co_return EngineResult<void>{};
}

ContainerStatus InProcessEngine::status_of(ContainerKey key) const {
  const Container& container = table_.all().at(key);
  ContainerStatus out;
  out.id = ContainerTable::id_of(key);
  out.name = container.name();
  out.image_id = "sha256:" + sha256_hex("config of " + images_[container.image]);
  out.labels = table_.labels_of(container);
  out.state = container.state;
  out.exit_code = container.state == RunState::Running ? 0 : container.exit_code;
  out.oom_killed = container.oom_killed;
  out.created_at = container.created_real;
  out.started_at = known(container.started_real);
  out.finished_at = known(container.finished_real);
  out.health = container.health;
  if (!container.extras) return out;
  out.error = container.extras->error;
  out.ports = container.extras->bound;
  for (const auto& [network, place] : container.extras->addresses) {
    if (place.second == 0) continue;
    out.addresses[network] = to_address(place.second);
    out.mac_addresses[network] = to_mac(place.second);
  }
  return out;
}

Awaitable<EngineResult<std::string>> InProcessEngine::create_network(NetworkSpec spec) {
  auto beginning = begin("create_network");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  co_return networks_.create(std::move(spec));
}

Awaitable<EngineResult<NetworkInfo>> InProcessEngine::inspect_network(std::string name) {
  auto beginning = begin("inspect_network");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const Network* network = networks_.find(name);
  if (network == nullptr) co_return EngineError(EngineErrorKind::NotFound, "network " + name + " not found");
  NetworkInfo out = NetworkTable::info(*network);
  out.containers = network->attached;
  co_return out;
}

Awaitable<EngineResult<std::vector<NetworkInfo>>> InProcessEngine::list_networks(Labels labels) {
  auto beginning = begin("list_networks");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  co_return networks_.list(labels);
}

Awaitable<EngineResult<void>> InProcessEngine::remove_network(std::string id) {
  auto beginning = begin("remove_network");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  co_return networks_.remove(id);
}

void InProcessEngine::use_volumes(const ContainerExtras& extras) {
  for (const std::string& name : extras.volumes) {
    Volume& volume = volumes_[name];  // Docker makes a volume that a mount names
    volume.spec.name = name;
    ++volume.users;
  }
}

void InProcessEngine::release_volumes(const ContainerExtras& extras) {
  for (const std::string& name : extras.volumes) {
    if (const auto volume = volumes_.find(name); volume != volumes_.end()) --volume->second.users;
  }
}

Awaitable<EngineResult<void>> InProcessEngine::create_volume(VolumeSpec spec) {
  auto beginning = begin("create_volume");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const std::string name = spec.name;
  volumes_.try_emplace(name, Volume{.spec = std::move(spec), .users = 0});
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> InProcessEngine::inspect_volume(std::string name) {
  auto beginning = begin("inspect_volume");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  if (!volumes_.contains(name)) co_return no_volume(name);
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<std::vector<VolumeInfo>>> InProcessEngine::list_volumes(Labels labels) {
  auto beginning = begin("list_volumes");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  std::vector<VolumeInfo> out;
  for (const auto& [name, volume] : volumes_) {
    if (!labels_match(volume.spec.labels, labels)) continue;
    out.push_back({.name = name, .labels = volume.spec.labels});
  }
  co_return out;
}

Awaitable<EngineResult<void>> InProcessEngine::remove_volume(std::string name) {
  auto beginning = begin("remove_volume");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto volume = volumes_.find(name);
  if (volume == volumes_.end()) co_return no_volume(name);
  if (volume->second.users > 0) {
    co_return EngineError(EngineErrorKind::Conflict, "remove " + name + ": volume is in use");
  }
  volumes_.erase(volume);
  co_return EngineResult<void>{};
}

}  // namespace slipway::runtime::simulated
