#include "services/ecs/task_lookup.h"

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/task_view.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

std::optional<std::string> task_arn_in(const model::Cluster& cluster, std::string_view text) {
  const auto id = id_in_cluster(cluster, "task", text);
  if (!id) return std::nullopt;
  if (id->size() != 32 && id->size() != 36) {
    throw api::ecs::invalid_parameter("taskId length should be one of [32,36]");
  }
  return model::task_arn(cluster.scope, cluster.name, *id);
}

api::ecs::Task shown_task(const EcsContext& context, const model::Task& task, bool tags) {
  const auto definition = context.store.model().find_definition(task.definition_arn);
  const TaskViewOptions options{tags, context.engine.architecture};
  return task_view(task, definition ? definition->document.get() : nullptr, options);
}

}  // namespace slipway::services::ecs
