// Task definitions and tasks for tests, as the handlers would store them.
#pragma once

#include <string>
#include <vector>

#include "slipway/api/ecs/TaskDefinition.h"
#include "slipway/base/id_source.h"
#include "slipway/model/task.h"
#include "slipway/model/task_definition.h"

namespace slipway::test {

inline model::Scope test_scope() { return {"000000000000", "us-east-1"}; }

// A container definition, step by step.
class ContainerBuilder final {
 public:
  explicit ContainerBuilder(const std::string& name, const std::string& image = "app:1");

  ContainerBuilder& essential(bool value);
  ContainerBuilder& sim(const std::string& key, const std::string& value);  // label dev.slipway.sim.<key>
  ContainerBuilder& after(const std::string& container, const std::string& condition);
  ContainerBuilder& port(int container_port, int host_port = 0);
  ContainerBuilder& stop_timeout(int seconds);
  ContainerBuilder& start_timeout(int seconds);
  ContainerBuilder& health_check();
  ContainerBuilder& restart(int period, const std::vector<std::int32_t>& ignored = {});
  ContainerBuilder& mount(const std::string& volume, const std::string& path);

  api::ecs::ContainerDefinition definition;
};

api::ecs::TaskDefinition task_definition(const std::vector<ContainerBuilder>& containers,
                                         model::NetworkMode mode, std::int64_t revision = 1);

// A task of that definition as RunTask puts it in.
model::Task new_task(const api::ecs::TaskDefinition& definition, model::LaunchType type, TimePoint now,
                     IdSource& ids);

}  // namespace slipway::test
