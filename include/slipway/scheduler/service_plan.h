// What a service does next: which tasks start, which stop, what becomes of its deployments, and why nothing
// happens. Pure: the caller gives a snapshot and the time and applies the answer in one transaction; planning
// again on what came of it ends in an empty plan. Called by services/ecs on the control thread, and by
// `slipway why` without applying. Rules: control-plane.md 5.3 to 5.5, 5.9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "slipway/base/time.h"
#include "slipway/model/service.h"
#include "slipway/model/task.h"

namespace slipway::scheduler {

// A task without health checks counts as healthy that long after RUNNING (control time;
// control-plane.md 5.4).
inline constexpr Seconds kSettleTime{40};

// A task of the service: not STOPPED, or STOPPED and its end not taken into account yet.
struct ServiceTask {
  std::string arn;
  std::string id;
  std::string deployment;  // digits
  model::TaskStatus last_status = model::TaskStatus::Pending;
  model::DesiredStatus desired_status = model::DesiredStatus::Running;
  model::HealthStatus health = model::HealthStatus::Unknown;
  bool checked = false;  // every essential container has a health check, so HEALTHY can be reached
  std::string zone;
  TimePoint created_at;                  // control time, as the next three
  std::optional<TimePoint> started_at;   // RUNNING since
  std::optional<TimePoint> stopping_at;  // desired STOPPED since
  std::optional<TimePoint> protected_until;
  std::optional<TimePoint> started_real;  // real time of its first container's first start
  model::StopCode stop_code = model::StopCode::None;
};

struct ServiceSnapshot {
  const model::Service& service;
  const model::ServiceDeployment* deployment = nullptr;  // service.current_deployment; nullptr when forgotten
  std::vector<ServiceTask> tasks;
  bool can_roll_back = false;  // the task definition of last_completed still exists
};

struct StopOrder {
  std::string task_arn;
  std::string reason;  // stoppedReason
  bool operator==(const StopOrder&) const = default;
};

// An event to write. `{tasks}` in a text stands for the list of tasks that were started, "(task a) (task b)",
// and `{count}` for their number: only who makes them knows.
struct PlannedEvent {
  std::string message;      // with "(service S) "
  bool of_started = false;  // to be left out when none was started
  bool operator==(const PlannedEvent&) const = default;
};

struct ServicePlan {
  std::optional<model::Service> service;               // when it changes
  std::optional<model::ServiceDeployment> deployment;  // when it changes
  std::size_t start = 0;                               // tasks of the PRIMARY deployment
  std::vector<StopOrder> stop;
  std::vector<std::string> noted;       // ARNs of stopped tasks that are accounted for now
  std::vector<PlannedEvent> events;     // from old to new
  bool rolled_back = false;             // the PRIMARY is last_completed again: the service's document follows
  std::optional<TimePoint> look_again;  // control time
  std::optional<TimePoint> look_again_real;
  std::vector<std::string> reasons;  // sentences: what the service waits for; empty when it is steady
  bool empty() const;                // nothing to apply
};

ServicePlan plan_service(const ServiceSnapshot& snapshot, Now now);

// The service after `wanted` of the tasks that a plan asked for found no place. `text`: the event's, without
// "(service S) ". Gives the event unless the same was told lately; starts are tried again at
// placement_failure->retry_at or when somebody clears it because room came free.
struct PlacementNote {
  model::Service service;
  std::optional<PlannedEvent> event;
};
PlacementNote note_placement_failure(model::Service service, std::string text, Now now);
// The service after all of its tasks were placed.
model::Service note_placed(model::Service service);

// `service` with a new PRIMARY deployment IN_PROGRESS; the former becomes ACTIVE. Start throttling begins
// anew. What CreateService and UpdateService call.
model::Service begin_deployment(model::Service service, std::string id, std::string definition_arn, Now now);
// The row of a deployment that another one, a delete or a stop ends.
model::ServiceDeployment superseded(model::ServiceDeployment deployment, Now now);

// The circuit breaker's threshold: clamp(ceil(desired / 2), 3, 200).
std::int64_t breaker_threshold(std::int64_t desired_count);

// How many tasks a service may have and must keep healthy: floor and ceiling of the percents.
struct Bounds {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};
Bounds bounds_of(const model::Service& service);

// Whether the task counts as healthy now: HEALTHY where it is checked, else RUNNING for kSettleTime.
// UNHEALTHY past the grace period is never healthy, within it counts like UNKNOWN.
bool is_healthy(const ServiceTask& task, const model::Service& service, Now now);

}  // namespace slipway::scheduler
