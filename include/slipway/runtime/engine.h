// What Slipway asks of a container engine. Two implementations under one contract test suite: docker/ talks
// to the Docker Engine API, simulated/ runs containers in process, steered by `dev.slipway.sim.*` labels. The
// engine knows nothing of ECS. All calls are made and complete on the control thread; each has a deadline
// inside, so that no caller waits for ever. A failure is a value: callers decide.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/base/error.h"
#include "slipway/base/time.h"

namespace slipway::runtime {

using async::Awaitable;
using Labels = std::map<std::string, std::string>;

enum class EngineErrorKind {
  Unreachable,  // no connection, or it broke before the answer: the outcome is unknown
  Timeout,      // no answer in time: the outcome is unknown
  NotFound,     // 404
  Conflict,     // 409: name taken, already in that state, in use
  Denied,       // 401/403, or a registry's refusal
  Invalid,      // 400: the engine refuses the request
  Failed        // 5xx and failures reported inside a stream
};

// Why a call failed. `message` is the engine's own text, without a prefix ("pull access denied for x, …").
struct EngineError {
  EngineError() = default;  // Result::error() needs it
  EngineError(EngineErrorKind kind_in, std::string message_in)
      : kind(kind_in), message(std::move(message_in)) {}
  EngineErrorKind kind = EngineErrorKind::Failed;
  std::string message;
};

template <class T>
using EngineResult = Result<T, EngineError>;

struct EngineInfo {
  std::string id;           // the engine's own identity: stable across its restarts
  std::string version;      // "20.10.24"
  std::string api_version;  // negotiated
  std::string name;         // host name
  std::string operating_system;
  std::string os_type;       // "linux"
  std::string architecture;  // "x86_64", "aarch64"
  int cpus = 0;
  std::int64_t memory_bytes = 0;
  std::string cgroup_version;  // "1", "2"
  std::string cgroup_driver;   // "cgroupfs", "systemd"
  std::string kernel_version;  // "6.1.0-18-amd64"
};

struct ImageInfo {
  std::string id;                         // sha256:…
  std::vector<std::string> repo_digests;  // name@sha256:…
  std::string architecture;
};

struct PublishedPort {
  std::uint16_t container_port = 0;
  std::string protocol = "tcp";  // tcp, udp
  std::string host_ip;
  std::uint16_t host_port = 0;  // 0: the engine chooses
  bool operator==(const PublishedPort&) const = default;
};

struct HealthCheck {
  std::vector<std::string> test;  // {"CMD", …}, {"CMD-SHELL", …}, {"NONE"}
  Seconds interval{30};
  Seconds timeout{5};
  int retries = 3;
  Seconds start_period{0};
};

struct Mount {
  std::string source;  // host path or volume name
  std::string target;
  bool read_only = false;
};

struct Ulimit {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};

struct Device {
  std::string host_path;
  std::string container_path;
  std::string permissions;  // subset of "rwm"
};

// An end point on a network; `address` empty lets the engine choose.
struct NetworkAttachment {
  std::string network;  // name or id
  std::string address;
  std::vector<std::string> aliases;
};

// Everything that a container is created from. Empty or nullopt: the engine's or the image's default.
struct ContainerSpec {
  std::string name;
  std::string image;
  std::optional<std::vector<std::string>> entry_point;
  std::optional<std::vector<std::string>> command;
  std::vector<std::pair<std::string, std::string>> environment;
  Labels labels;
  std::string user;
  std::string working_directory;
  std::string hostname;
  bool network_disabled = false;
  std::string network_mode;  // "bridge", "host", "none", "container:<id>" or a network's name
  std::vector<NetworkAttachment>
      networks;  // the first is the one of network_mode; more are connected before start
  std::vector<PublishedPort> ports;
  std::vector<std::string> dns_servers, dns_search, extra_hosts, links, security_options;
  std::vector<Mount> mounts;
  std::vector<std::string> volumes_from;
  std::int64_t cpu_shares = 0;
  std::int64_t cpu_quota = 0, cpu_period = 0;  // microseconds
  std::int64_t memory_bytes = 0, memory_reservation_bytes = 0;
  std::optional<std::int64_t> memory_swap_bytes, memory_swappiness;
  std::string cgroup_parent;
  bool privileged = false, read_only_root = false, init = false, open_stdin = false, tty = false;
  std::vector<std::string> cap_add, cap_drop;
  std::vector<Device> devices;
  std::vector<Ulimit> ulimits;
  std::map<std::string, std::string> tmpfs;  // path -> options
  std::map<std::string, std::string> sysctls;
  std::int64_t shm_bytes = 0;
  std::string pid_mode, ipc_mode;
  std::optional<HealthCheck> health_check;
  std::string log_driver;  // empty: the engine's
  std::map<std::string, std::string> log_options;
};

enum class RunState { Created, Running, Paused, Restarting, Removing, Exited, Dead };
enum class Health { None, Starting, Healthy, Unhealthy };

// One container as the engine sees it now.
struct ContainerStatus {
  std::string id;
  std::string name;  // without the leading slash
  std::string image_id;
  Labels labels;
  RunState state = RunState::Created;
  int exit_code = 0;
  bool oom_killed = false;
  std::string error;  // State.Error
  std::optional<TimePoint> created_at, started_at, finished_at;
  Health health = Health::None;
  std::vector<PublishedPort> ports;                  // with the host ports that the engine chose
  std::map<std::string, std::string> addresses;      // network name -> IPv4 address
  std::map<std::string, std::string> mac_addresses;  // network name -> MAC
  // "bridge" (also "default"), "host", "none", "container:<id>", a network's name; the simulated engine:
  // empty.
  std::string network_mode;
};

struct NetworkSpec {
  std::string name;
  std::string subnet;   // CIDR; empty: the engine chooses
  std::string gateway;  // or empty
  bool internal = false;
  Labels labels;
  std::map<std::string, std::string> options;
};

struct NetworkInfo {
  std::string id;
  std::string name;
  std::string subnet;
  std::string gateway;
  Labels labels;
  std::size_t containers = 0;  // attached now; only filled by inspect_network
};

struct VolumeSpec {
  std::string name;
  std::string driver;
  std::map<std::string, std::string> options;
  Labels labels;
};

struct VolumeInfo {
  std::string name;
  Labels labels;
};

// To the nanosecond, as engines write it: no two pieces of a stream of output have the same.
using LogTime = std::chrono::sys_time<std::chrono::nanoseconds>;
enum class LogStream : std::uint8_t { Stdout, Stderr };

// A line of what a container printed, or a part of a long one.
struct LogPiece {
  LogStream stream = LogStream::Stdout;
  LogTime time{};
  std::string text;       // any bytes; without the newline
  bool ends_line = true;  // false: the line goes on in the next piece of this stream
  bool operator==(const LogPiece&) const = default;
};

struct LogRequest {
  std::string id;
  bool follow = false;
  std::optional<LogTime> since;      // nothing older
  std::optional<std::int64_t> tail;  // only the last so many pieces of those printed before the call
};

// Takes pieces in order; no more are read from the engine until it returns, however long that takes. Never
// called twice at a time. What it throws ends the call.
using LogSink = std::function<Awaitable<void>(std::vector<LogPiece> pieces)>;

// Progress of a pull: one call per line of the engine's progress stream that changes the picture.
using PullProgress = std::function<void(const std::string& line)>;
// Something happened to a container (or, with an empty id, the stream was (re)connected and anything may have
// happened). Only a wake-up call: the listener inspects.
using EventListener = std::function<void(const std::string& container_id, const Labels& labels)>;

class Engine {
 public:
  virtual ~Engine() = default;

