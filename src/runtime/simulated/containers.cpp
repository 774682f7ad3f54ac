// The verbs on containers.
#include <algorithm>
#include <cmath>

#include "runtime/reference.h"
#include "runtime/simulated/in_process_engine.h"

namespace slipway::runtime::simulated {
namespace {

constexpr Exit kKilled{.after = Millis{0}, .code = 137, .out_of_memory = false};
constexpr std::string_view kJoin = "container:";

EngineError not_found(const std::string& id) {
  return EngineError(EngineErrorKind::NotFound, "No such container: " + id);
}

EngineError failed(std::string message) { return EngineError(EngineErrorKind::Failed, std::move(message)); }

// The modes in which a container gets no address.
bool without_address(const std::string& network_mode) {
  return network_mode.empty() || network_mode == "none" || network_mode == "host";
}

bool needs_extras(const ContainerSpec& spec) {
  return !spec.ports.empty() || !spec.networks.empty() || !spec.mounts.empty() ||
         spec.health_check.has_value() || !without_address(spec.network_mode);
}

bool is_sigkill(const std::string& signal) {
  return signal == "SIGKILL" || signal == "KILL" || signal == "9";
}

bool is_sigterm(const std::string& signal) {
  return signal == "SIGTERM" || signal == "TERM" || signal == "15" || signal == "SIGINT" || signal == "INT" ||
         signal == "2" || signal == "SIGQUIT" || signal == "QUIT" || signal == "3";
}

// Keeps a stop call's wake-up registered while it waits.
struct ExitWait {
  using Waiters = std::unordered_multimap<ContainerKey, async::Wake*>;
  Waiters& waiters;
  Waiters::iterator place;
  ~ExitWait() { waiters.erase(place); }
};

// The real time of its end, which may have been some time ago: in the middle of the two clocks' readings at
// its start and now as it is on control time.
TimePoint real_end(const Container& container, Now now) {
  const Millis lived = container.finished_at - container.started_at;
  const Millis passed = now.control - container.started_at;
  if (container.started_at == kNever || passed <= lived) return now.real;
  const double share = static_cast<double>(lived.count()) / static_cast<double>(passed.count());
  const auto real = static_cast<double>((now.real - container.started_real).count());
  return container.started_real + Millis{std::llround(share * real)};
}

}  // namespace

EngineResult<ContainerKey> InProcessEngine::find(const std::string& id) const {
  if (const auto key = table_.find(id)) return *key;
  return not_found(id);
}

std::optional<EngineError> InProcessEngine::check_new(const ContainerSpec& spec) const {
  if (!parse_image_reference(spec.image)) {
    return EngineError(EngineErrorKind::Invalid, "invalid reference format");
  }
  if (!find_image(spec.image)) {
    return EngineError(EngineErrorKind::NotFound,
                       "No such image: " + parse_image_reference(spec.image)->familiar());
  }
  if (const auto holder = table_.find(spec.name); holder && table_.all().at(*holder).name() == spec.name) {
    return EngineError(
        EngineErrorKind::Conflict,
        "Conflict. The container name \"/" + spec.name + "\" is already in use by container \"" +
            ContainerTable::id_of(*holder) +
            "\". You have to remove (or rename) that container to be able to reuse that name.");
  }
  return std::nullopt;
}

Awaitable<EngineResult<std::string>> InProcessEngine::create(ContainerSpec spec) {
  auto beginning = begin("create");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  if (spec.name.empty()) spec.name = "simulated-" + ids_.hex(12);
  if (auto refused = check_new(spec)) co_return std::move(*refused);
  if (const auto wish = spec.labels.find("dev.slipway.sim.create-error"); wish != spec.labels.end()) {
    co_return failed(wish->second);
  }
  const ContainerKey key = table_.insert(spec.name, spec.labels);
  fill(table_.at(key), spec);
  emit(key);
  co_return ContainerTable::id_of(key);
}

void InProcessEngine::fill(Container& container, const ContainerSpec& spec) {
  container.image = *find_image(spec.image);
  container.created_real = clock_.now().real;
  if (!needs_extras(spec)) return;
  container.extras = std::make_unique<ContainerExtras>();
  ContainerExtras& extras = *container.extras;
  extras.ports = spec.ports;
  extras.networks = spec.networks;
  extras.health_check = spec.health_check;
  if (spec.network_mode.starts_with(kJoin)) {
    extras.joined = spec.network_mode.substr(kJoin.size());
  } else if (!without_address(spec.network_mode) && extras.networks.empty()) {
    NetworkAttachment attachment;
    attachment.network = spec.network_mode == "default" ? "bridge" : spec.network_mode;
    extras.networks.push_back(std::move(attachment));
  }
  for (const Mount& mount : spec.mounts) {
    if (!mount.source.empty() && !mount.source.starts_with('/')) extras.volumes.push_back(mount.source);
  }
  use_volumes(extras);
}

Awaitable<EngineResult<void>> InProcessEngine::start(std::string id) {
  auto beginning = begin("start");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  auto found = find(id);
  if (!found) co_return found.error();
  const Behaviour behaviour(table_, table_.at(*found));
  if (const Millis takes = behaviour.start_takes(); takes > Millis{0}) {
    auto waiting = clock_.sleep_until(now() + takes);
    co_await std::move(waiting);
    if (auto gone = unreachable()) co_return std::move(*gone);
    settle();
    if (!table_.contains(*found)) co_return not_found(id);
  }
  if (table_.at(*found).state == RunState::Running) co_return EngineResult<void>{};
  if (auto refused = begin_running(*found)) co_return std::move(*refused);
  co_return EngineResult<void>{};
}

std::optional<EngineError> InProcessEngine::check_joined(const Container& container) {
  if (!container.extras || container.extras->joined.empty()) return std::nullopt;
  const auto joined = table_.find(container.extras->joined);
  if (!joined) return not_found(container.extras->joined);
  if (table_.at(*joined).state != RunState::Running) {
    return failed("cannot join network of a non running container: " + ContainerTable::id_of(*joined));
  }
  return std::nullopt;
}

std::optional<EngineError> InProcessEngine::begin_running(ContainerKey key) {
  Container& container = table_.at(key);
  const Behaviour behaviour(table_, container);
  auto refused = check_joined(container);
  if (const std::string wish = behaviour.start_error(); !refused && !wish.empty()) refused = failed(wish);
  if (!refused) refused = attach_networks(key);
  if (refused) {
    if (!container.extras) container.extras = std::make_unique<ContainerExtras>();
    container.extras->error = refused->message;
    container.exit_code = 128;  // as Docker leaves it after a start that failed
    return refused;
  }
  container.state = RunState::Running;
  container.started_at = now();
  container.started_real = clock_.now().real;
  container.finished_at = container.finished_real = kNever;
  container.exit_code = 0;
  container.oom_killed = false;
  if (container.extras) container.extras->error.clear();
  if (const auto exit = behaviour.own_exit()) schedule(key, Due::Exit, now() + exit->after);
  if (container.extras && container.extras->health_check) {
    const HealthPlan plan = behaviour.health(*container.extras->health_check);
    container.health = plan.first;
    if (plan.change) schedule(key, Due::Health, now() + plan.change->after);
  }
  emit(key);
  return std::nullopt;
}

std::optional<EngineError> InProcessEngine::attach_networks(ContainerKey key) {
  Container& container = table_.at(key);
  if (!container.extras) return std::nullopt;
  ContainerExtras& extras = *container.extras;
  for (const NetworkAttachment& attachment : extras.networks) {
    Network* network = networks_.find(attachment.network);
    EngineResult<std::uint32_t> address =
        network != nullptr
            ? networks_.attach(*network, attachment.address)
            : EngineError(EngineErrorKind::NotFound, "network " + attachment.network + " not found");
    if (!address) {
      release_networks(container);
      return address.error();
    }
    extras.addresses[network->spec.name] = {network->id, *address};
  }
  extras.bound = extras.ports;
  if (auto taken = ports_.take(extras.bound); !taken) {
    extras.bound.clear();
    release_networks(container);
    return taken.error();
  }
  return std::nullopt;
}

void InProcessEngine::release_networks(Container& container) {
  if (!container.extras) return;
  for (const auto& [name, place] : container.extras->addresses) networks_.detach(place.first, place.second);
  container.extras->addresses.clear();
  ports_.release(container.extras->bound);
  container.extras->bound.clear();
}

void InProcessEngine::finish(ContainerKey key, const Exit& exit, TimePoint when) {
  Container& container = table_.at(key);
  unschedule(key, Due::Exit);
  unschedule(key, Due::Health);
  container.state = RunState::Exited;
  container.stopping = false;
  container.exit_code = exit.code;
  container.oom_killed = exit.out_of_memory;
  container.finished_at = when;
  container.finished_real = real_end(container, clock_.now());
  release_networks(container);
  const auto [first, last] = exit_waiters_.equal_range(key);
  for (auto it = first; it != last; ++it) it->second->call();
  emit(key);
}

void InProcessEngine::end_by(ContainerKey key, const Exit& exit) {
  Container& container = table_.at(key);
  const TimePoint when = now() + exit.after;
  if (exit.after == Millis{0}) return finish(key, exit, when);
  if (container.exit_due <= when) return;  // ends by itself, or by an earlier signal, before
  container.exit_code = exit.code;
  container.stopping = true;
  schedule(key, Due::Exit, when);
}

Awaitable<EngineResult<void>> InProcessEngine::stop(std::string id, Seconds grace) {
  auto beginning = begin("stop");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto found = table_.find(id);
  if (!found) co_return EngineResult<void>{};  // what is gone does not run any more
  const ContainerKey key = *found;
  if (table_.at(key).state == RunState::Running) {
    end_by(key, *Behaviour(table_, table_.at(key)).after_stop(grace));
  }
  async::Wake ended(executor_);
  const ExitWait registered{exit_waiters_, exit_waiters_.emplace(key, &ended)};
  while (table_.contains(key) && table_.at(key).state == RunState::Running) {
    auto waiting = ended.wait_until(clock_, table_.at(key).exit_due);
    co_await std::move(waiting);
    if (auto gone = unreachable()) co_return std::move(*gone);
    settle();
  }
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> InProcessEngine::kill(std::string id, std::string signal) {
  auto beginning = begin("kill");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  auto found = find(id);
  if (!found) co_return found.error();
  if (table_.at(*found).state != RunState::Running) {
    co_return EngineError(EngineErrorKind::Conflict, "Cannot kill container: " + id + ": Container " +
                                                         ContainerTable::id_of(*found) + " is not running");
  }
  if (signal.empty() || is_sigkill(signal)) {
    finish(*found, kKilled, now());
  } else if (is_sigterm(signal)) {
    if (const auto exit = Behaviour(table_, table_.at(*found)).after_stop(std::nullopt))
      end_by(*found, *exit);
  }
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<void>> InProcessEngine::remove(std::string id) {
  auto beginning = begin("remove");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  const auto key = table_.find(id);
  if (!key) co_return EngineResult<void>{};
  if (table_.at(*key).state == RunState::Running) finish(*key, kKilled, now());
  if (table_.at(*key).extras) release_volumes(*table_.at(*key).extras);
  emit(*key);
  table_.erase(*key);
  co_return EngineResult<void>{};
}

Awaitable<EngineResult<ContainerStatus>> InProcessEngine::inspect(std::string id) {
  auto beginning = begin("inspect");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  auto found = find(id);
  if (!found) co_return found.error();
  co_return status_of(*found);
}

Awaitable<EngineResult<std::vector<ContainerStatus>>> InProcessEngine::list(Labels labels) {
  auto beginning = begin("list");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  std::vector<ContainerStatus> out;
  for (const auto& [key, container] : table_.all()) {
    if (!table_.matches(container, labels)) continue;
    ContainerStatus status;
    status.id = ContainerTable::id_of(key);
    status.name = container.name();
    status.labels = table_.labels_of(container);
    status.state = container.state;
    out.push_back(std::move(status));
  }
  co_return out;
}

}  // namespace slipway::runtime::simulated
