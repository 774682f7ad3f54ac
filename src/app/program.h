// The running server: every long-lived object, in the order in which they need each other. Resources first,
// what uses them after, so that destruction goes backwards. Control thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/ephemeral.h"
#include "app/log_session.h"
#include "slipway/agent/agent.h"
#include "slipway/app/config.h"
#include "slipway/app/standing.h"
#include "slipway/async/system_clock.h"
#include "slipway/async/task_scope.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/controllers/service_controller.h"
#include "slipway/controllers/service_ports.h"
#include "slipway/dataplane/data_plane.h"
#include "slipway/runtime/engine.h"
#include "slipway/server/dispatcher.h"
#include "slipway/server/http_server.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"

namespace slipway::app {

class Program final {
 public:
  explicit Program(const Config& config);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Until a signal ends it; returns the exit code.
  int run();

 private:
  void open_state();
  void start_clock();
  async::Awaitable<void> serve();
  async::Awaitable<void> start_engine();
  // Where this process stands towards the engine, and which networks tasks join.
  async::Awaitable<void> take_place(std::string engine_url);
  void make_agent();
  void make_service_ports();
  async::Awaitable<std::map<std::string, std::string>> container_addresses(std::string runtime_id);
  void start_server();
  LogContext log_context();
  std::function<TimePoint()> engine_time() const;
  async::Awaitable<void> wait_for_signal();
  async::Awaitable<bool> second_interrupt();
  async::Awaitable<void> shut_down();
  async::Awaitable<void> sweep();
  async::Awaitable<void> stop_all_tasks();
  async::Awaitable<void> reset();
  async::Awaitable<bool> engine_answers();

  const Config config_;
  const std::string directory_;
  Log log_;
  boost::asio::io_context context_{1};
  RandomIdSource ids_;
  std::optional<EphemeralSlot> slot_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<async::SystemClock> clock_;
  std::unique_ptr<runtime::Engine> engine_;
  std::optional<runtime::EngineInfo> engine_info_;
  Standing standing_;
  std::vector<std::string> networks_;  // that tasks join
  std::unique_ptr<services::Ecs> ecs_;
  std::unique_ptr<controllers::ServiceController> services_;
  std::unique_ptr<dataplane::DataPlane> data_plane_;
  std::unique_ptr<controllers::ServicePorts> service_ports_;  // nullptr: the engine is simulated
  std::unique_ptr<server::Dispatcher> dispatcher_;
  std::unique_ptr<agent::Agent> agent_;
  std::unique_ptr<server::HttpServer> server_;
  async::TaskScope loops_;
  bool ephemeral_ = false;
  bool stop_all_ = false;
  bool resetting_ = false;
};

}  // namespace slipway::app
