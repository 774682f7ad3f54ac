#include "cli/doctor_probe.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "cli/engine_access.h"
#include "cli/options.h"
#include "cli/probe.h"
#include "cli/probe_image.h"
#include "slipway/app/config.h"
#include "slipway/base/id_source.h"
#include "slipway/runtime/labels.h"

namespace slipway::cli {
namespace {

using app::Place;
using runtime::Awaitable;
using runtime::Engine;
using runtime::EngineResult;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint16_t kPort = 4566;    // of the listener, in its container
constexpr const char* kLife = "120";     // seconds; also without anybody who removes it
constexpr seconds kAsking{20};           // for all targets of one caller
constexpr milliseconds kPatience{3000};  // for the user's own question
constexpr milliseconds kPoll{50};

volatile std::sig_atomic_t interrupted = 0;

// Lets what was made be removed before a Ctrl-C ends the process.
class Interruptible final {
 public:
  Interruptible() : before_int_(std::signal(SIGINT, note)), before_term_(std::signal(SIGTERM, note)) {}
  ~Interruptible() {
    std::signal(SIGINT, before_int_);
    std::signal(SIGTERM, before_term_);
    if (interrupted != 0) std::raise(interrupted);
  }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  static void note(int signal) { interrupted = signal; }
  using Handler = void (*)(int);
  Handler before_int_, before_term_;
};

// What a caller asks, and the line that its answer makes.
struct Target {
  std::string name;
  std::string address;  // HOST:PORT
  std::string mend;     // when it does not answer
};

Check verdict(const Target& target, bool answered) {
  return {target.name, answered ? Verdict::Ok : Verdict::Fail,
          target.address + (answered ? " answers" : " does not answer"), answered ? "" : target.mend};
}

bool is_loopback(const std::string& address) { return address.starts_with("127."); }

class Probe final {
 public:
  explicit Probe(const ReachQuestion& question) : question_(question), mark_("doctor-" + ids_.hex(8)) {
    labels_.emplace(runtime::kServerLabel, mark_);
    // A directory that is never there, so that `slipway prune` removes what a killed doctor left.
    labels_.emplace(runtime::kDataDirLabel, app::data_dir_label("/tmp/slipway-" + mark_));
  }
  ~Probe() {
    try {
      clean_up();
    } catch (const std::exception& error) {
      std::cerr << "slipway: the probe's objects are not removed (" << error.what()
                << "); `slipway prune --yes` does it once the engine answers\n";
    }
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  std::vector<Check> run() {
    make_image();
    make_network();
    start_listener();
    std::vector<Check> checks;
    checks.push_back(user_to_task());
    std::vector<Target> targets;
    targets.push_back({"task to task", listener_.addresses.at(network_) + ":" + std::to_string(kPort),
                       "let the engine manage iptables and its firewall rules forward between containers"});
    const auto own = own_listener(targets);
    for (const std::string& api : question_.api) {
      targets.push_back({"task to API", api, "let the firewall accept what comes from Docker's networks"});
    }
    for (Check& check : ask("caller", "", targets)) checks.push_back(std::move(check));
    return checks;
  }

 private:
  template <class T>
  T value(const std::string& what, const std::function<Awaitable<EngineResult<T>>(Engine&)>& call) {
    if (interrupted != 0) throw CommandError("interrupted");
    EngineResult<T> answer = ask_engine<T>(question_.engine, call);
    if (!answer) throw CommandError(what + ": " + answer.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*answer);
  }

  std::string name(const std::string& role) const { return "slipway-" + mark_ + "-" + role; }
  std::string image() const { return "slipway/probe:" + mark_; }

  void make_image() {
    made_ = true;
    value<void>("no probe image",
                [this](Engine& engine) { return engine.import_image(probe_root(), image(), {}); });
  }

  void make_network() {
    value<std::string>("no probe network", [this](Engine& engine) {
      runtime::NetworkSpec spec;
      spec.name = network_ = name("network");
      spec.labels = labels_;
      return engine.create_network(std::move(spec));
    });
  }

  // In the probe's network and those that tasks join; with `mode` only in that.
  runtime::ContainerSpec spec(const std::string& role, const std::string& mode) const {
    runtime::ContainerSpec made;
    made.name = name(role);
    made.image = image();
    made.labels = labels_;
    made.log_driver = "none";
    made.network_mode = mode.empty() ? network_ : mode;
    if (!mode.empty()) return made;
    made.extra_hosts.emplace_back("host.docker.internal:host-gateway");
    made.networks.push_back({network_, "", {}});
    for (const std::string& network : question_.networks) made.networks.push_back({network, "", {}});
    return made;
  }

  std::string start(const runtime::ContainerSpec& wanted) {
    const auto id =
        value<std::string>("no probe container", [&](Engine& engine) { return engine.create(wanted); });
    value<void>("a probe container does not start", [&](Engine& engine) { return engine.start(id); });
    return id;
  }

  runtime::ContainerStatus inspect(const std::string& id) {
    return value<runtime::ContainerStatus>("a probe container is gone",
                                           [&](Engine& engine) { return engine.inspect(id); });
  }

  void start_listener() {
    runtime::ContainerSpec wanted = spec("listener", "");
    wanted.command = {{"/slipway", "probe", std::to_string(kPort), kLife}};
    runtime::PublishedPort port;
    port.container_port = kPort;
    port.host_ip = question_.publish_address;
    wanted.ports.push_back(std::move(port));
    listener_ = inspect(start(wanted));
    if (listener_.ports.empty() || !listener_.addresses.contains(network_)) {
      throw CommandError("the probe container has ended at once (exit code " +
                         std::to_string(listener_.exit_code) + ")");
    }
  }

  Check user_to_task() {
    const app::Standing& standing = question_.standing;
    const std::string& published = question_.publish_address;
    Target target{"user to task", "", "choose another --publish-address, or let the firewall accept it"};
    target.address =
        app::user_address(standing, published) + ":" + std::to_string(listener_.ports.front().host_port);
    if (standing.place == Place::Container && !standing.host_network) {
      // The user is outside: a caller in the host's network stands in.
      return ask("user", "host", {target}).front();
    }
    if (standing.place == Place::Remote && is_loopback(published)) {
      return {target.name, Verdict::Note, target.address + " on the engine's machine, not on this one",
              "to reach tasks from here: --publish-address"};
    }
    return verdict(target, answers(target.address, kPatience));
  }

  // Something on this machine for tasks to reach, as a program of the user's would be; nullopt where none can
  // be.
  std::unique_ptr<ProbeListener> own_listener(std::vector<Target>& targets) {
    const app::Standing& standing = question_.standing;
    Target target{"task to this machine", "host.docker.internal",
                  "let the firewall accept what comes from Docker's networks (ufw allow in on docker0)"};
    std::string address = "127.0.0.1";
    if (standing.place == Place::Remote) return nullptr;
    if (standing.place == Place::Container && !standing.host_network) {
      if (standing.networks.empty()) return nullptr;
      address = "0.0.0.0";
      target.name = "task to this container";
      target.address = standing.networks.begin()->second;
      target.mend = "let tasks join this container's network: --network " + standing.networks.begin()->first;
    } else if (standing.place != Place::Desktop) {
      const auto bridge = ask_engine<runtime::NetworkInfo>(
          question_.engine, [](Engine& engine) { return engine.inspect_network("bridge"); });
      if (!bridge || bridge->gateway.empty()) return nullptr;
      address = bridge->gateway;
    }
    try {
      auto listener = std::make_unique<ProbeListener>(address, 0);
      target.address += ":" + std::to_string(listener->port());
      targets.push_back(std::move(target));
      return listener;
    } catch (const CommandError&) {
      return nullptr;  // a rootless engine's bridge is in a namespace of its own
    }
  }

  // A container that asks each target; `mode` as in spec().
  std::vector<Check> ask(const std::string& role, const std::string& mode,
                         const std::vector<Target>& targets) {
    runtime::ContainerSpec wanted = spec(role, mode);
    wanted.command = {{"/slipway", "probe", "0", kLife}};
    for (const Target& target : targets) wanted.command->push_back(target.address);
    const std::string id = start(wanted);
    const auto deadline = std::chrono::steady_clock::now() + kAsking;
    runtime::ContainerStatus status = inspect(id);
    while (status.state != runtime::RunState::Exited) {
      if (std::chrono::steady_clock::now() > deadline) throw CommandError("a probe container does not end");
      std::this_thread::sleep_for(kPoll);
      status = inspect(id);
    }
    std::vector<Check> checks;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      checks.push_back(verdict(targets[i], (static_cast<unsigned>(status.exit_code) >> i & 1U) == 0));
    }
    return checks;
  }

