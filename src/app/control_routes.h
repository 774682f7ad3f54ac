// The routes below /_slipway/ and LocalStack's names for them: how the command line and CI look at the
// server.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/why.h"
#include "slipway/agent/agent.h"
#include "slipway/app/standing.h"
#include "slipway/async/system_clock.h"
#include "slipway/controllers/service_ports.h"
#include "slipway/server/dispatcher.h"
#include "slipway/server/http.h"
#include "slipway/store/store.h"

namespace slipway::app {

// What the routes look at. References outlive the routes.
struct ControlContext {
  store::Store& store;
  async::SystemClock& clock;
  std::string engine_kind;  // "docker", "simulated"
  std::string engine_version;
  std::string engine_id;
  bool strict = false;
  Standing standing;
  std::vector<std::string> networks;        // that tasks join
  std::string publish_address;              // of task ports
  std::vector<std::string> task_endpoints;  // HOST:PORT of this API as tasks reach it; empty: they do not
  std::function<std::vector<server::Dispatcher::Count>()> request_counts;
  std::function<std::size_t()> connections;
  std::function<agent::AgentCounters()> agent_counters;
  WhySources why;
  controllers::ServicePorts* service_ports = nullptr;        // nullptr: the engine is simulated
  std::function<async::Awaitable<bool>()> engine_reachable;  // asks it; false when it does not answer soon
  std::function<async::Awaitable<void>()> reset;             // completes when everything is gone
};

std::vector<server::Route> control_routes(const ControlContext& context);

// How the user reaches things.
struct StatusView {
  std::string published_at;  // the user's name for the address on which the engine publishes ports
  std::vector<controllers::OpenPort> service_ports = {};
};

// The state as `slipway status` shows it: clusters, services and tasks of all accounts and regions, with the
// addresses at which the user reaches them. INACTIVE services are left out.
std::string status_json(const store::Model& model, const StatusView& view);
// Prometheus text exposition format.
std::string metrics_text(const ControlContext& context, Millis uptime, bool engine_reachable);

}  // namespace slipway::app
