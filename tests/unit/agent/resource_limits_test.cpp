#include <gtest/gtest.h>

#include "agent/container_spec.h"

namespace slipway::agent {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;

// A bridge task of one container whose own sizes are `container`'s; what placement charges is their sum.
struct SizedTask {
  model::Task task;
  api::ecs::TaskDefinition definition;
  AgentSettings settings;

  explicit SizedTask(api::ecs::ContainerDefinition container) {
    container.name = "app";
    container.image = "app:1";
    task.network_mode = model::NetworkMode::Bridge;
    task.cpu = std::to_string(container.cpu.value_or(0));
    task.memory = std::to_string(container.memory_reservation.value_or(container.memory.value_or(0)));
    model::Container one;
    one.name = "app";
    task.containers.push_back(one);
    definition.family = "sized";
    definition.container_definitions.emplace();
    definition.container_definitions->push_back(std::move(container));
  }

  runtime::ContainerSpec spec() const {
    const SpecSource source{task, definition, settings, {}};
    return engine_spec(source, task.containers.front());
  }
};

api::ecs::ContainerDefinition sized(std::int32_t cpu, std::int32_t reservation) {
  api::ecs::ContainerDefinition container;
  container.cpu = cpu;
  container.memory_reservation = reservation;
  return container;
}

TEST(ResourceLimits, what_containers_ask_for_is_no_limit_of_the_task) {
  const auto spec = SizedTask(sized(128, 64)).spec();
  EXPECT_EQ(spec.cpu_shares, 128);
  EXPECT_EQ(spec.cpu_quota, 0);
  EXPECT_EQ(spec.memory_bytes, 0);
  EXPECT_EQ(spec.memory_reservation_bytes, 64 * kMiB);
}

TEST(ResourceLimits, the_definitions_task_size_limits_each_container) {
  SizedTask made(sized(128, 64));
  made.definition.cpu = "512";
  made.definition.memory = "256";
  const auto spec = made.spec();
  EXPECT_EQ(spec.cpu_period, 100'000);
  EXPECT_EQ(spec.cpu_quota, 50'000);
  EXPECT_EQ(spec.memory_bytes, 256 * kMiB);
}

TEST(ResourceLimits, an_override_of_the_task_size_counts_instead) {
  SizedTask made(sized(128, 64));
  made.definition.cpu = "512";
  made.definition.memory = "256";
  api::ecs::TaskOverride overrides;
  // As given; the task has what RunTask made of it.
  overrides.cpu = "1 vCPU";
  overrides.memory = "0.5GB";
  made.task.cpu = "1024";
  made.task.memory = "512";
  made.task.overrides = std::make_shared<const api::ecs::TaskOverride>(overrides);
  const auto spec = made.spec();
  EXPECT_EQ(spec.cpu_quota, 100'000);
  EXPECT_EQ(spec.memory_bytes, 512 * kMiB);
}

}  // namespace
}  // namespace slipway::agent
