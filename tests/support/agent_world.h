// The agent on a store, a simulated engine and a hand-moved clock, for tests: tasks are put in as RunTask
// does, time is moved, and the server can be killed at any commit and started again on the same state and
// engine. With services: ECS's operations and the controller that keeps services, too.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecs_call.h"
#include "forwarding_engine.h"
#include "slipway/agent/agent.h"
#include "slipway/async/manual_clock.h"
#include "slipway/async/task_scope.h"
#include "slipway/base/id_source.h"
#include "slipway/controllers/service_controller.h"
#include "slipway/runtime/simulated_engine.h"
#include "slipway/services/ecs.h"
#include "slipway/store/store.h"
#include "task_builder.h"

namespace slipway::test {

struct WorldOptions {
  agent::PullPolicy pull = agent::PullPolicy::Missing;
  std::shared_ptr<runtime::TaskCgroups> cgroups = nullptr;
  bool services = false;
  std::int64_t memory_mib = 8192;  // of the local stand-in instance
};

class World final {
 public:
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Registers "app:N" and gives its ARN.
  std::string define(const std::vector<ContainerBuilder>& containers,
                     model::NetworkMode mode = model::NetworkMode::Bridge,
                     const std::vector<api::ecs::Volume>& volumes = {});
  // As RunTask would put it in; gives the task's ARN.
  std::string run_task(const std::string& definition, model::LaunchType type = model::LaunchType::Ec2);
  void stop_task(const std::string& task, const std::string& reason = "Task stopped by user");

  // An operation of ECS with a request in JSON, as a client would send it. Only with services.
  EcsOutcome call(const std::string& operation, const nlohmann::json& request);
  // Called for each task that a living server has changed.
  void observe(std::function<void(const model::Task&)> observer) { observer_ = std::move(observer); }

  // Runs everything that is ready, without moving time. A planned crash happens in here.
  void settle();
  // Moves time in steps that meet every deadline on the way.
  void advance(Millis span);
  // Kills the server at this very moment and starts another one on its state.
  void restart_server();
  // The `n`-th commit from now on is the last one of this server.
  void crash_at_commit(int n) { commits_left_ = n; }
  int commits() const { return commits_; }

  model::Task task(const std::string& arn) const;
  model::Container container(const std::string& arn, const std::string& name) const;
  // "PENDING 1" and so on: status and version at each commit that changed one of them.
  std::vector<std::string> history(const std::string& arn) const;
  // What broke the rules of transitions so far; empty when nothing did.
  const std::vector<std::string>& violations() const { return violations_; }

  template <class T>
  T await(async::Awaitable<T> work) {
    std::optional<T> result;
    helpers_.spawn("await", run(std::move(work), result));
    settle();
    return std::move(*result);
  }
  void await(async::Awaitable<void> work) {
    helpers_.spawn("await", std::move(work));
    settle();
  }
  // A container of somebody else, running; its id.
  std::string foreign_container(const std::string& name, const runtime::Labels& labels);

  store::Store& store() { return *store_; }
  runtime::SimulatedEngine& engine() { return *engine_; }
  agent::Agent& agent() { return *agent_; }
  async::ManualClock& clock() { return clock_; }
  IdSource& ids() { return ids_; }
  Log& log() { return log_; }
  boost::asio::any_io_executor executor() { return io_.get_executor(); }

 private:
  template <class T>
  static async::Awaitable<void> run(async::Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }
  void start_server();
  void start_services();
  void kill_server();
  void copy_state();
  void watch(const store::Change& change);
  void notice(const std::string& arn);
  void catch_up();
  void check_transition(const model::Task* before, const model::Task& after);
  void poll();

  WorldOptions options_;
  boost::asio::io_context io_;
  async::ManualClock clock_;
  SequenceIdSource ids_{1}, engine_ids_{2};
  Log log_{LogLevel::Error, LogFormat::Text};
  async::TaskScope helpers_;
  std::filesystem::path directory_;
  int generation_ = 0;
  std::unique_ptr<runtime::SimulatedEngine> engine_;
  std::unique_ptr<ForwardingEngine> seen_engine_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<agent::Agent> agent_;
  std::unique_ptr<services::Ecs> ecs_;
  std::unique_ptr<controllers::ServiceController> controller_;
  std::function<void(const model::Task&)> observer_;
  std::map<std::string, std::vector<std::string>> history_;
  std::map<std::string, model::TaskPtr> seen_;
  std::vector<std::string> violations_;
  std::int64_t revision_ = 0;
  int commits_left_ = 0;
  int commits_ = 0;
  bool dying_ = false;
};

}  // namespace slipway::test
