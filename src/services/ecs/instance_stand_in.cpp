#include "services/ecs/instance_stand_in.h"

#include <string>

namespace slipway::services::ecs {

namespace {

// What an agent on a Linux instance registers (control-plane.md 4.2 and the agent's capability list), without
// what needs hardware or a plug-in. Definitions ask for these names in requiresAttributes.
constexpr const char* kCapabilities[] = {"ecs.capability.aws-appmesh",
                                         "ecs.capability.container-health-check",
                                         "ecs.capability.container-ordering",
                                         "ecs.capability.container-restart-policy",
                                         "ecs.capability.container-timeouts",
                                         "ecs.capability.docker-plugin.local",
                                         "ecs.capability.efs",
                                         "ecs.capability.efsAuth",
                                         "ecs.capability.env-files.s3",
                                         "ecs.capability.execution-role-awslogs",
                                         "ecs.capability.execution-role-ecr-pull",
                                         "ecs.capability.fault-injection",
                                         "ecs.capability.firelens.fluentbit",
                                         "ecs.capability.firelens.fluentd",
                                         "ecs.capability.firelens.options.config.file",
                                         "ecs.capability.firelens.options.config.s3",
                                         "ecs.capability.full-sync",
                                         "ecs.capability.increased-task-cpu-limit",
                                         "ecs.capability.ipv6",
                                         "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
                                         "ecs.capability.network.container-port-range",
                                         "ecs.capability.pid-ipc-namespace-sharing",
                                         "ecs.capability.private-registry-authentication.secretsmanager",
                                         "ecs.capability.secrets.asm.bootstrap.log-driver",
                                         "ecs.capability.secrets.asm.environment-variables",
                                         "ecs.capability.secrets.ssm.bootstrap.log-driver",
                                         "ecs.capability.secrets.ssm.environment-variables",
                                         "ecs.capability.service-connect-v1",
                                         "ecs.capability.task-cpu-mem-limit",
                                         "ecs.capability.task-eia",
                                         "ecs.capability.task-eni",
                                         "ecs.capability.task-eni-block-instance-metadata",
                                         "com.amazonaws.ecs.capability.ecr-auth",
                                         "com.amazonaws.ecs.capability.privileged-container",
                                         "com.amazonaws.ecs.capability.task-iam-role",
                                         "com.amazonaws.ecs.capability.task-iam-role-network-host"};

constexpr const char* kLogDrivers[] = {"awsfirelens", "awslogs",    "fluentd", "gelf",   "journald",
                                       "json-file",   "logentries", "none",    "splunk", "syslog"};

// Docker remote API versions that a definition may ask for.
constexpr int kFirstApi = 17, kLastApi = 32;

std::vector<std::string> attributes_of(const LocalEngine& engine, const std::string& zone) {
  std::vector<std::string> attributes;
  for (const auto* name : kCapabilities) attributes.emplace_back(name);
  for (const auto* driver : kLogDrivers) {
    attributes.push_back(std::string("com.amazonaws.ecs.capability.logging-driver.") + driver);
  }
  for (int minor = kFirstApi; minor <= kLastApi; ++minor) {
    attributes.push_back("com.amazonaws.ecs.capability.docker-remote-api.1." + std::to_string(minor));
  }
  attributes.push_back("ecs.availability-zone=" + zone);
  attributes.push_back("ecs.cpu-architecture=" + engine.architecture);
  attributes.emplace_back("ecs.os-family=LINUX");
  attributes.emplace_back("ecs.os-type=linux");
  return attributes;
}

}  // namespace

const std::set<std::uint16_t>& reserved_ports() {
  static const std::set<std::uint16_t> ports{22, 2375, 2376, 51678, 51679, 51680};
  return ports;
}

namespace {

void describe_engine(model::ContainerInstance& instance, const LocalEngine& engine) {
  instance.engine_id = engine.id;
  instance.cpu = engine.cpu_units;
  instance.memory = engine.memory_mib;
  instance.attributes = attributes_of(engine, instance.availability_zone);
  instance.engine_version = engine.version;
}

}  // namespace

model::ContainerInstance make_stand_in(EcsContext& context, const model::Cluster& cluster, TimePoint now) {
  model::ContainerInstance instance;
  instance.scope = cluster.scope;
  instance.cluster = cluster.name;
  instance.id = context.ids.hex(32);
  instance.arn = model::container_instance_arn(cluster.scope, cluster.name, instance.id);
  instance.ec2_instance_id = "i-" + instance.id.substr(0, 17);
  instance.availability_zone = cluster.scope.region + "a";
  describe_engine(instance, context.engine);
  instance.agent_connected = !context.engine.answers || context.engine.answers();
  instance.registered_at = now;
  return instance;
}

void refresh_stand_ins(const EcsContext& context, store::Transaction& transaction) {
  const auto& model = transaction.model();
  for (const auto& cluster : model.all_clusters()) {
    for (const auto& known : model.instances(cluster->arn)) {
      if (!known->local_stand_in) continue;
      auto instance = *known;
      describe_engine(instance, context.engine);
      const bool same = instance.engine_id == known->engine_id && instance.cpu == known->cpu &&
                        instance.memory == known->memory && instance.attributes == known->attributes &&
                        instance.engine_version == known->engine_version;
      if (same) continue;
      ++instance.version;
      transaction.put(std::move(instance));
    }
  }
}

}  // namespace slipway::services::ecs
