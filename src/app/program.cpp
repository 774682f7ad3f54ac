#include "app/program.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "app/control_routes.h"
#include "app/log_routes.h"
#include "app/port_reach.h"
#include "slipway/app/docker_environment.h"
#include "slipway/app/environment.h"
#include "slipway/base/version.h"
#include "slipway/lifecycle/stop.h"
#include "slipway/runtime/docker_engine.h"
#include "slipway/runtime/simulated_engine.h"
#include "slipway/runtime/task_cgroups.h"
#include "slipway/services/identity.h"

namespace slipway::app {
namespace {

using async::Awaitable;

constexpr Seconds kSweepInterval{60};  // control time
constexpr Millis kEnginePatience{1000};
constexpr Millis kStopPoll{50};
// How often a reset looks whether the one before it has ended.
constexpr Millis kResetPoll{20};
constexpr Millis kShutdownGrace{5000};
// How long a first Ctrl-C waits for the second one that stops all tasks.
constexpr Millis kSecondInterrupt{3000};

std::size_t unfinished(const store::Model& model) {
  const auto tasks = model.unfinished_tasks();
  return static_cast<std::size_t>(std::ranges::count_if(
      tasks, [](const auto& task) { return task->last_status != model::TaskStatus::Stopped; }));
}

services::LocalEngine local_engine(const runtime::EngineInfo& info, const Config& config) {
  const InstanceSize wanted = parse_local_instance(config.local_instance);
  services::LocalEngine engine;
  engine.id = info.id;
  engine.version = info.version;
  engine.architecture = info.architecture == "aarch64" ? "arm64" : info.architecture;
  engine.cpu_units = wanted.cpu_units.value_or(std::int64_t{info.cpus} * 1024);
  engine.memory_mib = wanted.memory_mib.value_or(info.memory_bytes / (std::int64_t{1024} * 1024));
  return engine;
}

std::shared_ptr<runtime::TaskCgroups> open_cgroups(const runtime::EngineInfo& engine,
                                                   const std::string& server_id, Log& log) {
  auto opened = runtime::open_task_cgroups(engine, server_id, runtime::this_cgroup_host());
  if (opened.cgroups) {
    log.info("task limits hold by parent cgroups", {{"cgroup", opened.cgroups->version()}});
  } else {
    log.info("task limits hold per container", {{"reason", opened.why_not}});
  }
  return std::move(opened.cgroups);
}

agent::PullPolicy agent_policy(PullPolicy policy) {
  switch (policy) {
    case PullPolicy::Missing:
      return agent::PullPolicy::Missing;
    case PullPolicy::Always:
      return agent::PullPolicy::Always;
    case PullPolicy::Never:
      return agent::PullPolicy::Never;
  }
  return agent::PullPolicy::Missing;
}

// A connection through `slipway port` takes two descriptors: 1024, the usual soft limit, is soon used up.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Program::Program(const Config& config)
    : config_(config),
      directory_(data_directory(config)),
      log_(config.log_level, config.log_format),
      loops_(context_.get_executor(), log_) {}

Program::~Program() = default;

int Program::run() {
  // A full disk (file size limit) and a client that is gone are errors of a call, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  open_state();
  start_clock();
  std::exception_ptr failure;
  boost::asio::co_spawn(context_, serve(), [this, &failure](std::exception_ptr error) {
    failure = std::move(error);
    // Without a server nothing else may go on: the agent has started already.
    if (failure) context_.stop();
  });
  context_.run();
  if (failure) std::rethrow_exception(failure);
  return 0;
}

void Program::open_state() {
  ephemeral_ = config_.ephemeral || is_container_without_volume(directory_);
  store::StoreOptions options;
  if (ephemeral_) {
    slot_.emplace(directory_, ids_.hex(16));
    options.server_id = slot_->server_id();
  } else {
    options.directory = directory_;
    options.server_id = ids_.hex(16);
  }
  store_ = store::Store::open(options, log_);
  if (!ephemeral_) std::ofstream(directory_ + "/id") << store_->server_id() << '\n';  // for `slipway prune`
}

void Program::start_clock() {
  const TimePoint wall = async::SystemClock::wall_now();
  async::ClockAnchor anchor{wall, wall};
  if (const auto row = store_->clock_anchor()) anchor = {row->control, row->real};
  clock_ = std::make_unique<async::SystemClock>(context_.get_executor(), anchor, config_.time_scale,
                                                store_->latest_timestamp());
  const async::ClockAnchor now = clock_->anchor();
  store_->save_clock_anchor({now.control, now.real});
}

Awaitable<void> Program::serve() {
  co_await start_engine();
  make_agent();
  start_server();  // binds first: a busy port ends the program before any task is touched
  agent_->start();
  services_->start();
  if (service_ports_) service_ports_->start();
  loops_.spawn("sweep", sweep());
  log_.info("slipway serves", {{"version", kVersion},
                               {"data_dir", ephemeral_ ? "none (ephemeral)" : directory_},
                               {"server_id", store_->server_id()},
                               {"engine", engine_info_->version},
                               {"strict", config_.strict ? "yes" : "no"}});
  std::cout << "Ready." << std::endl;
  co_await wait_for_signal();
  co_await shut_down();
}

Awaitable<void> Program::start_engine() {
  std::string engine_url;
  if (config_.engine == EngineKind::Simulated) {
    const InstanceSize wanted = parse_local_instance(config_.local_instance);
    runtime::SimulatedMachine machine;
    if (wanted.cpu_units)
      machine.cpus = static_cast<int>(std::max<std::int64_t>(1, *wanted.cpu_units / 1024));
    if (wanted.memory_mib) machine.memory_bytes = *wanted.memory_mib * 1024 * 1024;
    engine_ = runtime::make_simulated_engine(context_.get_executor(), *clock_, ids_, machine);
  } else {
    const auto environment = docker_environment(config_.docker_host, config_.docker_context);
    auto endpoint = runtime::resolve_docker_endpoint(environment);
    engine_url = endpoint.url;
    engine_ = runtime::make_docker_engine(context_.get_executor(), *clock_, log_, std::move(endpoint),
                                          docker_config_directory());
  }
  auto info = co_await engine_->info();
  if (!info) {
    throw std::runtime_error("no container engine answers (" + info.error().message +
                             "); start Docker, or run tasks in process with --engine simulated");
  }
  engine_info_ = std::move(*info);
  networks_ = config_.networks;
  if (config_.engine == EngineKind::Simulated) co_return;
  auto placing = take_place(std::move(engine_url));
  co_await std::move(placing);
}

Awaitable<void> Program::take_place(std::string engine_url) {
  auto finding = find_standing(*engine_, read_surroundings(), *engine_info_, std::move(engine_url));
  standing_ = co_await std::move(finding);
  log_.info("standing", {{"place", describe(standing_)}});
  if (standing_.place == Place::Remote && config_.publish_address.starts_with("127.")) {
    log_.warn("task ports are published on the loopback address of the engine's machine, not of this one",
              {{"engine", standing_.engine_host}, {"mend", "--publish-address"}});
  }
  // A network that is not there would fail every task: it is better said at once.
  networks_ = task_networks(config_.networks, environment("MAIN_DOCKER_NETWORK"), standing_);
  for (const std::string& network : networks_) {
    const auto there = co_await engine_->inspect_network(network);
    if (there || there.error().kind != runtime::EngineErrorKind::NotFound) continue;
    throw std::runtime_error("there is no Docker network '" + network + "' for tasks to join (" +
                             (config_.networks.empty() ? "MAIN_DOCKER_NETWORK" : "--network") +
                             "); `docker network ls` lists all, `docker network create` makes one");
  }
}

void Program::make_agent() {
  agent::AgentSettings settings;
  settings.server_id = store_->server_id();
  settings.data_dir = data_dir_label(directory_);
  settings.engine_id = engine_info_->id;
  settings.architecture = engine_info_->architecture;
  settings.publish_address = config_.publish_address;
  settings.networks = networks_;
  settings.pull = agent_policy(config_.pull);
  settings.ports = agent::local_port_range();
  // Another network namespace has other ports: there the engine's refusal says that one is taken.
  if (!standing_.host_network) {
    settings.port_free = [](const std::string&, std::uint16_t, std::string_view) { return true; };
  }
  if (config_.engine == EngineKind::Docker) {
    settings.cgroups = open_cgroups(*engine_info_, settings.server_id, log_);
  }
  agent_ = std::make_unique<agent::Agent>(context_.get_executor(), *store_, *engine_, *clock_, ids_, log_,
                                          std::move(settings));
}

// There is nothing to connect to on a simulated engine.
void Program::make_service_ports() {
  if (config_.engine == EngineKind::Simulated) return;
  data_plane_ = std::make_unique<dataplane::DataPlane>(log_);
  service_ports_ = std::make_unique<controllers::ServicePorts>(
      context_.get_executor(),
      controllers::ServicePorts::Parts{
          .store = *store_,
          .data_plane = *data_plane_,
          .clock = *clock_,
          .log = log_,
          .reach = port_reach(standing_, config_.publish_address),
          .addresses = [this](std::string id) { return container_addresses(std::move(id)); }});
}

Awaitable<std::map<std::string, std::string>> Program::container_addresses(std::string runtime_id) {
  const auto seen = co_await engine_->inspect(std::move(runtime_id));
  if (!seen) co_return std::map<std::string, std::string>();
  co_return seen->addresses;
}

void Program::start_server() {
  services::EcsSettings ecs_settings;
  ecs_settings.strict = config_.strict;
  auto engine = local_engine(*engine_info_, config_);
  engine.answers = [this] { return agent_->engine_answers(); };
  ecs_ = std::make_unique<services::Ecs>(*store_, ids_, std::move(engine), ecs_settings);
  services_ = std::make_unique<controllers::ServiceController>(context_.get_executor(), *store_, *ecs_,
                                                               *clock_, log_);
  make_service_ports();
  std::vector<services::Binding> bindings = ecs_->bindings();
  for (auto& binding : services::sts_bindings()) bindings.push_back(std::move(binding));
  for (auto& binding : services::iam_bindings()) bindings.push_back(std::move(binding));
  server::DispatcherSettings dispatcher_settings;
  dispatcher_settings.default_region = config_.region;
  dispatcher_settings.default_account = config_.account_id;
  dispatcher_ =
      std::make_unique<server::Dispatcher>(std::move(bindings), *clock_, ids_, log_, dispatcher_settings);

  const ControlContext control{
      .store = *store_,
      .clock = *clock_,
      .engine_kind = config_.engine == EngineKind::Docker ? "docker" : "simulated",
      .engine_version = engine_info_->version,
      .engine_id = engine_info_->id,
      .strict = config_.strict,
      .standing = standing_,
      .networks = networks_,
      .publish_address = config_.publish_address,
      .task_endpoints = task_endpoints(standing_, listen_addresses(config_)),
      .request_counts = [this] { return dispatcher_->counts(); },
      .connections = [this] { return server_->connections(); },
      .agent_counters = [this] { return agent_->counters(); },
      .why = {.planner =
                  [this](const std::string& service) { return ecs_->why_service(service, clock_->now()); },
              .agent = [this](const std::string& task) { return agent_->activity(task); },
              .engine_answers = [this] { return agent_->engine_answers(); }},
      .service_ports = service_ports_.get(),
      .engine_reachable = [this] { return engine_answers(); },
      .reset = [this] { return reset(); }};

  std::vector<server::Route> routes = control_routes(control);
  for (auto& route : log_routes(log_context(), engine_time())) routes.push_back(std::move(route));

  server::ServerSettings settings;
  settings.listen = listen_addresses(config_);
  settings.browser.allowed_hosts = config_.allow_hosts;
  settings.browser.allowed_origins = config_.allow_origins;
  server_ = std::make_unique<server::HttpServer>(
      context_.get_executor(), log_, std::move(settings), std::move(routes),
      [this](const server::HttpRequest& request) { return dispatcher_->handle(request); });
  server_->start();
}

LogContext Program::log_context() {
  return LogContext{.executor = context_.get_executor(),
                    .store = *store_,
                    .engine = *engine_,
                    .clock = *clock_,
                    .log = log_,
                    .watchers = std::make_shared<LogWatchers>(*store_)};
}

// The clock by which containers live: that of the machine, or of a simulation.
std::function<TimePoint()> Program::engine_time() const {
  const bool simulated = config_.engine == EngineKind::Simulated;
  return [this, simulated] { return simulated ? clock_->now().control : clock_->now().real; };
}

Awaitable<void> Program::wait_for_signal() {
  boost::asio::signal_set signals(context_, SIGINT, SIGTERM);
  const int signal = co_await signals.async_wait(boost::asio::use_awaitable);
  if (signal == SIGINT && isatty(STDIN_FILENO) != 0) stop_all_ = co_await second_interrupt();
}

Awaitable<bool> Program::second_interrupt() {
  using boost::asio::experimental::awaitable_operators::operator||;
  const std::size_t running = unfinished(store_->model());
  // Nothing would be left to adopt: the containers end with this process.
  if (running == 0 || ephemeral_ || config_.engine == EngineKind::Simulated) co_return false;
  std::cerr << "\n"
            << running << (running == 1 ? " task keeps" : " tasks keep")
            << " running and will be adopted by the next `slipway serve`. Press Ctrl-C again within 3 s to "
               "stop all.\n";
  boost::asio::signal_set signals(context_, SIGINT);
  auto again = signals.async_wait(boost::asio::use_awaitable);
  auto pause = clock_->sleep_real(kSecondInterrupt);
  auto either = std::move(again) || std::move(pause);
  const auto result = co_await std::move(either);
  co_return result.index() == 0;
}

Awaitable<void> Program::shut_down() {
  co_await server_->stop(kShutdownGrace);
  co_await loops_.stop();
  co_await services_->stop();
  if (service_ports_) co_await service_ports_->stop();
  if (stop_all_) {
    std::cerr << "stopping all tasks…\n";
    co_await stop_all_tasks();
  }
  if (ephemeral_) co_await agent_->remove_everything();
  co_await agent_->stop();
  const async::ClockAnchor anchor = clock_->anchor();
  store_->save_clock_anchor({anchor.control, anchor.real});
  log_.info("slipway has ended", {});
}

// Everything of this server goes: engine objects first, then the state, so that a crash between leaves tasks
// whose containers are missing rather than containers without a task.
Awaitable<void> Program::reset() {
  while (resetting_) co_await clock_->sleep_real(kResetPoll);
  resetting_ = true;
  std::exception_ptr failure;  // a full disk: the state is as it was, and so the agent goes on with it
  try {
    co_await agent_->remove_everything();
    store_->reset();
    if (service_ports_) service_ports_->forget();
  } catch (...) {
    failure = std::current_exception();
  }
  agent_->resume();
  resetting_ = false;
  if (failure) std::rethrow_exception(failure);
}

Awaitable<bool> Program::engine_answers() {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto info = engine_->info();
  auto patience = clock_->sleep_real(kEnginePatience);
  auto either = std::move(info) || std::move(patience);
  const auto result = co_await std::move(either);
  co_return result.index() == 0 && std::get<0>(result).has_value();
}

Awaitable<void> Program::sweep() {
  for (;;) {
    co_await clock_->sleep_until(clock_->now().control + kSweepInterval);
    ecs_->sweep(clock_->now().control);
  }
}

Awaitable<void> Program::stop_all_tasks() {
  store_->write([this](store::Transaction& transaction) {
    for (const auto& task : store_->model().unfinished_tasks()) {
      transaction.put(lifecycle::request_stop(*task, model::StopCode::UserInitiated, "Slipway was stopped",
                                              clock_->now()));
    }
  });
  while (unfinished(store_->model()) > 0) co_await clock_->sleep_real(kStopPoll);
}

}  // namespace slipway::app
