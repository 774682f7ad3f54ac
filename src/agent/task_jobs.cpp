#include "agent/task_jobs.h"

#include <algorithm>

#include "agent/container_spec.h"
#include "agent/naming.h"
#include "agent/task_cgroup.h"
#include "slipway/lifecycle/plan.h"

namespace slipway::agent {
namespace {

using runtime::EngineErrorKind;

model::HealthStatus to_health(runtime::Health health) {
  switch (health) {
    case runtime::Health::Healthy:
      return model::HealthStatus::Healthy;
    case runtime::Health::Unhealthy:
      return model::HealthStatus::Unhealthy;
    case runtime::Health::None:
    case runtime::Health::Starting:
      break;
  }
  return model::HealthStatus::Unknown;
}

// The engine's id, or before that is known the name that it was to get.
std::string handle_of(const model::Container& container) {
  return container.runtime_id.empty() ? container.engine_name : container.runtime_id;
}

void fold_address(model::Task& task, std::string_view container, const runtime::ContainerStatus& status) {
  if (container != model::kPauseName || !task.eni) return;
  if (const auto mac = status.mac_addresses.find(task.eni->network); mac != status.mac_addresses.end()) {
    if (!mac->second.empty()) task.eni->mac = mac->second;
  }
  if (const auto ip = status.addresses.find(task.eni->network); ip != status.addresses.end()) {
    if (!ip->second.empty()) task.eni->address = ip->second;
  }
}

}  // namespace

lifecycle::Observation to_observation(const runtime::ContainerStatus& status) {
  lifecycle::Observation seen;
  seen.runtime_id = status.id;
  seen.running = status.state == runtime::RunState::Running || status.state == runtime::RunState::Paused ||
                 status.state == runtime::RunState::Restarting;
  seen.exit_code = status.exit_code;
  seen.oom_killed = status.oom_killed;
  seen.error = status.error;
  seen.started_at = status.started_at;
  seen.finished_at = status.finished_at;
  seen.health = to_health(status.health);
  return seen;
}

TaskView TaskJobs::view(const std::string& arn) const {
  TaskView found;
  found.task = context_.store.model().find_task(arn);
  if (!found.task) return found;
  const auto definition = context_.store.model().find_definition(found.task->definition_arn);
  if (definition) found.definition = definition->document;
  return found;
}

lifecycle::TaskSpec TaskJobs::spec(const TaskView& view) const {
  return lifecycle::make_spec(*view.definition, view.task->network_mode);
}

bool TaskJobs::differs(const model::Task& before, const model::Task& after) {
  return before.version != after.version || before.last_status != after.last_status ||
         before.desired_status != after.desired_status || before.health != after.health ||
         before.containers != after.containers || before.eni != after.eni ||
         before.volumes != after.volumes || before.pull_started_at != after.pull_started_at ||
         before.pull_stopped_at != after.pull_stopped_at ||
         before.execution_stopped_at != after.execution_stopped_at || before.cleaned != after.cleaned;
}

void TaskJobs::fail(const std::string& arn, const std::string& container, std::string reason) {
  ++context_.counters.launch_failures;
  context_.log.warn("container failed", {{"task", arn}, {"container", container}, {"reason", reason}});
  change(arn,
         [&](model::Task task) { return lifecycle::failed(std::move(task), container, std::move(reason)); });
}

bool TaskJobs::is_ours(const runtime::ContainerStatus& status, const std::string& arn) const {
  const auto server = status.labels.find(std::string(runtime::kServerLabel));
  const auto task = status.labels.find(std::string(kTaskArnLabel));
  return server != status.labels.end() && server->second == context_.settings.server_id &&
         task != status.labels.end() && task->second == arn;
}

// Older engines join a container to further networks only after it was made.
bool TaskJobs::may_lack_networks(const runtime::ContainerStatus& status) const {
  return status.state == runtime::RunState::Created && !context_.settings.networks.empty();
}

void TaskJobs::fold_status(const std::string& arn, const std::string& container,
                           const runtime::ContainerStatus& status) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition) return;
  const lifecycle::TaskSpec rules = spec(now);
  lifecycle::Observation seen = to_observation(status);
  const auto* known = lifecycle::find_container(*now.task, container);
  if (known != nullptr) seen.oom_killed = ended_out_of_memory(context_, *now.task, *known, status);
  change(arn, [&](model::Task task) {
    fold_address(task, container, status);
    return lifecycle::observed(std::move(task), rules, container, seen, context_.clock.now());
  });
}

