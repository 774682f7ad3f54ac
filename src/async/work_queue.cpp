#include "slipway/async/work_queue.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <unordered_map>

#include "slipway/async/wake.h"

namespace slipway::async {
namespace asio = boost::asio;
namespace {

constexpr Millis kFirstRetry{100};
constexpr Millis kLongestRetry{30'000};
// Keys started between two turns of the executor: other work waits for at most so many handlers.
constexpr int kBatch = 16;

Millis retry_delay(int failures) {
  const int doublings = std::min(failures - 1, 16);
  return std::min(kLongestRetry, kFirstRetry * (std::int64_t{1} << doublings));
}

}  // namespace

struct WorkQueue::State : std::enable_shared_from_this<WorkQueue::State> {
  struct Entry;
  using Entries = std::unordered_map<std::string, Entry>;
  // Planned looks, by time. Pointers into `entries` stay valid until the entry is erased.
  using Plan = std::multimap<TimePoint, Entries::value_type*>;

  struct Entry {
    bool queued = false;
    bool running = false;
    bool again = false;     // added while running
    bool retrying = false;  // failed, and planned on the real clock
    int failures = 0;
    std::optional<Plan::iterator> at_control, at_real;
  };

  // One of the two clocks' plans, with the coroutine that waits for its first time.
  struct Timeline {
    explicit Timeline(const asio::any_io_executor& executor) : changed(executor) {}
    Plan plan;
    bool watched = false;
    Wake changed;  // called when the first time changes
  };

  State(std::string name_in, Clock& clock_in, TaskScope& scope_in, Log& log_in, Handler handler_in)
      : name(std::move(name_in)),
        clock(clock_in),
        scope(scope_in),
        log(log_in),
        handler(std::move(handler_in)),
        control(scope.executor()),
        real(scope.executor()) {}

  std::string name;
  Clock& clock;
  TaskScope& scope;
  Log& log;
  Handler handler;
  bool closed = false;
  bool starting = false;  // start_ready() runs
  std::size_t running = 0, retrying = 0;
  Entries entries;
  std::deque<Entries::value_type*> ready;
  Timeline control, real;

  void add(std::string key) {
    if (closed) return;
    enqueue(*entries.try_emplace(std::move(key)).first);
  }

  void enqueue(Entries::value_type& item) {
    Entry& entry = item.second;
    if (entry.running) {
      entry.again = true;
    } else if (!entry.queued) {
      entry.queued = true;
      ready.push_back(&item);
      if (!starting) {
        starting = true;
        scope.spawn(name, start_ready(shared_from_this()));
      }
    }
  }

  void plan(Entries::value_type& item, Timeline& timeline, std::optional<Plan::iterator> Entry::* place,
            TimePoint when) {
    auto& planned = item.second.*place;
    if (planned && (*planned)->first <= when) return;
    if (planned) timeline.plan.erase(*planned);
    planned = timeline.plan.emplace(when, &item);
    if (!timeline.watched) {
      timeline.watched = true;
      scope.spawn(name,
                  &timeline == &control ? watch_control(shared_from_this()) : watch_real(shared_from_this()));
    } else if (*planned == timeline.plan.begin()) {
      timeline.changed.call();
    }
  }

  void enqueue_due(Timeline& timeline, std::optional<Plan::iterator> Entry::* place, TimePoint now) {
    while (!timeline.plan.empty() && timeline.plan.begin()->first <= now) {
      auto& item = *timeline.plan.begin()->second;
      timeline.plan.erase(timeline.plan.begin());
      (item.second.*place).reset();
      enqueue(item);
    }
  }

  void begin(Entries::value_type& item) {
    Entry& entry = item.second;
    entry.queued = false;
    entry.running = true;
    ++running;
    if (!entry.retrying) return;
    entry.retrying = false;
    --retrying;
    if (entry.at_real) {
      real.plan.erase(*entry.at_real);
      entry.at_real.reset();
    }
  }

  void end(Entries::value_type& item, const std::exception_ptr& failure) {
    Entry& entry = item.second;
    entry.running = false;
    --running;
    const bool again = std::exchange(entry.again, false);
    if (closed) return;
    if (failure) {
      retry(item, failure);
      return;
    }
    entry.failures = 0;
    if (again) {
      enqueue(item);
    } else if (!entry.queued && !entry.at_control && !entry.at_real) {
      entries.erase(entries.find(item.first));
    }
  }

