#include "agent/driver.h"

#include <boost/system/system_error.hpp>

#include "agent/container_spec.h"
#include "agent/naming.h"
#include "agent/task_cgroup.h"

namespace slipway::agent {
namespace {

using model::DesiredStatus;
using model::TaskStatus;

constexpr std::size_t kLaunches = 4;  // engine-notes.md 3
constexpr Millis kMakingPoll{10};
constexpr Millis kCleanUpRetry{10'000};        // real time, after an object that the engine would not remove
constexpr Millis kRetry{500};                  // real time, after an outcome that nobody knows
constexpr std::chrono::hours kKeptStopped{1};  // control time that a stopped task's containers stay
constexpr std::size_t kMostFinished = 100;     // at most so many tasks' containers stay
constexpr int kMostTransitions = 64;           // of one task in one look; a loop would be a bug

struct WritingMark {
  explicit WritingMark(bool& mark) : mark_(mark) { mark_ = true; }
  ~WritingMark() { mark_ = false; }
  bool& mark_;
};

}  // namespace

Driver::Driver(Context& context, async::TaskScope& loops)
    : context_(context),
      jobs_of_tasks_(context, flights_),
      images_(
          context, [this](const Waiter& waiter) { image_pulling(waiter); },
          [this](const Waiter& waiter, const ImageOutcome& outcome) { image_done(waiter, outcome); }),
      networks_(context, [this](const std::string& arn,
                                const VpcNetworks::Outcome& outcome) { network_done(arn, outcome); }),
      slots_(kLaunches, [this](const std::string& arn) { wake(arn); }),
      queue_("task", context.clock, loops, context.log,
             [this](std::string arn) { return handle(this, std::move(arn)); }),
      jobs_(std::make_unique<async::TaskScope>(loops.executor(), context.log)),
      loops_(loops) {}

Driver::~Driver() = default;

async::Awaitable<void> Driver::handle(Driver* self, std::string arn) {
  self->look(arn);
  co_return;
}

void Driver::doubt(const std::string& arn, const std::string& container) {
  const auto task = context_.store.model().find_task(arn);
  if (!task) return;
  const auto* known = lifecycle::find_container(*task, container);
  if (known == nullptr || known->known == model::ContainerState::Stopped) return;
  flights_[arn].work.uncertain.insert(container);
  wake(arn);
}

void Driver::doubt_all(const model::Task& task) {
  for (const auto& container : task.containers) {
    if (container.engine_name.empty() || container.known == model::ContainerState::Stopped) continue;
    flights_[task.arn].work.uncertain.insert(container.name);
  }
  wake(task.arn);
}

void Driver::retry(const std::string& arn) { queue_.add_after_real(arn, kRetry); }

void Driver::look(const std::string& arn) {
  if (resting_) return;
  for (int i = 0; i < kMostTransitions; ++i) {
    if (!look_once(arn)) {
      slots_.settle(arn);
      const auto flight = flights_.find(arn);
      if (flight != flights_.end() && flight->second.idle()) flights_.erase(flight);
      return;
    }
  }
  throw BugError("a task's transitions do not end: " + arn);
}

// True: a transition was stored, look again.
bool Driver::look_once(const std::string& arn) {
  const TaskView view = jobs_of_tasks_.view(arn);
  if (!view.task) {
    flights_.erase(arn);
    return false;
  }
  if (view.task->last_status == TaskStatus::Stopped) {
    finish(view.task);
    return false;
  }
  SLIPWAY_ASSERT(view.definition != nullptr,
                 "a live task's definition is there: " + view.task->definition_arn);
  const lifecycle::TaskSpec spec = jobs_of_tasks_.spec(view);
  lifecycle::Work& work = flights_[arn].work;
  const Now now = context_.clock.now();
  lifecycle::Plan plan = lifecycle::next(*view.task, spec, work, now);
  if (plan.task) {
    store_transition(*view.task, std::move(*plan.task));
    return true;
  }
  for (const auto& step : plan.steps) begin(arn, view, step);
  if (plan.wake_real) queue_.add_after_real(arn, std::max(Millis{1}, *plan.wake_real - now.real));
  return false;
}

void Driver::store_transition(const model::Task& before, model::Task after) {
  if (before.last_status != after.last_status) {
    context_.log.info("task status", {{"task", after.arn},
                                      {"status", std::string(model::to_string(after.last_status))},
                                      {"version", std::to_string(after.version)}});
  } else if (before.desired_status != after.desired_status) {
    context_.log.info("task stops", {{"task", after.arn},
                                     {"code", std::string(model::to_string(after.stop_code))},
                                     {"reason", after.stopped_reason}});
  }
  const WritingMark mark(writing_);
  context_.store.write([&](store::Transaction& tx) { tx.put(std::move(after)); });
}

void Driver::begin(const std::string& arn, const TaskView& view, const lifecycle::Step& step) {
  lifecycle::Work& work = flights_[arn].work;
  switch (step.action) {
    case lifecycle::Action::EnsureNetwork:
      note(arn, step);
      networks_.want(*jobs_, *view.task);
      break;
    case lifecycle::Action::Pull: {
      const auto* definition = find_definition(*view.definition, step.container);
      const std::string image =
          definition == nullptr ? std::string(kPauseImage) : definition->image.value_or("");
      work.pulling.insert(step.container);
      images_.want(*jobs_, image, Waiter(arn, step.container));
      break;
    }
    case lifecycle::Action::Launch:
      if (!slots_.take(arn, step.container)) break;
      note(arn, step);
      jobs_->spawn("launch", run_launch(this, arn, step.container));
      break;
    case lifecycle::Action::Stop:
      note(arn, step);
      begin_job(arn, step.container, jobs_of_tasks_.stop(arn, step.container, step.grace));
      break;
    case lifecycle::Action::Inspect:
      note(arn, step);
      begin_job(arn, step.container, jobs_of_tasks_.inspect(arn, step.container));
      break;
  }
}

void Driver::note(const std::string& arn, const lifecycle::Step& step) {
  Flight& flight = flights_[arn];
  flight.work.busy.insert(step.container);
  flight.jobs.insert_or_assign(step.container, Job{step.action, step.grace, context_.clock.now().real});
}

void Driver::begin_job(const std::string& arn, const std::string& container, async::Awaitable<bool> work) {
  flights_[arn].work.busy.insert(container);
  jobs_->spawn("task job", run(this, arn, container, std::move(work)));
}

async::Awaitable<void> Driver::run(Driver* self, std::string arn, std::string container,
                                   async::Awaitable<bool> work) {
  bool certain = false;
  try {
    certain = co_await std::move(work);
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the agent ends
  } catch (const std::exception& error) {
    self->context_.log.warn("task job failed",
                            {{"task", arn}, {"container", container}, {"error", error.what()}});
  }
  self->end_job(arn, container, certain);
}

async::Awaitable<void> Driver::run_launch(Driver* self, std::string arn, std::string container) {
  auto work = run(self, arn, container, self->jobs_of_tasks_.launch(arn, container));
  co_await std::move(work);
  self->slots_.release();
}

void Driver::end_job(const std::string& arn, const std::string& container, bool certain) {
  Flight& flight = flights_[arn];
  auto& work = flight.work;
  work.busy.erase(container);
  flight.jobs.erase(container);
  if (certain) {
    wake(arn);
    return;
  }
  ++context_.counters.engine_errors;
  if (container == kCleanUpJob) {
    queue_.add_after_real(arn, kCleanUpRetry);
    return;
  }
  work.uncertain.insert(container);
  retry(arn);
}

// A stopped task: its cgroup and namespace containers go at once, the others with their logs stay for a
// while.
void Driver::finish(const model::TaskPtr& task) {
  if (task->cleaned) {
    finished_.erase({task->stopped_at.value_or(TimePoint{}), task->arn});
    flights_.erase(task->arn);
    return;
  }
  Flight& flight = flights_[task->arn];
  if (flight.work.busy.contains(kCleanUpJob)) return;
  bool anything = !task->volumes.empty(), internal = false;
  for (const auto& container : task->containers) {
    const bool left = !container.removed && !container.engine_name.empty();
    anything = anything || left;
    internal = internal || (left && model::is_internal(container));
  }
  const TimePoint stopped_at = task->stopped_at.value_or(TimePoint{});
  const TimePoint due = stopped_at + kKeptStopped;
  if (!anything || context_.clock.now().control >= due) flight.clean_up = true;
  // One that has to go already, and cannot while the engine is away, pushes no other out.
  if (!flight.clean_up) finished_.emplace(stopped_at, task->arn);
  if (finished_.size() > kMostFinished) {
    const std::string oldest = finished_.begin()->second;
    finished_.erase(finished_.begin());
    flights_[oldest].clean_up = true;
    if (oldest != task->arn) wake(oldest);
  }
  if (!remove_cgroup(context_, *task)) queue_.add_after_real(task->arn, kRetry);
  const bool all = flights_[task->arn].clean_up;
  if (all || internal) {
    begin_job(task->arn, std::string(kCleanUpJob), jobs_of_tasks_.clean_up(task->arn, all));
  } else {
    queue_.add_at(task->arn, due);
    flights_.erase(task->arn);
  }
}

void Driver::image_pulling(const Waiter& waiter) {
  try {
    jobs_of_tasks_.change(waiter.first, [&](model::Task task) {
      return lifecycle::pull_started(std::move(task), context_.clock.now());
    });
  } catch (const std::exception& error) {
    context_.log.warn("pull start not stored", {{"task", waiter.first}, {"error", error.what()}});
  }
}

void Driver::image_done(const Waiter& waiter, const ImageOutcome& outcome) {
  const auto flight = flights_.find(waiter.first);
  if (flight == flights_.end()) return;
  flight->second.work.pulling.erase(waiter.second);
  try {
    if (!outcome.unknown) {
      fold_image(waiter, outcome);
      wake(waiter.first);
      return;
    }
  } catch (const std::exception& error) {
    context_.log.warn("pull not stored", {{"task", waiter.first}, {"error", error.what()}});
  }
  retry(waiter.first);
}

void Driver::fold_image(const Waiter& waiter, const ImageOutcome& outcome) {
  const TaskView view = jobs_of_tasks_.view(waiter.first);
  if (!view.task || !view.definition) return;
  const auto* definition = find_definition(*view.definition, waiter.second);
  const std::string image = definition == nullptr ? std::string(kPauseImage) : definition->image.value_or("");
  const bool fargate = view.task->launch_type == model::LaunchType::Fargate;
  // An image that is here stands in for one that cannot be pulled, except on Fargate (decisions.md 18).
  const bool usable = outcome.present && (!outcome.error || !fargate);
  const Now now = context_.clock.now();
  jobs_of_tasks_.change(waiter.first, [&](model::Task task) {
    if (outcome.pulled) task = lifecycle::pull_stopped(std::move(task), now);
    if (usable) return lifecycle::pulled(std::move(task), waiter.second, outcome.digest);
    std::string reason = pull_failure(image, *outcome.error, task.launch_type);
    return lifecycle::failed(std::move(task), waiter.second, std::move(reason));
  });
}

void Driver::network_done(const std::string& arn, const VpcNetworks::Outcome& outcome) {
  flights_[arn].work.busy.erase("");
  flights_[arn].jobs.erase("");
  try {
    const TaskView view = jobs_of_tasks_.view(arn);
    if (!view.task) return;
    if (!outcome.network && !outcome.error) {
      retry(arn);
      return;
    }
    std::optional<lifecycle::Placement> place;
    if (outcome.network) place = place_interface(context_.store.model(), *view.task, *outcome.network);
    const Now now = context_.clock.now();
    jobs_of_tasks_.change(arn, [&](model::Task task) {
      if (task.desired_status == DesiredStatus::Stopped) return task;
      if (place) return lifecycle::attaching(std::move(task), *place);
      const std::string subnet = task.eni ? task.eni->subnet_id : std::string();
      return lifecycle::unattachable(
          std::move(task),
          "Unexpected EC2 error while attempting to Create Network Interface in subnet '" + subnet +
              "': " + (outcome.error ? outcome.error->message : "InsufficientFreeAddressesInSubnet"),
          now);
    });
    wake(arn);
  } catch (const std::exception& error) {
    context_.log.warn("network not stored", {{"task", arn}, {"error", error.what()}});
    retry(arn);
  }
}

async::Awaitable<void> Driver::rest(Millis patience) {
  resting_ = true;
  const TimePoint until = context_.clock.now().real + patience;
  while (context_.making > 0 && context_.clock.now().real < until) {
    auto pause = context_.clock.sleep_real(kMakingPoll);
    co_await std::move(pause);
  }
  auto ended = jobs_->stop();
  co_await std::move(ended);
  jobs_ = std::make_unique<async::TaskScope>(loops_.executor(), context_.log);
  flights_.clear();
  images_.clear();
  networks_.clear();
  slots_.clear();
  finished_.clear();
}

}  // namespace slipway::agent
