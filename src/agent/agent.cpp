#include "slipway/agent/agent.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <set>

#include "agent/context.h"
#include "agent/driver.h"
#include "agent/engine_watch.h"
#include "agent/naming.h"
#include "agent/task_cgroup.h"
#include "slipway/async/task_scope.h"

namespace slipway::agent {
namespace {

using model::ContainerState;
using model::TaskStatus;

constexpr std::chrono::minutes kHousekeeping{10};  // control time
constexpr std::chrono::hours kStoppedVisible{1};   // data-plane.md 1.1
constexpr std::chrono::hours kEventsKept{24};
constexpr Millis kReconcileRetry{1000};
constexpr Millis kMakingEnds{10'000};  // what is being made shall be seen before everything is removed

std::string label(const runtime::Labels& labels, std::string_view key) {
  const auto it = labels.find(std::string(key));
  return it == labels.end() ? std::string() : it->second;
}

bool looks_alive(runtime::RunState state) {
  return state == runtime::RunState::Running || state == runtime::RunState::Paused ||
         state == runtime::RunState::Restarting;
}

}  // namespace

struct Agent::State {
  State(const boost::asio::any_io_executor& executor, Context context_in)
      : context(std::move(context_in)),
        loops(executor, context.log),
        driver(context, loops),
        watch(context, executor) {}

  Context context;
  async::TaskScope loops;
  Driver driver;
  EngineWatch watch;
  bool reconciling = false, reconcile_again = false;

  void on_event(const std::string& id, const runtime::Labels& labels) {
    const std::string task = label(labels, kTaskArnLabel);
    // One of ours that no task knows: made by a call whose end nobody waited for.
    if (id.empty()) watch.opened();
    if (id.empty() || (!driver.resting() && !context.store.model().find_task(task))) {
      begin_reconcile();
    } else {
      driver.doubt(task, label(labels, kContainerNameLabel));
    }
  }

  void begin_reconcile() {
    if (reconciling) {
      reconcile_again = true;
      return;
    }
    reconciling = true;
    loops.spawn("reconcile", reconcile(this));
  }

