// Members that register and do not act: what RunTask warns of.
#include <algorithm>

#include "services/ecs/task_definition.h"
#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

class Paths {
 public:
  void add(bool used, std::string_view path) {
    if (used && std::ranges::find(paths_, path) == paths_.end()) paths_.emplace_back(path);
  }
  std::vector<std::string> take() { return std::move(paths_); }

 private:
  std::vector<std::string> paths_;
};

// The engine's own drivers act as they are.
void add_logging(Paths& paths, const api::ecs::LogConfiguration& log) {
  const bool of_aws = log.log_driver == "awslogs" || log.log_driver == "awsfirelens";
  paths.add(of_aws, "containerDefinitions[].logConfiguration");
  paths.add(!items(log.secret_options).empty(), "containerDefinitions[].logConfiguration.secretOptions");
}

void add_container(Paths& paths, const ContainerDefinition& container) {
  paths.add(container.repository_credentials.has_value(), "containerDefinitions[].repositoryCredentials");
  paths.add(!items(container.environment_files).empty(), "containerDefinitions[].environmentFiles");
  paths.add(!items(container.secrets).empty(), "containerDefinitions[].secrets");
  if (container.log_configuration) add_logging(paths, *container.log_configuration);
  paths.add(container.firelens_configuration.has_value(), "containerDefinitions[].firelensConfiguration");
  paths.add(!items(container.resource_requirements).empty(), "containerDefinitions[].resourceRequirements");
  paths.add(!items(container.credential_specs).empty(), "containerDefinitions[].credentialSpecs");
}

}  // namespace

std::vector<std::string> unsupported_members(const api::ecs::TaskDefinition& definition) {
  Paths paths;
  for (const auto& container : items(definition.container_definitions)) add_container(paths, container);
  for (const auto& volume : items(definition.volumes)) {
    paths.add(volume.efs_volume_configuration.has_value(), "volumes[].efsVolumeConfiguration");
    paths.add(volume.s3files_volume_configuration.has_value(), "volumes[].s3filesVolumeConfiguration");
    paths.add(volume.fsx_windows_file_server_volume_configuration.has_value(),
              "volumes[].fsxWindowsFileServerVolumeConfiguration");
    paths.add(volume.configured_at_launch.value_or(false), "volumes[].configuredAtLaunch");
  }
  paths.add(definition.proxy_configuration.has_value(), "proxyConfiguration");
  paths.add(definition.runtime_platform &&
                definition.runtime_platform->operating_system_family.value_or("LINUX") != "LINUX",
            "runtimePlatform.operatingSystemFamily");
  paths.add(definition.enable_fault_injection.value_or(false), "enableFaultInjection");
  return paths.take();
}

}  // namespace slipway::services::ecs
