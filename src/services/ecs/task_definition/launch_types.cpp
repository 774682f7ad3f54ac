// What the launch types other than EC2 do not have (control-plane 4.3, 4.5; data-plane 3).
#include <algorithm>

#include "services/ecs/task_definition/size.h"
#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

using Obstacle = std::optional<std::string>;
constexpr std::int32_t kFargateTimeoutSeconds = 120;  // startTimeout and stopTimeout

std::string not_supported(std::string_view what) {
  return "Fargate compatible task definitions do not support " + std::string(what);
}

Obstacle size_obstacle(const Definition& definition) {
  if (!definition.cpu) return "Fargate requires that 'cpu' be defined at the task level.";
  if (!definition.memory) return "Fargate requires that 'memory' be defined at the task level.";
  const auto cpu = parse_task_cpu(*definition.cpu);
  const auto memory = parse_task_memory(*definition.memory);
  if (!cpu) return kInvalidTaskCpu;
  if (!memory) return kInvalidTaskMemory;
  const bool windows =
      definition.runtime_platform &&
      definition.runtime_platform->operating_system_family.value_or("").starts_with("WINDOWS");
  if (!is_fargate_size(*cpu, *memory) || (windows && *cpu < 1024)) return no_fargate_size_text(*cpu, *memory);
  return std::nullopt;
}

Obstacle task_obstacle(const Definition& definition) {
  if (!items(definition.placement_constraints).empty()) return not_supported("constraints");
  if (definition.ipc_mode) return not_supported("ipcMode");
  if (definition.pid_mode == "host") {
    return "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for "
           "pidMode is 'task'.";
  }
  for (const auto& volume : items(definition.volumes)) {
    if (volume.host && volume.host->source_path) return not_supported("sourcePath");
    if (volume.docker_volume_configuration) return not_supported("dockerVolumeConfiguration");
    if (volume.fsx_windows_file_server_volume_configuration) {
      return not_supported("fsxWindowsFileServerVolumeConfiguration");
    }
  }
  return std::nullopt;
}

Obstacle linux_obstacle(const api::ecs::LinuxParameters& linux) {
  if (!items(linux.devices).empty()) return not_supported("devices");
  if (linux.max_swap) return not_supported("maxSwap");
  if (linux.swappiness) return not_supported("swappiness");
  if (linux.shared_memory_size) return not_supported("sharedMemorySize");
  if (!items(linux.tmpfs).empty()) return not_supported("tmpfs");
  if (!linux.capabilities) return std::nullopt;
  for (const auto& capability : items(linux.capabilities->add)) {
    if (capability != "SYS_PTRACE") return capability + " is not allowed on Fargate.";
  }
  return std::nullopt;
}

Obstacle timeout_obstacle(const ContainerDefinition& container) {
  const auto outside = [&container](std::string_view member, std::int32_t least) {
    return "Invalid '" + std::string(member) + "' setting for container '" + *container.name +
           "'. Fargate supports values between " + std::to_string(least) + " and 120 seconds.";
  };
  if (container.start_timeout.value_or(1) > kFargateTimeoutSeconds) return outside("startTimeout", 1);
  const auto stop = container.stop_timeout.value_or(2);
  if (stop < 2 || stop > kFargateTimeoutSeconds) return outside("stopTimeout", 2);
  return std::nullopt;
}

Obstacle container_obstacle(const ContainerDefinition& container) {
  if (container.privileged.value_or(false))
    return "Fargate requires that the 'privileged' setting be 'false'.";
  if (!items(container.docker_security_options).empty()) return not_supported("dockerSecurityOptions");
  const auto& resources = items(container.resource_requirements);
  if (std::ranges::find(resources, "GPU", &api::ecs::ResourceRequirement::type) != resources.end()) {
    return "Tasks using the Fargate launch type do not support GPU resource requirements";
  }
  if (container.linux_parameters) {
    if (auto obstacle = linux_obstacle(*container.linux_parameters)) return obstacle;
  }
  return timeout_obstacle(container);
}

// What Fargate needs an execution role for.
Obstacle role_obstacle(const Definition& definition, const ContainerDefinition& container) {
  if (definition.execution_role_arn && !definition.execution_role_arn->empty()) return std::nullopt;
  const std::string needed = "Fargate requires task definition to have execution role ARN to support ";
  if (container.log_configuration && container.log_configuration->log_driver == "awslogs") {
    return needed + "log driver awslogs.";
  }
  if (is_ecr_image(*container.image)) return needed + "ECR images.";
  if (!items(container.secrets).empty()) {
    return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'";
  }
  return std::nullopt;
}

Obstacle log_obstacle(const ContainerDefinition& container) {
  if (!container.log_configuration) return std::nullopt;
  const auto& log = *container.log_configuration;
  if (log.log_driver == "awslogs") {
    if (log.options && log.options->contains("awslogs-stream-prefix")) return std::nullopt;
    return "Fargate requires log configuration options to include awslogs-stream-prefix to support log "
           "driver awslogs.";
  }
  if (log.log_driver == "splunk" || log.log_driver == "awsfirelens") return std::nullopt;
  return *log.log_driver + " is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]";
}

}  // namespace

Obstacle fargate_obstacle(const Definition& definition) {
  if (network_mode(definition) != "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  if (auto obstacle = size_obstacle(definition)) return obstacle;
  if (auto obstacle = task_obstacle(definition)) return obstacle;
  for (const auto& container : *definition.container_definitions) {
    if (auto obstacle = container_obstacle(container)) return obstacle;
    if (auto obstacle = log_obstacle(container)) return obstacle;
    if (auto obstacle = role_obstacle(definition, container)) return obstacle;
  }
  return std::nullopt;
}

Obstacle external_obstacle(const Definition& definition) {
  if (network_mode(definition) == "awsvpc") {
    return "Tasks using the External launch type do not support networkMode 'awsvpc'.";
  }
  if (definition.proxy_configuration) {
    return "Tasks using the External launch type do not support proxyConfiguration.";
  }
  for (const auto& volume : items(definition.volumes)) {
    if (volume.efs_volume_configuration) {
      return "Tasks using the External launch type do not support efsVolumeConfiguration.";
    }
  }
  return std::nullopt;
}

Obstacle managed_instances_obstacle(const Definition& definition) {
  const auto mode = network_mode(definition);
  if (mode != "awsvpc" && mode != "host") {
    return "Tasks using the Managed Instances launch type only support networkMode 'awsvpc' and 'host'.";
  }
  if (!definition.cpu || !definition.memory) {
    return "Tasks using the Managed Instances launch type require 'cpu' and 'memory' at the task level.";
  }
  return std::nullopt;
}

void check_launch_types(const Definition& definition) {
  const auto require = [&definition](std::string_view type, const Obstacle& obstacle) {
    if (requires_compatibility(definition, type) && obstacle) refuse(*obstacle);
  };
  require("FARGATE", fargate_obstacle(definition));
  require("EXTERNAL", external_obstacle(definition));
  require("MANAGED_INSTANCES", managed_instances_obstacle(definition));
  if (definition.ephemeral_storage && !requires_compatibility(definition, "FARGATE")) {
    refuse("Tasks using the EC2 launch type do not support EphemeralStorage");
  }
}

}  // namespace slipway::services::ecs
