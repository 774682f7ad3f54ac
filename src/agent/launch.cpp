// Creating and starting a container. What is random is stored before the engine is asked for anything, so
// that a crash between the two leaks nothing (decisions.md 6).
#include <algorithm>

#include "agent/container_spec.h"
#include "agent/host_config.h"
#include "agent/naming.h"
#include "agent/task_cgroup.h"
#include "agent/task_jobs.h"

namespace slipway::agent {
namespace {

// How often a start that finds its dynamic ports taken is tried with others: the next ones at first, then
// each time further on, up to 4096 ports.
constexpr int kOtherPorts = 6;

using model::ContainerState;
using model::DesiredStatus;
using runtime::EngineErrorKind;

// Task-scoped: goes with the task.
bool is_task_volume(const api::ecs::Volume& volume) {
  if (volume.host && volume.host->source_path) return false;
  return !volume.docker_volume_configuration ||
         volume.docker_volume_configuration->scope.value_or("task") != "shared";
}

bool mounts(const api::ecs::ContainerDefinition& definition, const api::ecs::Volume& volume) {
  if (!definition.mount_points) return false;
  return std::any_of(definition.mount_points->begin(), definition.mount_points->end(),
                     [&](const api::ecs::MountPoint& point) { return point.source_volume == volume.name; });
}

void name_volumes(model::Task& task, const api::ecs::TaskDefinition& definition, std::string_view container,
                  IdSource& ids) {
  const auto* own = find_definition(definition, container);
  if (own == nullptr || !definition.volumes) return;
  for (const auto& volume : *definition.volumes) {
    if (!is_task_volume(volume) || !mounts(*own, volume)) continue;
    const std::string name = volume.name.value_or("");
    if (!find_volume_name(task, definition, name)) task.volumes.push_back(volume_name(definition, name, ids));
  }
}

runtime::VolumeSpec volume_spec(const api::ecs::Volume& volume, std::string name, runtime::Labels labels) {
  runtime::VolumeSpec spec;
  spec.name = std::move(name);
  if (const auto& configuration = volume.docker_volume_configuration) {
    spec.driver = configuration->driver.value_or("");
    if (configuration->driver_opts) spec.options = *configuration->driver_opts;
    if (configuration->labels) labels.insert(configuration->labels->begin(), configuration->labels->end());
  }
  spec.labels = std::move(labels);
  return spec;
}

bool wants_stop(const model::Task& task, const model::Container& container) {
  return task.desired_status == DesiredStatus::Stopped || container.desired == DesiredStatus::Stopped;
}

bool has_dynamic_ports(const TaskView& view, const model::Container& container) {
  if (!container.published.empty()) return true;
  const auto* definition = find_definition(*view.definition, container.name);
  if (definition == nullptr || !definition->port_mappings) return false;
  return std::any_of(
      definition->port_mappings->begin(), definition->port_mappings->end(),
      [](const api::ecs::PortMapping& m) { return m.container_port_range || m.host_port.value_or(0) == 0; });
}

bool uses_default_ulimits(const TaskView& view, const model::Container& container) {
  const auto* definition = find_definition(*view.definition, container.name);
  return definition != nullptr && view.task->launch_type == model::LaunchType::Fargate &&
         !has_ulimit(*definition, "nofile");
}

// Fixed ports stay, the chosen ones are chosen anew.
void forget_dynamic_ports(model::Container& container, const api::ecs::TaskDefinition& definition) {
  container.published.clear();
  const auto* own = find_definition(definition, container.name);
  if (own == nullptr || !own->port_mappings) return;
  std::erase_if(container.bindings, [&](const model::PortBinding& binding) {
    return std::none_of(own->port_mappings->begin(), own->port_mappings->end(), [&](const auto& mapping) {
      return mapping.host_port.value_or(0) == binding.host_port && binding.container_port_range.empty();
    });
  });
}

}  // namespace

// Names, ports and volumes, committed. False when the container is not to be made (any more).
bool TaskJobs::prepare(const std::string& arn, const std::string& container) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition) return false;
  const auto* known = lifecycle::find_container(*now.task, container);
  if (known == nullptr || known->known == ContainerState::Stopped || wants_stop(*now.task, *known))
    return false;
  if (known->known >= ContainerState::Created) return true;
  model::Task task = *now.task;
  auto& mine = *lifecycle::find_container(task, container);
  if (mine.engine_name.empty()) mine.engine_name = container_name(*now.definition, container, context_.ids);
  bool enough = true;
  if (container == model::kPauseName && now.definition->container_definitions) {
    for (const auto& definition : *now.definition->container_definitions) {
      enough = enough && ports_.publish(definition, mine.published);
    }
  } else if (task.network_mode == model::NetworkMode::Bridge) {
    if (const auto* definition = find_definition(*now.definition, container)) {
      auto bindings = ports_.bridge_bindings(*definition, mine.bindings);
      enough = bindings.has_value();
      if (bindings) mine.bindings = std::move(*bindings);
    }
  }
  if (!enough) {
    fail(arn, container, "CannotCreateContainerError: no host port is free in the dynamic range");
    return false;
  }
  name_volumes(task, *now.definition, container, context_.ids);
  change(arn, [&](const model::Task&) { return task; });
  return true;
}

