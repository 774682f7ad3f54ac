// One registered revision of a task definition. Immutable but for its status, times and tags.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/base/time.h"
#include "slipway/model/arn.h"
#include "slipway/model/tag.h"

namespace slipway::model {

enum class DefinitionStatus : std::uint8_t { Active, Inactive, DeleteInProgress };

struct TaskDefinition {
  std::string arn;
  Scope scope;
  std::string family;
  std::int64_t revision = 0;
  DefinitionStatus status = DefinitionStatus::Active;
  TimePoint registered_at;
  std::optional<TimePoint> deregistered_at;
  std::optional<TimePoint> delete_requested_at;
  Tags tags;
  // As DescribeTaskDefinition answers, without status and the three times above.
  std::shared_ptr<const api::ecs::TaskDefinition> document;
};

}  // namespace slipway::model
