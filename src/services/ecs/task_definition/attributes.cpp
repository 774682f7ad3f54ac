#include "services/ecs/task_definition/attributes.h"

#include <algorithm>

#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

// Capability names in order of first need.
class Capabilities {
 public:
  void add(std::string name) {
    if (std::ranges::find(names_, name) == names_.end()) names_.push_back(std::move(name));
  }
  void agent(std::string_view name) { add("ecs.capability." + std::string(name)); }
  void docker(std::string_view name) { add("com.amazonaws.ecs.capability." + std::string(name)); }
  void docker_api(std::string_view version) { docker("docker-remote-api." + std::string(version)); }

  std::optional<std::vector<api::ecs::Attribute>> attributes() const {
    if (names_.empty()) return std::nullopt;
    std::vector<api::ecs::Attribute> list;
    list.reserve(names_.size());
    for (const auto& name : names_) list.push_back({.name = name});
    return list;
  }

 private:
  std::vector<std::string> names_;
};

std::string_view secret_source(const api::ecs::Secret& secret) {
  return secret.value_from->find(":secretsmanager:") != std::string::npos ? "asm" : "ssm";
}

void add_logging(Capabilities& needs, const Definition& definition, const ContainerDefinition& container) {
  if (container.firelens_configuration) {
    needs.agent("firelens." + *container.firelens_configuration->type);
  }
  if (!container.log_configuration) return;
  const auto& log = *container.log_configuration;
  needs.docker("logging-driver." + *log.log_driver);
  if (log.log_driver == "awslogs" && definition.execution_role_arn) needs.agent("execution-role-awslogs");
  needs.docker_api(log.log_driver == "json-file" || log.log_driver == "syslog" ? "1.18" : "1.19");
  for (const auto& secret : items(log.secret_options)) {
    needs.agent("secrets." + std::string(secret_source(secret)) + ".bootstrap.log-driver");
  }
}

void add_container(Capabilities& needs, const Definition& definition, const ContainerDefinition& container) {
  add_logging(needs, definition, container);
  if (is_ecr_image(*container.image)) {
    needs.docker("ecr-auth");
    needs.docker_api("1.19");
    if (definition.execution_role_arn) needs.agent("execution-role-ecr-pull");
  }
  if (container.repository_credentials) needs.agent("private-registry-authentication.secretsmanager");
  if (container.memory_reservation) needs.docker_api("1.21");
  if (container.privileged.value_or(false)) needs.docker("privileged-container");
  if (container.health_check) {
    needs.agent("container-health-check");
    needs.docker_api(container.health_check->start_period ? "1.29" : "1.24");
  }
  if (!items(container.depends_on).empty()) needs.agent("container-ordering");
  if (container.start_timeout || container.stop_timeout) needs.agent("container-timeouts");
  for (const auto& secret : items(container.secrets)) {
    needs.agent("secrets." + std::string(secret_source(secret)) + ".environment-variables");
  }
  if (!items(container.environment_files).empty()) needs.agent("env-files.s3");
}

void add_volumes(Capabilities& needs, const Definition& definition) {
  for (const auto& volume : items(definition.volumes)) {
    if (volume.docker_volume_configuration) {
      needs.agent("docker-plugin." + volume.docker_volume_configuration->driver.value_or("local"));
      needs.docker_api("1.25");
    }
    if (!volume.efs_volume_configuration) continue;
    const auto& authorization = volume.efs_volume_configuration->authorization_config;
    needs.agent("efs");
    if (authorization && authorization->iam == "ENABLED") needs.agent("efsAuth");
    needs.docker_api("1.25");
  }
}

}  // namespace

std::optional<std::vector<api::ecs::Attribute>> required_attributes(
    const api::ecs::TaskDefinition& definition) {
  Capabilities needs;
  for (const auto& container : *definition.container_definitions) add_container(needs, definition, container);
  add_volumes(needs, definition);
  if (definition.task_role_arn) {
    needs.docker(network_mode(definition) == "host" ? "task-iam-role-network-host" : "task-iam-role");
    needs.docker_api("1.17");
  }
  if (network_mode(definition) == "awsvpc") {
    needs.agent("task-eni");
    needs.docker_api("1.18");
  }
  if (definition.pid_mode || definition.ipc_mode) needs.agent("pid-ipc-namespace-sharing");
  if (definition.proxy_configuration) needs.agent("aws-appmesh");
  const bool sized = definition.cpu || definition.memory;
  if (sized && !requires_compatibility(definition, "FARGATE")) needs.agent("task-cpu-mem-limit");
  return needs.attributes();
}

std::vector<std::string> compatibilities(const api::ecs::TaskDefinition& definition) {
  std::vector<std::string> list;
  if (!external_obstacle(definition)) list.emplace_back("EXTERNAL");
  list.emplace_back("EC2");
  // AWS differs: it also names MANAGED_INSTANCES where nobody asked for it.
  if (requires_compatibility(definition, "MANAGED_INSTANCES")) list.emplace_back("MANAGED_INSTANCES");
  if (!fargate_obstacle(definition)) list.emplace_back("FARGATE");
  return list;
}

}  // namespace slipway::services::ecs