  // By label, so that also what an interrupted call made is found.
  void clean_up() {
    if (!made_) return;
    const auto& engine = question_.engine;
    using Containers = std::vector<runtime::ContainerStatus>;
    const auto containers =
        ask_engine<Containers>(engine, [this](Engine& each) { return each.list(labels_); });
    if (containers) {
      for (const auto& container : *containers) {
        ask_engine<void>(engine, [&](Engine& each) { return each.remove(container.id); });
      }
    }
    if (!network_.empty()) {
      ask_engine<void>(engine, [this](Engine& each) { return each.remove_network(network_); });
    }
    ask_engine<void>(engine, [this](Engine& each) { return each.remove_image(image()); });
  }

  const ReachQuestion& question_;
  RandomIdSource ids_;
  const std::string mark_;
  runtime::Labels labels_;
  bool made_ = false;
  std::string network_;
  runtime::ContainerStatus listener_;
};

const char* this_architecture() {
#if defined(__aarch64__)
  return "aarch64";
#else
  return "x86_64";
#endif
}

}  // namespace

std::vector<Check> check_reach(const ReachQuestion& question) {
  const std::string& architecture = question.info.architecture;
  if (architecture != this_architecture()) {
    return {{"reach", Verdict::Note,
             "not tried: the engine runs on " + architecture + ", this program on " + this_architecture(),
             ""}};
  }
  const Interruptible interruptible;
  try {
    Probe probe(question);
    return probe.run();
  } catch (const std::exception& error) {
    return {{"reach", Verdict::Fail, error.what(),
             "the engine has to be able to make images, networks and containers"}};
  }
}

}  // namespace slipway::cli