async::Awaitable<bool> TaskJobs::inspect(std::string arn, std::string container) {
  if (const auto flight = flights_.find(arn); flight != flights_.end()) {
    flight->second.work.uncertain.erase(container);
  }
  const TaskView before = view(arn);
  if (!before.task || !before.definition) co_return true;
  const auto* known = lifecycle::find_container(*before.task, container);
  if (known == nullptr || known->engine_name.empty()) co_return true;
  auto seen = co_await context_.engine.inspect(handle_of(*known));
  if (!seen && seen.error().kind != EngineErrorKind::NotFound) co_return false;
  if (!seen || !is_ours(*seen, arn)) {
    // One that was never made is made next; one that was is gone.
    if (known->runtime_id.empty()) co_return true;
    const lifecycle::TaskSpec rules = spec(before);
    change(arn, [&](model::Task task) {
      return lifecycle::vanished(std::move(task), rules, container, context_.clock.now());
    });
    co_return true;
  }
  if (known->runtime_id.empty() && may_lack_networks(*seen)) {
    auto removing = remove(seen->id);
    co_return co_await std::move(removing);  // and made again
  }
  const lifecycle::Observation ended = to_observation(*seen);
  const TaskView now = view(arn);
  if (now.task && now.definition && lifecycle::wants_restart(*now.task, spec(now), container, ended)) {
    auto work = restart(std::move(arn), std::move(container), ended);
    co_return co_await std::move(work);
  }
  fold_status(arn, container, *seen);
  co_return true;
}

async::Awaitable<bool> TaskJobs::restart(std::string arn, std::string container,
                                         lifecycle::Observation ended) {
  const TaskView before = view(arn);
  if (!before.task || !before.definition) co_return true;
  TaskCgroup cgroup = ensure_cgroup(context_, *before.task, *before.definition);
  if (!cgroup.error.empty()) {
    end_for_good(arn, container, ended, std::move(cgroup.error));
    co_return true;
  }
  const auto started = co_await context_.engine.start(ended.runtime_id);
  if (!started && outcome_unknown(started.error())) co_return false;
  if (started) {
    ++context_.counters.restarts;
    context_.log.info(
        "container restarted by its policy",
        {{"task", arn}, {"container", container}, {"exit_code", std::to_string(ended.exit_code)}});
  }
  const auto seen = co_await context_.engine.inspect(ended.runtime_id);
  if (!seen && seen.error().kind != EngineErrorKind::NotFound) co_return false;
  if (seen && started) {
    fold_status(arn, container, *seen);
    co_return true;
  }
  end_for_good(arn, container, ended,
               started ? std::string() : "CannotStartContainerError: " + daemon_text(started.error()));
  co_return true;
}

void TaskJobs::end_for_good(const std::string& arn, const std::string& container,
                            const lifecycle::Observation& ended, std::string reason) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition) return;
  const lifecycle::TaskSpec rules = spec(now);
  change(arn, [&](model::Task task) {
    task = lifecycle::observed(std::move(task), rules, container, ended, context_.clock.now());
    return lifecycle::explained(std::move(task), container, std::move(reason));
  });
}

async::Awaitable<bool> TaskJobs::stop(std::string arn, std::string container, Seconds grace) {
  const TaskView before = view(arn);
  if (!before.task) co_return true;
  const auto* known = lifecycle::find_container(*before.task, container);
  if (known == nullptr) co_return true;
  ++context_.counters.stops;
  const auto stopped = co_await context_.engine.stop(handle_of(*known), grace);
  if (!stopped && stopped.error().kind != EngineErrorKind::NotFound) {
    context_.log.warn("container not stopped",
                      {{"task", arn},
                       {"container", container},
                       {"reason", "CannotStopContainerError: " + daemon_text(stopped.error())}});
    co_return false;
  }
  auto look = inspect(std::move(arn), std::move(container));
  co_return co_await std::move(look);
}

async::Awaitable<bool> TaskJobs::remove(std::string id) {
  const auto removed = co_await context_.engine.remove(std::move(id));
  if (!removed && removed.error().kind != EngineErrorKind::NotFound) co_return false;
  ++context_.counters.removed;
  co_return true;
}

async::Awaitable<bool> TaskJobs::clean_up(std::string arn, bool all) {
  const auto task = context_.store.find_task(arn);
  if (!task) co_return true;
  for (const auto& container : task->containers) {
    if (container.removed || container.engine_name.empty()) continue;
    if (!all && !model::is_internal(container)) continue;
    auto work = remove(handle_of(container));
    const bool gone = co_await std::move(work);
    if (!gone) co_return false;
    change(arn, [&](model::Task next) {
      if (auto* mine = lifecycle::find_container(next, container.name)) mine->removed = true;
      return next;
    });
  }
  if (!all) co_return true;
  for (const auto& volume : task->volumes) {
    const auto removed = co_await context_.engine.remove_volume(volume);
    if (!removed && removed.error().kind != EngineErrorKind::NotFound) co_return false;
  }
  if (!remove_cgroup(context_, *task)) co_return false;
  change(arn, [&](model::Task next) {
    next.cleaned = true;
    return next;
  });
  context_.log.debug("task cleaned up", {{"task", arn}});
  co_return true;
}

}  // namespace slipway::agent
