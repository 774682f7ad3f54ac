// Volumes and the mount points that use them.
#include <set>

#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

using api::ecs::Volume;

void check_efs(const api::ecs::EFSVolumeConfiguration& efs) {
  const bool encrypted = efs.transit_encryption == "ENABLED";
  if (efs.transit_encryption_port && !encrypted) {
    refuse("TransitEncryptionPort requires that TransitEncryption is enabled");
  }
  if (!efs.authorization_config) return;
  const auto& authorization = *efs.authorization_config;
  if (authorization.iam == "ENABLED" && !encrypted) {
    refuse("EFS IAM authorization requires TransitEncryption to be enabled");
  }
  if (!authorization.access_point_id) return;
  if (!encrypted) refuse("EFS access points require TransitEncryption to be enabled");
  const auto root = efs.root_directory.value_or("/");
  if (!root.empty() && root != "/") {
    refuse("When using an EFS access point, the root directory must either be set to \"/\" or be omitted");
  }
}

void check_kind(const Volume& volume) {
  const int kinds = (volume.host && volume.host->source_path ? 1 : 0) +
                    (volume.docker_volume_configuration ? 1 : 0) + (volume.efs_volume_configuration ? 1 : 0) +
                    (volume.s3files_volume_configuration ? 1 : 0) +
                    (volume.fsx_windows_file_server_volume_configuration ? 1 : 0) +
                    (volume.configured_at_launch.value_or(false) ? 1 : 0);
  if (kinds > 1) refuse("Only one volume configuration can be specified for volume '" + *volume.name + "'.");
}

void check_docker(const Volume& volume) {
  const auto& docker = *volume.docker_volume_configuration;
  if (docker.autoprovision.value_or(false) && docker.scope.value_or("task") == "task") {
    refuse("Autoprovision is only supported for volumes with scope 'shared': volume '" + *volume.name + "'.");
  }
}

}  // namespace

void check_volumes(const Definition& definition) {
  std::set<std::string> names, mounted;
  for (const auto& volume : items(definition.volumes)) {
    if (!names.insert(*volume.name).second) refuse("Volume names must be unique within a task definition");
    check_kind(volume);
    if (volume.docker_volume_configuration) check_docker(volume);
    if (volume.efs_volume_configuration) check_efs(*volume.efs_volume_configuration);
  }
  for (const auto& container : *definition.container_definitions) {
    for (const auto& mount : items(container.mount_points)) {
      if (!names.contains(*mount.source_volume)) refuse("Unknown volume '" + *mount.source_volume + "'.");
      mounted.insert(*mount.source_volume);
    }
  }
  std::string unmounted;
  for (const auto& volume : items(definition.volumes)) {
    if (!volume.configured_at_launch.value_or(false) || mounted.contains(*volume.name)) continue;
    unmounted += (unmounted.empty() ? "" : ", ") + *volume.name;
  }
  if (!unmounted.empty()) refuse("Volumes [" + unmounted + "] are not referenced by any of the containers");
}

}  // namespace slipway::services::ecs