  static async::Awaitable<void> reconcile(State* self);
  static async::Awaitable<void> keep_house(State* self);
  async::Awaitable<bool> compare();
  void doubt_differing(const std::map<std::string, runtime::RunState>& seen);
  bool is_stranded(const runtime::ContainerStatus& container) const;
  async::Awaitable<void> remove_stranded_volumes();
  async::Awaitable<void> remove_containers(std::vector<std::string> ids);
  static async::Awaitable<void> remove_lane(State* self, std::shared_ptr<std::vector<std::string>> left);
  async::Awaitable<void> remove_volumes_and_networks();
};

async::Awaitable<void> Agent::State::reconcile(State* self) {
  do {
    self->reconcile_again = false;
    bool done = false;
    try {
      auto work = self->compare();
      done = co_await std::move(work);
    } catch (const boost::system::system_error&) {
      throw;  // cancelled
    } catch (const std::exception& error) {
      self->context.log.warn("looking for differences failed", {{"error", error.what()}});
    }
    if (done) continue;
    auto pause = self->context.clock.sleep_real(kReconcileRetry);
    co_await std::move(pause);
    self->reconcile_again = true;
  } while (self->reconcile_again);
  self->reconciling = false;
}

// What the engine has against what is stored: differing containers are looked at, strange ones of ours
// removed.
async::Awaitable<bool> Agent::State::compare() {
  const auto listed = co_await context.engine.list(context.own());
  if (!listed) co_return false;
  std::map<std::string, runtime::RunState> seen;
  std::vector<std::string> stranded;
  for (const auto& container : *listed) {
    seen.emplace(container.name, container.state);
    if (is_stranded(container)) stranded.push_back(container.id);
  }
  doubt_differing(seen);
  auto removing = remove_containers(std::move(stranded));
  co_await std::move(removing);
  auto volumes = remove_stranded_volumes();
  co_await std::move(volumes);
  remove_strange_cgroups(context);
  co_return true;
}

void Agent::State::doubt_differing(const std::map<std::string, runtime::RunState>& seen) {
  for (const auto& task : context.store.model().unfinished_tasks()) {
    if (task->last_status == TaskStatus::Stopped) continue;
    for (const auto& container : task->containers) {
      if (container.engine_name.empty() || container.known == ContainerState::Stopped) continue;
      const auto there = seen.find(container.engine_name);
      const bool alive = there != seen.end() && looks_alive(there->second);
      // Of one that runs the list does not say whether its health changed or somebody restarted it.
      if (alive || container.known == ContainerState::Running) driver.doubt(task->arn, container.name);
    }
  }
}

// Ours, of a task that the state does not know or that has ended and is not kept.
bool Agent::State::is_stranded(const runtime::ContainerStatus& container) const {
  const auto task = context.store.find_task(label(container.labels, kTaskArnLabel));
  if (!task || task->cleaned) return true;
  if (task->last_status == TaskStatus::Stopped && looks_alive(container.state)) return true;
  const auto* known = lifecycle::find_container(*task, label(container.labels, kContainerNameLabel));
  return known == nullptr || known->removed || known->engine_name != container.name;
}

async::Awaitable<void> Agent::State::remove_stranded_volumes() {
  const auto all = co_await context.engine.list_volumes(context.own());
  if (!all) co_return;
  // Shared volumes outlive their tasks: those carry no task's ARN.
  std::set<std::string> used;
  std::vector<std::string> stranded;
  for (const auto& task : context.store.model().unfinished_tasks()) {
    used.insert(task->volumes.begin(), task->volumes.end());
  }
  for (const auto& volume : *all) {
    if (volume.labels.contains(std::string(kVolumeTaskLabel)) && !used.contains(volume.name)) {
      stranded.push_back(volume.name);
    }
  }
  for (const auto& name : stranded) {
    const auto removed = co_await context.engine.remove_volume(name);
    if (removed) context.log.info("volume removed", {{"volume", name}});
  }
}

async::Awaitable<void> Agent::State::remove_lane(State* self,
                                                 std::shared_ptr<std::vector<std::string>> left) {
  while (!left->empty()) {
    std::string id = std::move(left->back());
    left->pop_back();
    const auto removed = co_await self->context.engine.remove(id);
    if (removed) {
      ++self->context.counters.removed;
    } else if (removed.error().kind != runtime::EngineErrorKind::NotFound) {
      self->context.log.warn("container not removed",
                             {{"container", id}, {"error", removed.error().message}});
    }
  }
}

async::Awaitable<void> Agent::State::remove_containers(std::vector<std::string> ids) {
  using namespace boost::asio::experimental::awaitable_operators;
  if (ids.empty()) co_return;
  context.log.info("removing containers", {{"count", std::to_string(ids.size())}});
  auto left = std::make_shared<std::vector<std::string>>(std::move(ids));
  auto lanes = remove_lane(this, left) && remove_lane(this, left) && remove_lane(this, left) &&
               remove_lane(this, left);
  co_await std::move(lanes);
}

async::Awaitable<void> Agent::State::remove_volumes_and_networks() {
  const auto volumes = co_await context.engine.list_volumes(context.own());
  if (volumes) {
    const std::vector<runtime::VolumeInfo>& found = *volumes;
    for (const auto& volume : found) {
      const auto removed = co_await context.engine.remove_volume(volume.name);
      if (!removed)
        context.log.warn("volume not removed", {{"volume", volume.name}, {"error", removed.error().message}});
    }
  }
  const auto networks = co_await context.engine.list_networks(context.own());
  if (!networks) co_return;
  const std::vector<runtime::NetworkInfo>& found = *networks;
  for (const auto& network : found) {
    const auto removed = co_await context.engine.remove_network(network.id);
    if (!removed) {
      context.log.warn("network not removed",
                       {{"network", network.name}, {"error", removed.error().message}});
    }
  }
}

async::Awaitable<void> Agent::State::keep_house(State* self) {
  for (;;) {
    auto pause = self->context.clock.sleep_until(self->context.clock.now().control + kHousekeeping);
    co_await std::move(pause);
    try {
      const TimePoint now = self->context.clock.now().control;
      self->context.store.purge(now - kStoppedVisible, now - kEventsKept);
      if (!self->driver.resting()) self->begin_reconcile();  // should an event have been lost
      auto networks = self->driver.networks().remove_unused();
      co_await std::move(networks);
    } catch (const boost::system::system_error&) {
      throw;  // cancelled
    } catch (const std::exception& error) {
      self->context.log.warn("housekeeping failed", {{"error", error.what()}});
    }
  }
}

Agent::Agent(boost::asio::any_io_executor executor, store::Store& store, runtime::Engine& engine,
             async::Clock& clock, IdSource& ids, Log& log, AgentSettings settings)
    : state_(std::make_unique<State>(std::move(executor), Context{store, engine, clock, ids, log,
                                                                  std::move(settings), AgentCounters{}})) {}

Agent::~Agent() = default;

void Agent::start() {
  State* state = state_.get();
  state->context.store.subscribe([state](const store::Change& change) {
    if (change.kind == store::ObjectKind::Task && !state->driver.writing()) state->driver.wake(change.arn);
  });
  for (const auto& task : state->context.store.model().unfinished_tasks()) state->driver.doubt_all(*task);
  auto listener = [state](const std::string& id, const runtime::Labels& labels) {
    state->on_event(id, labels);
  };
  auto interrupted = [state] { state->watch.interrupted(); };
  state->loops.spawn("engine watch", EngineWatch::run(&state->watch));
  state->loops.spawn("engine events", state->context.engine.follow_events(state->context.own(),
                                                                          std::move(listener), interrupted));
  state->loops.spawn("housekeeping", State::keep_house(state));
}

async::Awaitable<void> Agent::stop() {
  auto jobs = state_->driver.rest(Millis{0});
  co_await std::move(jobs);
  auto loops = state_->loops.stop();
  co_await std::move(loops);
}

async::Awaitable<void> Agent::remove_everything() {
  auto jobs = state_->driver.rest(kMakingEnds);
  co_await std::move(jobs);
  const auto listed = co_await state_->context.engine.list(state_->context.own());
  std::vector<std::string> ids;
  if (listed) {
    for (const auto& container : *listed) ids.push_back(container.id);
  } else {
    state_->context.log.warn("the engine does not answer; its containers stay",
                             {{"error", listed.error().message}});
    co_return;
  }
  auto containers = state_->remove_containers(std::move(ids));
  co_await std::move(containers);
  auto rest = state_->remove_volumes_and_networks();
  co_await std::move(rest);
  remove_all_cgroups(state_->context);
}

void Agent::resume() {
  state_->driver.resume();
  state_->begin_reconcile();
  for (const auto& task : state_->context.store.model().unfinished_tasks()) state_->driver.doubt_all(*task);
}

bool Agent::engine_answers() const { return state_->watch.answers(); }

std::vector<lifecycle::Wait> Agent::activity(const std::string& task_arn) const {
  return state_->driver.activity(task_arn);
}

AgentCounters Agent::counters() const {
  AgentCounters counters = state_->context.counters;
  counters.launches_in_flight = state_->driver.slots().used();
  counters.launches_waiting = state_->driver.slots().waiting();
  counters.jobs = state_->driver.jobs();
  return counters;
}

}  // namespace slipway::agent