async::Awaitable<TaskJobs::Answer> TaskJobs::ensure_volumes(std::string arn, std::string container) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition || !now.definition->volumes) co_return Answer::Done;
  const auto* own = find_definition(*now.definition, container);
  if (own == nullptr) co_return Answer::Done;
  for (const auto& volume : *now.definition->volumes) {
    if (!mounts(*own, volume) || (volume.host && volume.host->source_path)) continue;
    const std::string name = volume.name.value_or("");
    runtime::Labels labels = context_.labels();
    std::string engine_name = name;
    if (is_task_volume(volume)) {
      labels.emplace(kVolumeTaskLabel, arn);
      engine_name = find_volume_name(*now.task, *now.definition, name).value_or("");
    } else {
      const auto there = co_await context_.engine.inspect_volume(name);
      if (there) continue;
      if (outcome_unknown(there.error())) co_return Answer::Unknown;
      if (!volume.docker_volume_configuration->autoprovision.value_or(false)) {
        fail(arn, container,
             "CannotCreateVolumeError: volume detection failed, volume '" + name +
                 "' does not exist and autoprovision is set to false");
        co_return Answer::Refused;
      }
    }
    const Making making(context_);
    auto spec = volume_spec(volume, std::move(engine_name), std::move(labels));
    const auto made = co_await context_.engine.create_volume(std::move(spec));
    if (made) continue;
    if (outcome_unknown(made.error())) co_return Answer::Unknown;
    fail(arn, container, "CannotCreateVolumeError: " + daemon_text(made.error()));
    co_return Answer::Refused;
  }
  co_return Answer::Done;
}

async::Awaitable<TaskJobs::Answer> TaskJobs::create(std::string arn, std::string container) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition) co_return Answer::Refused;
  const auto* known = lifecycle::find_container(*now.task, container);
  if (known == nullptr || known->known >= ContainerState::Created) co_return Answer::Done;
  TaskCgroup cgroup = ensure_cgroup(context_, *now.task, *now.definition);
  if (!cgroup.error.empty()) {
    fail(arn, container, std::move(cgroup.error));
    co_return Answer::Refused;
  }
  const SpecSource source{*now.task, *now.definition, context_.settings, context_.labels(), cgroup.parent};
  auto wanted = engine_spec(source, *known);
  std::string engine_name = wanted.name;
  const Making making(context_);
  const auto made = co_await context_.engine.create(std::move(wanted));
  if (made) {
    change(arn, [&](model::Task task) { return lifecycle::created(std::move(task), container, *made); });
    co_return Answer::Done;
  }
  if (outcome_unknown(made.error())) co_return Answer::Unknown;
  if (made.error().kind == EngineErrorKind::Conflict &&
      made.error().message.find("already in use") != std::string::npos) {
    auto work = adopt(arn, container, std::move(engine_name));
    const Answer adopted = co_await std::move(work);
    if (adopted != Answer::Refused) co_return adopted;
  }
  fail(arn, container, "CannotCreateContainerError: " + daemon_text(made.error()));
  co_return Answer::Refused;
}

