#include "services/ecs/cluster_lookup.h"
#include "services/ecs/task.h"
#include "services/ecs/task_lookup.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/lifecycle/stop.h"

namespace slipway::services::ecs {

api::ecs::StopTaskResponse stop_task(EcsContext& context, store::Transaction& transaction,
                                     const Caller& caller, const api::ecs::StopTaskRequest& request) {
  const auto cluster = get_cluster(transaction.model(), caller.scope, request.cluster);
  rules::check_rules("StopTask", request);
  const auto arn = task_arn_in(*cluster, *request.task);
  const auto known = arn ? transaction.find_task(*arn) : nullptr;
  if (!known) throw api::ecs::invalid_parameter("The referenced task was not found.");
  api::ecs::StopTaskResponse response;
  if (known->desired_status == model::DesiredStatus::Stopped) {
    response.task = shown_task(context, *known, false);
    return response;
  }
  auto reason = request.reason.value_or("");
  if (reason.empty()) reason = "Task stopped by user";
  auto task = lifecycle::request_stop(*known, model::StopCode::UserInitiated, std::move(reason), caller.now);
  task.updated_at = caller.now.control;
  response.task = shown_task(context, task, false);
  transaction.put(std::move(task));
  return response;
}

}  // namespace slipway::services::ecs
