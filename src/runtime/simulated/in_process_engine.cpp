// Time, events and faults of the simulated engine.
#include "runtime/simulated/in_process_engine.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::runtime::simulated {
namespace asio = boost::asio;

InProcessEngine::InProcessEngine(asio::any_io_executor executor, async::Clock& clock, IdSource& ids,
                                 SimulatedMachine machine)
    : executor_(std::move(executor)),
      clock_(clock),
      ids_(ids),
      machine_(machine),
      table_(ids),
      networks_(ids) {}

InProcessEngine::~InProcessEngine() = default;

void InProcessEngine::set_reachable(bool reachable) {
  if (reachable && !reachable_) reconnect_followers();
  if (!reachable && reachable_) interrupt_followers();
  reachable_ = reachable;
}

void InProcessEngine::fail_next(const std::string& verb, int count, EngineError error) {
  faults_.insert_or_assign(verb, Fault{.left = count, .error = std::move(error)});
}

void InProcessEngine::restart(bool live_restore) {
  settle();
  if (!live_restore) {
    std::vector<ContainerKey> running;
    for (const auto& [key, container] : table_.all()) {
      if (container.state == RunState::Running) running.push_back(key);
    }
    const Exit killed{.after = Millis{0}, .code = 137, .out_of_memory = false};
    for (const ContainerKey key : running) finish(key, killed, now());
  }
  interrupt_followers();
  reconnect_followers();
}

void InProcessEngine::crash(const std::string& id, int exit_code) {
  settle();
  const auto key = table_.find(id);
  if (!key || table_.at(*key).state != RunState::Running) return;
  const Exit exit{.after = Millis{0}, .code = exit_code, .out_of_memory = false};
  finish(*key, exit, now());
}

std::optional<EngineError> InProcessEngine::unreachable() const {
  if (reachable_) return std::nullopt;
  return EngineError(EngineErrorKind::Unreachable, "the simulated engine is switched off");
}

Awaitable<std::optional<EngineError>> InProcessEngine::begin(const char* verb) {
  auto turn = asio::post(executor_, asio::use_awaitable);
  co_await std::move(turn);
  if (auto gone = unreachable()) co_return gone;
  settle();
  const auto fault = faults_.find(verb);
  if (fault == faults_.end()) co_return std::nullopt;
  const EngineError error = fault->second.error;
  if (--fault->second.left <= 0) faults_.erase(fault);
  co_return error;
}

void InProcessEngine::schedule(ContainerKey key, Due kind, TimePoint when) {
  unschedule(key, kind);
  Container& container = table_.at(key);
  (kind == Due::Exit ? container.exit_due : container.health_due) = when;
  const auto [place, added] = due_.emplace(when, key, kind);
  if (place != due_.begin()) return;
  for (Follower* follower : followers_) follower->changed.call();
}

void InProcessEngine::unschedule(ContainerKey key, Due kind) {
  Container& container = table_.at(key);
  TimePoint& due = kind == Due::Exit ? container.exit_due : container.health_due;
  if (due == kNever) return;
  due_.erase(DueKey{due, key, kind});
  due = kNever;
}

void InProcessEngine::settle() {
  const TimePoint until = now();
  while (!due_.empty() && std::get<TimePoint>(*due_.begin()) <= until) {
    const DueKey due = *due_.begin();
    settle_one(due);
  }
}

void InProcessEngine::settle_one(const DueKey& due) {
  const auto& [when, key, kind] = due;
  Container& container = table_.at(key);
  if (kind == Due::Exit) {
    const Exit by_signal{.after = Millis{0}, .code = container.exit_code, .out_of_memory = false};
    const Exit exit =
        container.stopping ? by_signal : Behaviour(table_, container).own_exit().value_or(by_signal);
    finish(key, exit, when);
    return;
  }
  unschedule(key, kind);
  const auto plan = Behaviour(table_, container).health(*container.extras->health_check);
  if (plan.change) container.health = plan.change->health;
  emit(key);
}

void InProcessEngine::emit(ContainerKey key) {
  if (!reachable_) return;
  const Container& container = table_.at(key);
  for (Follower* follower : followers_) {
    if (!table_.matches(container, follower->labels)) continue;
    follower->events.push_back({ContainerTable::id_of(key), table_.labels_of(container), false});
    follower->changed.call();
  }
}

void InProcessEngine::interrupt_followers() {
  for (Follower* follower : followers_) {
    follower->events.clear();
    follower->events.push_back({{}, {}, true});
    follower->changed.call();
  }
}

void InProcessEngine::reconnect_followers() {
  for (Follower* follower : followers_) {
    follower->events.emplace_back();
    follower->changed.call();
  }
}

Awaitable<void> InProcessEngine::follow_events(Labels labels, EventListener listener,
                                               std::function<void()> interrupted) {
  struct Registration {
    std::list<Follower*>& followers;
    std::list<Follower*>::iterator place;
    ~Registration() { followers.erase(place); }
  };
  Follower follower(executor_, std::move(labels));
  const Registration registration{followers_, followers_.insert(followers_.end(), &follower)};
  if (reachable_) follower.events.emplace_back();
  for (;;) {
    settle();
    while (!follower.events.empty()) {
      const Event event = std::move(follower.events.front());
      follower.events.pop_front();
      if (event.interrupted) {
        interrupted();
      } else {
        listener(event.id, event.labels);
      }
    }
    auto waiting = due_.empty() ? follower.changed.wait()
                                : follower.changed.wait_until(clock_, std::get<TimePoint>(*due_.begin()));
    co_await std::move(waiting);
  }
}

}  // namespace slipway::runtime::simulated

namespace slipway::runtime {

std::unique_ptr<SimulatedEngine> make_simulated_engine(boost::asio::any_io_executor executor,
                                                       async::Clock& clock, IdSource& ids,
                                                       SimulatedMachine machine) {
  return std::make_unique<simulated::InProcessEngine>(std::move(executor), clock, ids, machine);
}

}  // namespace slipway::runtime
