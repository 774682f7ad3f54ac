#include "services/ecs/task_definition/defaults.h"

#include "services/ecs/task_definition/size.h"
#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

template <class T>
void fill(std::optional<T>& member, T value) {
  if (!member) member = std::move(value);
}

template <class T>
void fill_list(std::optional<std::vector<T>>& member) {
  if (!member) member.emplace();
}

void fill_ports(ContainerDefinition& container, std::string_view mode) {
  fill_list(container.port_mappings);
  const bool same_port = mode == "awsvpc" || mode == "host";
  for (auto& mapping : *container.port_mappings) {
    fill<std::string>(mapping.protocol, "tcp");
    if (!mapping.container_port) continue;  // a range
    if (same_port) {
      mapping.host_port = mapping.container_port;
    } else {
      fill(mapping.host_port, 0);
    }
  }
}

void fill_container(ContainerDefinition& container, std::string_view mode) {
  fill(container.cpu, 0);
  fill(container.essential, true);
  fill_ports(container, mode);
  fill_list(container.environment);
  fill_list(container.mount_points);
  fill_list(container.volumes_from);
  fill_list(container.system_controls);
  if (container.health_check) {
    fill(container.health_check->interval, 30);
    fill(container.health_check->timeout, 5);
    fill(container.health_check->retries, 3);
  }
  if (container.linux_parameters && container.linux_parameters->capabilities) {
    fill_list(container.linux_parameters->capabilities->add);
    fill_list(container.linux_parameters->capabilities->drop);
  }
}

void fill_volume(api::ecs::Volume& volume) {
  if (volume.docker_volume_configuration) {
    auto& docker = *volume.docker_volume_configuration;
    fill<std::string>(docker.scope, "task");
    if (docker.scope == "shared") fill(docker.autoprovision, false);
  } else if (volume.efs_volume_configuration) {
    fill<std::string>(volume.efs_volume_configuration->root_directory, "/");
  } else if (!volume.s3files_volume_configuration && !volume.fsx_windows_file_server_volume_configuration &&
             !volume.configured_at_launch.value_or(false)) {
    fill(volume.host, api::ecs::HostVolumeProperties());
  }
}

// "name" or "path/name" becomes an ARN; an empty text counts as absent.
void expand_role(std::optional<std::string>& role, const model::Scope& scope) {
  if (!role) return;
  if (role->empty()) {
    role.reset();
  } else if (!role->starts_with("arn:")) {
    const auto partition = model::Arn::parse(model::ecs_arn(scope, ""))->partition;
    role = model::Arn{partition, "iam", "", scope.account, "role/" + *role}.str();
  }
}

}  // namespace

void fill_defaults(api::ecs::TaskDefinition& definition, const model::Scope& scope) {
  expand_role(definition.task_role_arn, scope);
  expand_role(definition.execution_role_arn, scope);
  if (definition.cpu) definition.cpu = std::to_string(parse_task_cpu(*definition.cpu).value());
  if (definition.memory) definition.memory = std::to_string(parse_task_memory(*definition.memory).value());
  const std::string mode(network_mode(definition));
  for (auto& container : *definition.container_definitions) fill_container(container, mode);
  fill_list(definition.volumes);
  for (auto& volume : *definition.volumes) fill_volume(volume);
  fill_list(definition.placement_constraints);
}

}  // namespace slipway::services::ecs
