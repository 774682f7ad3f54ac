// Makes tasks real: reads each unfinished task, lets lifecycle::next() decide, executes the steps on the
// engine and stores what came of them. One serial decision per task; slow calls run beside it and report back
// through the store. The store's change feed and the engine's events only wake it, so starting after a crash
// is the ordinary path. Made by app; control thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/lifecycle/waiting.h"
#include "slipway/runtime/engine.h"
#include "slipway/runtime/task_cgroups.h"
#include "slipway/store/store.h"

#include <boost/asio/any_io_executor.hpp>

namespace slipway::agent {

// decisions.md 18.
enum class PullPolicy : std::uint8_t { Missing, Always, Never };

// Whether nobody on this machine holds (address, port); `protocol` is tcp or udp.
using PortProbe =
    std::function<bool(const std::string& address, std::uint16_t port, std::string_view protocol)>;

struct AgentSettings {
  std::string server_id;     // label dev.slipway.server of everything made
  std::string data_dir;      // label dev.slipway.data-dir; empty: none
  std::string engine_id;     // identity of the engine
  std::string architecture;  // of the engine: "x86_64", "aarch64"
  std::string publish_address = "127.0.0.1";
  std::vector<std::string> networks;  // engine networks that every task joins too (--network)
  PullPolicy pull = PullPolicy::Missing;
  std::pair<std::uint16_t, std::uint16_t> ports{32768, 60999};  // dynamic host ports, first and last
  bool default_ulimits = true;  // Fargate's default of open files, until the engine refuses it
  // Empty: tries to bind. Where this process does not share the engine's network, one that always says yes:
  // then the engine's refusal decides.
  PortProbe port_free;
  // Hold the limits of tasks; nullptr: they hold for each container (decisions.md 23).
  std::shared_ptr<runtime::TaskCgroups> cgroups;
};

// Since start; for /_slipway/metrics.
struct AgentCounters {
  std::uint64_t launches = 0, launch_failures = 0, pulls = 0, pull_failures = 0, restarts = 0, stops = 0,
                removed = 0, engine_errors = 0;
  std::size_t launches_in_flight = 0, launches_waiting = 0, jobs = 0;
};

class Agent final {
 public:
  // All references outlive the agent.
  Agent(boost::asio::any_io_executor executor, store::Store& store, runtime::Engine& engine,
        async::Clock& clock, IdSource& ids, Log& log, AgentSettings settings);
  ~Agent();  // after stop(), or when the executor runs no more
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Takes up every unfinished task and follows the engine and the store. Once.
  void start();
  // Ends all work; containers stay as they are and are adopted at the next start. Once.
  async::Awaitable<void> stop();

  // Ends all work and removes every container, task volume and network of this server from the engine; what
  // it refuses to remove is logged. Then the agent rests: reset the store, then resume() (or stop()).
  async::Awaitable<void> remove_everything();
  void resume();

  // False from about ten seconds (real time) after the engine was lost until it answers again: then tasks
  // show DISCONNECTED and container instances agentConnected false.
  bool engine_answers() const;
  AgentCounters counters() const;
  // What is under way for a task now: pulls, launches that wait for their turn, stops, in sentences. Empty
  // when there is nothing, or no such task.
  std::vector<lifecycle::Wait> activity(const std::string& task_arn) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The range that the kernel gives to outgoing connections, which ECS's agent uses for dynamic host ports
// (data-plane.md 5.2): reads /proc; 49153-65535 where there is none.
std::pair<std::uint16_t, std::uint16_t> local_port_range();

}  // namespace slipway::agent
