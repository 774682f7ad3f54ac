// The serial loop of each task: ask lifecycle::next(), store a transition or begin the steps, be woken, ask
// again. The only place where a task's status is changed after RunTask, except for StopTask's wish. Control
// thread only.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/context.h"
#include "agent/flights.h"
#include "agent/image_store.h"
#include "agent/launch_slots.h"
#include "agent/task_jobs.h"
#include "agent/vpc_networks.h"
#include "slipway/async/task_scope.h"
#include "slipway/async/work_queue.h"
#include "slipway/lifecycle/waiting.h"

namespace slipway::agent {

class Driver final {
 public:
  Driver(Context& context, async::TaskScope& loops);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // A task may need something.
  void wake(const std::string& arn) { queue_.add(arn); }
  // The container may be in another state than is stored: it is looked at before anything is decided for it.
  void doubt(const std::string& arn, const std::string& container);
  // All containers of a task that the engine may have.
  void doubt_all(const model::Task& task);
  // A commit of this driver itself is under way: it wakes nobody.
  bool writing() const { return writing_; }

  void spawn(std::string name, async::Awaitable<void> work) {
    jobs_->spawn(std::move(name), std::move(work));
  }
  VpcNetworks& networks() { return networks_; }
  std::size_t jobs() const { return jobs_->size(); }
  const LaunchSlots& slots() const { return slots_; }
  // See Agent.
  std::vector<lifecycle::Wait> activity(const std::string& arn) const;

  // Ends all jobs and forgets what was under way; nothing is begun until resume(). Calls that make something
  // have `patience` (real time) to end by themselves.
  async::Awaitable<void> rest(Millis patience);
  void resume() { resting_ = false; }
  bool resting() const { return resting_; }

 private:
  static async::Awaitable<void> handle(Driver* self, std::string arn);
  static async::Awaitable<void> run(Driver* self, std::string arn, std::string container,
                                    async::Awaitable<bool> work);
  static async::Awaitable<void> run_launch(Driver* self, std::string arn, std::string container);

  void look(const std::string& arn);
  bool look_once(const std::string& arn);
  void begin(const std::string& arn, const TaskView& view, const lifecycle::Step& step);
  // A container is in work, with what `step` says.
  void note(const std::string& arn, const lifecycle::Step& step);
  void begin_job(const std::string& arn, const std::string& container, async::Awaitable<bool> work);
  void end_job(const std::string& arn, const std::string& container, bool certain);
  void retry(const std::string& arn);
  void store_transition(const model::Task& before, model::Task after);
  void finish(const model::TaskPtr& task);
  void image_pulling(const Waiter& waiter);
  void image_done(const Waiter& waiter, const ImageOutcome& outcome);
  void fold_image(const Waiter& waiter, const ImageOutcome& outcome);
  void network_done(const std::string& arn, const VpcNetworks::Outcome& outcome);

  Context& context_;
  Flights flights_;
  TaskJobs jobs_of_tasks_;
  ImageStore images_;
  VpcNetworks networks_;
  LaunchSlots slots_;
  async::WorkQueue queue_;
  std::set<std::pair<TimePoint, std::string>> finished_;  // stopped tasks whose containers are still there
  bool writing_ = false;
  bool resting_ = false;
  std::unique_ptr<async::TaskScope> jobs_;
  async::TaskScope& loops_;
};

}  // namespace slipway::agent