// The name is taken: by our own create call of before a crash.
async::Awaitable<TaskJobs::Answer> TaskJobs::adopt(std::string arn, std::string container,
                                                   std::string engine_name) {
  const auto there = co_await context_.engine.inspect(std::move(engine_name));
  // That call may not have ended: the engine takes the name first and shows the container later.
  if (!there) co_return Answer::Unknown;
  if (!is_ours(*there, arn)) co_return Answer::Refused;
  if (may_lack_networks(*there)) co_return Answer::Unknown;  // inspect() decides
  fold_status(arn, container, *there);
  co_return Answer::Done;
}

async::Awaitable<TaskJobs::Answer> TaskJobs::start(std::string arn, std::string container) {
  const TaskView now = view(arn);
  if (!now.task || !now.definition) co_return Answer::Refused;
  const auto* known = lifecycle::find_container(*now.task, container);
  if (known == nullptr || known->known != ContainerState::Created || wants_stop(*now.task, *known)) {
    co_return Answer::Refused;
  }
  // The engine would make one that is gone (a reboot) without its limits.
  TaskCgroup cgroup = ensure_cgroup(context_, *now.task, *now.definition);
  if (!cgroup.error.empty()) {
    fail(arn, container, std::move(cgroup.error));
    co_return Answer::Refused;
  }
  const std::string id = known->runtime_id;
  const auto started = co_await context_.engine.start(id);
  if (started) co_return Answer::Done;
  if (outcome_unknown(started.error()) || started.error().kind == EngineErrorKind::NotFound) {
    co_return Answer::Unknown;
  }
  if (may_try_otherwise(now, *known, started.error().message)) {
    auto work = make_anew(arn, container, id);
    co_return co_await std::move(work);
  }
  fail(arn, container, "CannotStartContainerError: " + daemon_text(started.error()));
  co_return Answer::Refused;
}

// A port that was free when it was chosen is not any more, or could not be tried from here: others. An engine
// that may not raise the limit of open files to Fargate's default keeps its own from then on.
bool TaskJobs::may_try_otherwise(const TaskView& view, const model::Container& container,
                                 const std::string& message) {
  if (is_port_conflict(message) && has_dynamic_ports(view, container)) {
    const int tries = ++flights_[view.task->arn].other_ports[container.name];
    if (tries > 1) ports_.skip(1U << (2 * std::min(tries, kOtherPorts)));
    return tries <= kOtherPorts;
  }
  if (message.find("rlimit") == std::string::npos || !uses_default_ulimits(view, container)) return false;
  auto& tried = flights_[view.task->arn].without_ulimits;
  if (!tried.insert(container.name).second) return false;
  if (context_.settings.default_ulimits) {
    context_.settings.default_ulimits = false;
    context_.log.warn("the engine refuses Fargate's default of 65535 open files; its own limit holds");
  }
  return true;
}

async::Awaitable<TaskJobs::Answer> TaskJobs::make_anew(std::string arn, std::string container,
                                                       std::string runtime_id) {
  auto work = remove(std::move(runtime_id));
  const bool gone = co_await std::move(work);
  if (!gone) co_return Answer::Unknown;
  const TaskView now = view(arn);
  if (!now.definition) co_return Answer::Refused;
  change(arn, [&](model::Task task) {
    if (auto* mine = lifecycle::find_container(task, container)) {
      mine->known = ContainerState::Pulled;
      mine->created = false;
      mine->runtime_id.clear();
      forget_dynamic_ports(*mine, *now.definition);
    }
    return task;
  });
  co_return Answer::Refused;  // decided again from here
}

async::Awaitable<bool> TaskJobs::launch(std::string arn, std::string container) {
  ++context_.counters.launches;
  if (!prepare(arn, container)) co_return true;
  auto volumes = ensure_volumes(arn, container);
  Answer answer = co_await std::move(volumes);
  if (answer == Answer::Done) {
    auto making = create(arn, container);
    answer = co_await std::move(making);
  }
  if (answer == Answer::Done) {
    auto starting = start(arn, container);
    answer = co_await std::move(starting);
  }
  if (answer != Answer::Done) co_return answer == Answer::Refused;
  auto look = inspect(std::move(arn), std::move(container));
  co_return co_await std::move(look);
}

}  // namespace slipway::agent
