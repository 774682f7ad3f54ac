// The slow actions on one task's containers: each talks to the engine and stores what came of it. Each
// answers whether the outcome is known; if not, the container has to be looked at before anything else is
// decided. Started by the driver, one at a time per container, in the agent's job scope. Control thread only.
#pragma once

#include <string>
#include <string_view>

#include "agent/context.h"
#include "agent/flights.h"
#include "agent/ports.h"
#include "slipway/lifecycle/fold.h"

namespace slipway::agent {

// A task and what its definition says, as of now.
struct TaskView {
  model::TaskPtr task;
  std::shared_ptr<const api::ecs::TaskDefinition> definition;
};

class TaskJobs final {
 public:
  TaskJobs(Context& context, Flights& flights) : context_(context), flights_(flights), ports_(context) {}

  // Creates the container unless that is done, and starts it.
  async::Awaitable<bool> launch(std::string arn, std::string container);
  async::Awaitable<bool> stop(std::string arn, std::string container, Seconds grace);
  // Stores what the engine has; starts the container again where its restart policy says so.
  async::Awaitable<bool> inspect(std::string arn, std::string container);
  // Removes the namespace containers of a stopped task; with `all` everything that is left of it.
  async::Awaitable<bool> clean_up(std::string arn, bool all);

  // Stores `fold(task)` when it differs; nothing when the task is gone. Throws as Store::write.
  template <class Fold>
  void change(const std::string& arn, Fold&& fold) {
    context_.store.write([&](store::Transaction& tx) {
      const auto task = tx.find_task(arn);
      if (!task) return;
      model::Task next = fold(*task);
      if (differs(*task, next)) tx.put(std::move(next));
    });
  }
  // nullopt-like (null members) when the task or its definition is gone.
  TaskView view(const std::string& arn) const;
  lifecycle::TaskSpec spec(const TaskView& view) const;

 private:
  enum class Answer : std::uint8_t { Done, Unknown, Refused };

  static bool differs(const model::Task& before, const model::Task& after);
  bool prepare(const std::string& arn, const std::string& container);
  async::Awaitable<Answer> ensure_volumes(std::string arn, std::string container);
  async::Awaitable<Answer> create(std::string arn, std::string container);
  async::Awaitable<Answer> adopt(std::string arn, std::string container, std::string engine_name);
  async::Awaitable<Answer> start(std::string arn, std::string container);
  // Removes it and lets it be made once more, with other ports or without the default ulimits.
  async::Awaitable<Answer> make_anew(std::string arn, std::string container, std::string runtime_id);
  bool may_try_otherwise(const TaskView& view, const model::Container& container, const std::string& message);
  async::Awaitable<bool> restart(std::string arn, std::string container, lifecycle::Observation ended);
  // No other run: the end of its last one counts; `reason`, unless empty, says why.
  void end_for_good(const std::string& arn, const std::string& container, const lifecycle::Observation& ended,
                    std::string reason);
  async::Awaitable<bool> remove(std::string id);
  void fail(const std::string& arn, const std::string& container, std::string reason);
  bool is_ours(const runtime::ContainerStatus& status, const std::string& arn) const;
  // For one whose creation was not seen to end.
  bool may_lack_networks(const runtime::ContainerStatus& status) const;
  void fold_status(const std::string& arn, const std::string& container,
                   const runtime::ContainerStatus& status);

  Context& context_;
  Flights& flights_;
  PortChooser ports_;
};

// What lifecycle wants to know of a container's status.
lifecycle::Observation to_observation(const runtime::ContainerStatus& status);

}  // namespace slipway::agent
