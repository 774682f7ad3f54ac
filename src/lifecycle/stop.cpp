#include "slipway/lifecycle/stop.h"

namespace slipway::lifecycle {
namespace {

// The agent trims reasons at 1024 characters (data-plane.md 1.6).
constexpr std::size_t kLongestReason = 1024;

}  // namespace

model::Task request_stop(model::Task task, model::StopCode code, std::string reason, Now now) {
  if (task.desired_status == model::DesiredStatus::Stopped) return task;
  if (reason.size() > kLongestReason) reason.resize(kLongestReason);
  task.desired_status = model::DesiredStatus::Stopped;
  task.stop_code = code;
  task.stopped_reason = std::move(reason);
  task.stopping_at = now.control;
  task.updated_at = now.control;
  task.version += 1;
  for (auto& container : task.containers) container.desired = model::DesiredStatus::Stopped;
  return task;
}

}  // namespace slipway::lifecycle