  virtual Awaitable<EngineResult<EngineInfo>> info() = 0;

  virtual Awaitable<EngineResult<ImageInfo>> inspect_image(std::string reference) = 0;
  // With the registry credentials of ~/.docker/config.json (and its helpers).
  virtual Awaitable<EngineResult<void>> pull(std::string reference, PullProgress progress) = 0;
  // Makes an image from a tar of its root file system; `config` is the JSON of Docker's `changes` as lines
  // ("CMD […]").
  virtual Awaitable<EngineResult<void>> import_image(std::string tar, std::string tag,
                                                     std::vector<std::string> changes) = 0;
  // The name, and the image when it was the last one. NotFound: there is none.
  virtual Awaitable<EngineResult<void>> remove_image(std::string reference) = 0;

  // The new container's id. Conflict: the name is taken.
  virtual Awaitable<EngineResult<std::string>> create(ContainerSpec spec) = 0;
  virtual Awaitable<EngineResult<void>> start(std::string id) = 0;
  // The image's stop signal, then SIGKILL after `grace`. Success when it is not running any more, also
  // before.
  virtual Awaitable<EngineResult<void>> stop(std::string id, Seconds grace) = 0;
  virtual Awaitable<EngineResult<void>> kill(std::string id, std::string signal) = 0;
  // With its anonymous volumes; kills it first. Success when it is gone, also before.
  virtual Awaitable<EngineResult<void>> remove(std::string id) = 0;
  // By id or name.
  virtual Awaitable<EngineResult<ContainerStatus>> inspect(std::string id) = 0;
  // All containers, running or not, that carry each of `labels` (here and in the other lists an empty value
  // asks only for the label's presence). Only id, name, labels and state are filled.
  virtual Awaitable<EngineResult<std::vector<ContainerStatus>>> list(Labels labels) = 0;

  // What a container printed, running or not, while it existed. With `follow` also what it prints from now
  // on, until it does not run any more. Failed: its log driver keeps nothing that can be read.
  virtual Awaitable<EngineResult<void>> logs(LogRequest request, LogSink sink) = 0;

  virtual Awaitable<EngineResult<std::string>> create_network(NetworkSpec spec) = 0;
  virtual Awaitable<EngineResult<NetworkInfo>> inspect_network(std::string name) = 0;
  virtual Awaitable<EngineResult<std::vector<NetworkInfo>>> list_networks(Labels labels) = 0;
  virtual Awaitable<EngineResult<void>> remove_network(std::string id) = 0;

  virtual Awaitable<EngineResult<void>> create_volume(VolumeSpec spec) = 0;
  virtual Awaitable<EngineResult<void>> inspect_volume(std::string name) = 0;
  virtual Awaitable<EngineResult<std::vector<VolumeInfo>>> list_volumes(Labels labels) = 0;
  virtual Awaitable<EngineResult<void>> remove_volume(std::string name) = 0;

  // Follows the engine's events for containers that carry `labels`, for ever: reconnects with a growing delay
  // (100 ms to 2 s) and calls `listener` with an empty id after each (re)connection, `interrupted` each time
  // that the stream ends or cannot be opened. Ends by cancellation.
  virtual Awaitable<void> follow_events(Labels labels, EventListener listener,
                                        std::function<void()> interrupted) = 0;
};

}  // namespace slipway::runtime
