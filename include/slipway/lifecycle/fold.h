// What has come to be known of a task's containers, folded into the task: each function takes the task and
// returns it with one fact added. Facts that are not news change nothing. Pure; called by the agent in the
// transaction that stores the result.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slipway/lifecycle/spec.h"

namespace slipway::lifecycle {

// A container as the engine showed it. Times are real time as the engine has it.
struct Observation {
  std::string runtime_id;
  bool running = false;
  std::int32_t exit_code = 0;
  bool oom_killed = false;
  std::string error;  // State.Error
  std::optional<TimePoint> started_at, finished_at;
  model::HealthStatus health = model::HealthStatus::Unknown;
};

// A real pull of an image of the task begins (data-plane.md 1.4: set once).
model::Task pull_started(model::Task task, Now now);
// A real pull ended, well or not (overwritten by each later one).
model::Task pull_stopped(model::Task task, Now now);
// The image is there; `digest` may be empty.
model::Task pulled(model::Task task, std::string_view container, std::string digest);
// The container will never run: pull, create or start failed. `reason` is "<ErrorName>: <text>"; the first
// one of a container stays, cut at 255 characters.
model::Task failed(model::Task task, std::string_view container, std::string reason);
// Gives a container a reason unless it has one; its state stays.
model::Task explained(model::Task task, std::string_view container, std::string reason);
// The engine made it.
model::Task created(model::Task task, std::string_view container, std::string runtime_id);
// The engine showed it: running, or ended with its exit code.
model::Task observed(model::Task task, const TaskSpec& spec, std::string_view container,
                     const Observation& seen, Now now);
// The engine made it once and has it no more.
model::Task vanished(model::Task task, const TaskSpec& spec, std::string_view container, Now now);

// The engine answers, or does not for a while (data-plane.md 1.4: connectivityAt is when it last became
// CONNECTED). nullopt when that is no news, and for a task that the agent has not taken up or that is
// STOPPED. The version stays: ECS tells of agents that go in events of their instance, not of its tasks.
std::optional<model::Task> connected(const model::Task& task, bool answers, Now now);

// Whether an ended container is to be started again (data-plane.md 2.4).
bool wants_restart(const model::Task& task, const TaskSpec& spec, std::string_view container,
                   const Observation& seen);

// The interface got its network, address and name: PRECREATED -> ATTACHING.
struct Placement {
  std::string network;
  std::string address;
  std::string private_dns_name;
};
model::Task attaching(model::Task task, Placement place);
// There is no interface to be had: the task stops.
model::Task unattachable(model::Task task, std::string reason, Now now);

// HEALTHY, UNHEALTHY or UNKNOWN of the whole task (data-plane.md 1.10).
model::HealthStatus task_health(const model::Task& task, const TaskSpec& spec);

}  // namespace slipway::lifecycle
