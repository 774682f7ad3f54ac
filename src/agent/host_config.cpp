#include "agent/host_config.h"

#include <algorithm>

#include "agent/naming.h"
#include "agent/task_limits.h"
#include "slipway/lifecycle/spec.h"

namespace slipway::agent {
namespace {

constexpr std::int64_t kMiB = 1048576;
constexpr std::int64_t kFargateFiles = 65535;  // default nofile (data-plane.md 3.2)

void add_swap(runtime::ContainerSpec& spec, const api::ecs::LinuxParameters& linux_parameters) {
  if (!linux_parameters.max_swap || spec.memory_bytes == 0) return;
  spec.memory_swap_bytes = spec.memory_bytes + *linux_parameters.max_swap * kMiB;
  if (linux_parameters.swappiness) spec.memory_swappiness = *linux_parameters.swappiness;
}

runtime::Device to_device(const api::ecs::Device& device) {
  runtime::Device result;
  result.host_path = device.host_path.value_or("");
  result.container_path = device.container_path.value_or(result.host_path);
  if (!device.permissions || device.permissions->empty()) {
    result.permissions = "rwm";
    return result;
  }
  for (const auto& permission : *device.permissions) {
    if (permission == "read") result.permissions += 'r';
    if (permission == "write") result.permissions += 'w';
    if (permission == "mknod") result.permissions += 'm';
  }
  return result;
}

void add_tmpfs(runtime::ContainerSpec& spec, const api::ecs::Tmpfs& tmpfs) {
  std::string options = "size=" + std::to_string(tmpfs.size.value_or(0)) + "m";
  if (tmpfs.mount_options) {
    for (const auto& option : *tmpfs.mount_options) options += "," + option;
  }
  spec.tmpfs[tmpfs.container_path.value_or("")] = options;
}

void add_linux_parameters(runtime::ContainerSpec& spec, const api::ecs::LinuxParameters& linux_parameters) {
  if (linux_parameters.capabilities) {
    spec.cap_add = linux_parameters.capabilities->add.value_or(std::vector<std::string>());
    spec.cap_drop = linux_parameters.capabilities->drop.value_or(std::vector<std::string>());
  }
  if (linux_parameters.devices) {
    for (const auto& device : *linux_parameters.devices) spec.devices.push_back(to_device(device));
  }
  spec.init = linux_parameters.init_process_enabled.value_or(false);
  spec.shm_bytes = linux_parameters.shared_memory_size.value_or(0) * kMiB;
  if (linux_parameters.tmpfs) {
    for (const auto& tmpfs : *linux_parameters.tmpfs) add_tmpfs(spec, tmpfs);
  }
  add_swap(spec, linux_parameters);
}

void add_ulimits(runtime::ContainerSpec& spec, const SpecSource& source,
                 const api::ecs::ContainerDefinition& definition) {
  if (definition.ulimits) {
    for (const auto& ulimit : *definition.ulimits) {
      spec.ulimits.push_back(
          {ulimit.name.value_or(""), ulimit.soft_limit.value_or(0), ulimit.hard_limit.value_or(0)});
    }
  }
  const bool fargate = source.task.launch_type == model::LaunchType::Fargate;
  if (fargate && source.settings.default_ulimits && !has_ulimit(definition, "nofile")) {
    spec.ulimits.push_back({"nofile", kFargateFiles, kFargateFiles});
  }
}

void add_health_check(runtime::ContainerSpec& spec, const api::ecs::HealthCheck& check) {
  runtime::HealthCheck result;
  result.test = check.command.value_or(std::vector<std::string>());
  if (result.test.empty()) return;
  const std::string& kind = result.test.front();
  if (kind != "CMD" && kind != "CMD-SHELL" && kind != "NONE") result.test.insert(result.test.begin(), "CMD");
  result.interval = Seconds{check.interval.value_or(30)};
  result.timeout = Seconds{check.timeout.value_or(5)};
  result.retries = check.retries.value_or(3);
  result.start_period = Seconds{check.start_period.value_or(0)};
  spec.health_check = std::move(result);
}

// Output is read from the engine: what a driver of the definition would take elsewhere in AWS stays readable
// here.
void add_logging(runtime::ContainerSpec& spec, const api::ecs::ContainerDefinition& definition) {
  const std::string driver =
      definition.log_configuration ? definition.log_configuration->log_driver.value_or("") : "";
  if (driver.empty() || driver == "awslogs" || driver == "awsfirelens") {
    spec.log_driver = "json-file";
    spec.log_options = {{"max-size", "10m"}, {"max-file", "3"}};
    return;
  }
  spec.log_driver = driver;
  if (definition.log_configuration->options) spec.log_options = *definition.log_configuration->options;
}

// Namespaced settings go where the namespace is; the rest stay with the container.
bool shared_namespace(const std::string& name, const model::Task& task) {
  return task.network_mode == model::NetworkMode::Awsvpc && name.starts_with("net.");
}

std::string volume_source(const SpecSource& source, const api::ecs::Volume& volume) {
  std::string name = volume.name.value_or("");
  if (volume.host && volume.host->source_path) return *volume.host->source_path;
  if (volume.docker_volume_configuration &&
      volume.docker_volume_configuration->scope.value_or("task") == "shared") {
    return name;
  }
  return find_volume_name(source.task, source.definition, name).value_or("");
}

const api::ecs::Volume* find_volume(const api::ecs::TaskDefinition& definition, std::string_view name) {
  if (!definition.volumes) return nullptr;
  const auto it = std::find_if(definition.volumes->begin(), definition.volumes->end(),
                               [name](const api::ecs::Volume& v) { return v.name.value_or("") == name; });
  return it == definition.volumes->end() ? nullptr : &*it;
}

void add_namespaces(runtime::ContainerSpec& spec, const SpecSource& source) {
  const auto* holder = lifecycle::find_container(source.task, model::kNamespacePauseName);
  const std::string shared = holder == nullptr ? std::string() : "container:" + holder->runtime_id;
  const std::string pid = source.definition.pid_mode.value_or("");
  const std::string ipc = source.definition.ipc_mode.value_or("");
  spec.pid_mode = pid == "task" ? shared : pid;
  spec.ipc_mode = ipc == "task" ? shared : ipc;
}

}  // namespace

void add_resources(runtime::ContainerSpec& spec, const SpecSource& source,
                   const api::ecs::ContainerDefinition& definition,
                   const api::ecs::ContainerOverride* override) {
  const ContainerLimits limits =
      container_limits(container_size(definition, override), task_size(source.task, source.definition),
                       !source.cgroup_parent.empty());
  spec.cpu_shares = limits.shares;
  spec.cpu_quota = limits.quota;
  spec.cpu_period = limits.period;
  spec.memory_bytes = limits.memory;
  spec.memory_reservation_bytes = limits.reservation;
}

bool has_ulimit(const api::ecs::ContainerDefinition& definition, std::string_view name) {
  return definition.ulimits &&
         std::any_of(definition.ulimits->begin(), definition.ulimits->end(),
                     [name](const api::ecs::Ulimit& ulimit) { return ulimit.name.value_or("") == name; });
}

void add_host_config(runtime::ContainerSpec& spec, const SpecSource& source,
                     const api::ecs::ContainerDefinition& definition) {
  spec.privileged = definition.privileged.value_or(false);
  spec.read_only_root = definition.readonly_root_filesystem.value_or(false);
  spec.open_stdin = definition.interactive.value_or(false);
  spec.tty = definition.pseudo_terminal.value_or(false);
  spec.security_options = definition.docker_security_options.value_or(std::vector<std::string>());
  if (definition.linux_parameters) add_linux_parameters(spec, *definition.linux_parameters);
  add_ulimits(spec, source, definition);
  if (definition.system_controls) {
    for (const auto& control : *definition.system_controls) {
      const std::string name = control.namespace_.value_or("");
      if (!shared_namespace(name, source.task)) spec.sysctls[name] = control.value.value_or("");
    }
  }
  if (definition.health_check) add_health_check(spec, *definition.health_check);
  add_logging(spec, definition);
}

void add_volumes(runtime::ContainerSpec& spec, const SpecSource& source,
                 const api::ecs::ContainerDefinition& definition) {
  if (definition.mount_points) {
    for (const auto& point : *definition.mount_points) {
      const auto* volume = find_volume(source.definition, point.source_volume.value_or(""));
      if (volume == nullptr) continue;
      spec.mounts.push_back({volume_source(source, *volume), point.container_path.value_or(""),
                             point.read_only.value_or(false)});
    }
  }
  if (definition.volumes_from) {
    for (const auto& from : *definition.volumes_from) {
      const auto* other = lifecycle::find_container(source.task, from.source_container.value_or(""));
      if (other == nullptr) continue;
      spec.volumes_from.push_back(other->engine_name + (from.read_only.value_or(false) ? ":ro" : ""));
    }
  }
  add_namespaces(spec, source);
}

std::map<std::string, std::string> shared_sysctls(const api::ecs::TaskDefinition& definition,
                                                  std::string_view prefix) {
  std::map<std::string, std::string> found;
  if (!definition.container_definitions) return found;
  for (const auto& container : *definition.container_definitions) {
    if (!container.system_controls) continue;
    for (const auto& control : *container.system_controls) {
      const std::string name = control.namespace_.value_or("");
      if (name.starts_with(prefix)) found[name] = control.value.value_or("");
    }
  }
  return found;
}

}  // namespace slipway::agent