  void retry(Entries::value_type& item, const std::exception_ptr& failure) {
    Entry& entry = item.second;
    const Millis delay = retry_delay(++entry.failures);
    log_failure(item.first, delay, failure);
    entry.retrying = true;
    ++retrying;
    plan(item, real, &Entry::at_real, clock.now().real + delay);
  }

  void log_failure(const std::string& key, Millis delay, const std::exception_ptr& failure) {
    const std::string wait = std::to_string(delay.count());
    try {
      std::rethrow_exception(failure);
    } catch (const std::logic_error& error) {
      log.error("work failed", {{"queue", name}, {"key", key}, {"error", error.what()}, {"retry_ms", wait}});
    } catch (const std::exception& error) {
      log.warn("work failed", {{"queue", name}, {"key", key}, {"error", error.what()}, {"retry_ms", wait}});
    }
  }

  static Awaitable<void> start_ready(std::shared_ptr<State> state);
  static Awaitable<void> work_on(std::shared_ptr<State> state, Entries::value_type* item);
  static Awaitable<void> watch_control(std::shared_ptr<State> state);
  static Awaitable<void> watch_real(std::shared_ptr<State> state);
};

Awaitable<void> WorkQueue::State::start_ready(std::shared_ptr<State> state) {
  const auto executor = co_await asio::this_coro::executor;
  while (!state->closed && !state->ready.empty()) {
    for (int i = 0; i < kBatch && !state->ready.empty(); ++i) {
      auto* item = state->ready.front();
      state->ready.pop_front();
      state->begin(*item);
      state->scope.spawn(state->name, work_on(state, item));
    }
    auto turn = asio::post(executor, asio::use_awaitable);
    co_await std::move(turn);
  }
  state->starting = false;
}

Awaitable<void> WorkQueue::State::work_on(std::shared_ptr<State> state, Entries::value_type* item) {
  std::exception_ptr failure;
  try {
    auto work = state->handler(item->first);
    co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  // The scope stops: what was not done is found again at the next start.
  if (failure && cancellation.cancelled() != asio::cancellation_type::none) std::rethrow_exception(failure);
  state->end(*item, failure);
}

Awaitable<void> WorkQueue::State::watch_control(std::shared_ptr<State> state) {
  auto& timeline = state->control;
  while (!state->closed) {
    state->enqueue_due(timeline, &Entry::at_control, state->clock.now().control);
    if (timeline.plan.empty()) break;
    auto waited = timeline.changed.wait_until(state->clock, timeline.plan.begin()->first);
    co_await std::move(waited);
  }
  timeline.watched = false;
}

Awaitable<void> WorkQueue::State::watch_real(std::shared_ptr<State> state) {
  auto& timeline = state->real;
  while (!state->closed) {
    const TimePoint now = state->clock.now().real;
    state->enqueue_due(timeline, &Entry::at_real, now);
    if (timeline.plan.empty()) break;
    auto waited = timeline.changed.wait_real(state->clock, timeline.plan.begin()->first - now);
    co_await std::move(waited);
  }
  timeline.watched = false;
}

WorkQueue::WorkQueue(std::string name, Clock& clock, TaskScope& scope, Log& log, Handler handler)
    : state_(std::make_shared<State>(std::move(name), clock, scope, log, std::move(handler))) {}

WorkQueue::~WorkQueue() {
  state_->closed = true;
  state_->control.changed.call();
  state_->real.changed.call();
}

void WorkQueue::add(std::string key) { state_->add(std::move(key)); }

void WorkQueue::add_at(std::string key, TimePoint when) {
  if (state_->closed) return;
  auto& item = *state_->entries.try_emplace(std::move(key)).first;
  state_->plan(item, state_->control, &State::Entry::at_control, when);
}

void WorkQueue::add_after_real(std::string key, Millis span) {
  if (state_->closed) return;
  auto& item = *state_->entries.try_emplace(std::move(key)).first;
  state_->plan(item, state_->real, &State::Entry::at_real, state_->clock.now().real + span);
}

bool WorkQueue::idle() const {
  return state_->ready.empty() && state_->running == 0 && state_->retrying == 0;
}

}  // namespace slipway::async
