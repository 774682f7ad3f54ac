// A container instance as the API shows it. Pure.
#pragma once

#include <cstdint>

#include "slipway/api/ecs/ContainerInstance.h"
#include "slipway/model/instance.h"
#include "slipway/store/model.h"

namespace slipway::services::ecs {

struct InstanceLoad {
  store::ResourceUse use;  // of its engine, which all its stand-ins share
  std::int64_t running = 0;
  std::int64_t pending = 0;
};

struct InstanceParts {
  bool tags = false;
  bool health = false;
};

api::ecs::ContainerInstance instance_view(const model::ContainerInstance& instance, const InstanceLoad& load,
                                          InstanceParts parts);

}  // namespace slipway::services::ecs
