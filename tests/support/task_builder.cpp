#include "task_builder.h"

namespace slipway::test {

ContainerBuilder::ContainerBuilder(const std::string& name, const std::string& image) {
  definition.name = name;
  definition.image = image;
  definition.memory = 64;
  definition.essential = true;
}

ContainerBuilder& ContainerBuilder::essential(bool value) {
  definition.essential = value;
  return *this;
}

ContainerBuilder& ContainerBuilder::sim(const std::string& key, const std::string& value) {
  if (!definition.docker_labels) definition.docker_labels.emplace();
  (*definition.docker_labels)["dev.slipway.sim." + key] = value;
  return *this;
}

ContainerBuilder& ContainerBuilder::after(const std::string& container, const std::string& condition) {
  if (!definition.depends_on) definition.depends_on.emplace();
  api::ecs::ContainerDependency dependency;
  dependency.container_name = container;
  dependency.condition = condition;
  definition.depends_on->push_back(std::move(dependency));
  return *this;
}

ContainerBuilder& ContainerBuilder::port(int container_port, int host_port) {
  if (!definition.port_mappings) definition.port_mappings.emplace();
  api::ecs::PortMapping mapping;
  mapping.container_port = container_port;
  mapping.host_port = host_port;
  mapping.protocol = "tcp";
  definition.port_mappings->push_back(std::move(mapping));
  return *this;
}

ContainerBuilder& ContainerBuilder::stop_timeout(int seconds) {
  definition.stop_timeout = seconds;
  return *this;
}

ContainerBuilder& ContainerBuilder::start_timeout(int seconds) {
  definition.start_timeout = seconds;
  return *this;
}

ContainerBuilder& ContainerBuilder::health_check() {
  definition.health_check.emplace();
  definition.health_check->command = std::vector<std::string>{"CMD", "true"};
  return *this;
}

ContainerBuilder& ContainerBuilder::restart(int period, const std::vector<std::int32_t>& ignored) {
  definition.restart_policy.emplace();
  definition.restart_policy->enabled = true;
  definition.restart_policy->restart_attempt_period = period;
  definition.restart_policy->ignored_exit_codes = ignored;
  return *this;
}

ContainerBuilder& ContainerBuilder::mount(const std::string& volume, const std::string& path) {
  if (!definition.mount_points) definition.mount_points.emplace();
  api::ecs::MountPoint point;
  point.source_volume = volume;
  point.container_path = path;
  definition.mount_points->push_back(std::move(point));
  return *this;
}

api::ecs::TaskDefinition task_definition(const std::vector<ContainerBuilder>& containers,
                                         model::NetworkMode mode, std::int64_t revision) {
  api::ecs::TaskDefinition definition;
  definition.family = "app";
  definition.revision = static_cast<std::int32_t>(revision);
  definition.network_mode = std::string(model::to_string(mode));
  definition.task_definition_arn = model::task_definition_arn(test_scope(), "app", revision);
  definition.container_definitions.emplace();
  for (const auto& container : containers) definition.container_definitions->push_back(container.definition);
  return definition;
}

model::Task new_task(const api::ecs::TaskDefinition& definition, model::LaunchType type, TimePoint now,
                     IdSource& ids) {
  model::Task task;
  task.scope = test_scope();
  task.cluster = "default";
  task.id = ids.hex(32);
  task.arn = model::task_arn(task.scope, task.cluster, task.id);
  task.definition_arn = *definition.task_definition_arn;
  task.engine_id = "engine";
  task.launch_type = type;
  task.network_mode = *model::parse_network_mode(*definition.network_mode);
  task.created_at = task.updated_at = now;
  for (const auto& container : *definition.container_definitions) {
    model::Container added;
    added.name = *container.name;
    added.id = ids.uuid();
    task.containers.push_back(std::move(added));
  }
  if (task.network_mode == model::NetworkMode::Awsvpc) {
    task.last_status = model::TaskStatus::Provisioning;
    task.eni.emplace();
    task.eni->attachment_id = ids.uuid();
    task.eni->interface_id = "eni-" + ids.hex(17);
    task.eni->subnet_id = "subnet-1";
    task.eni->vpc_id = "vpc-1";
  }
  return task;
}

}  // namespace slipway::test
