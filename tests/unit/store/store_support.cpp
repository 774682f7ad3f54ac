#include "store_support.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

#include "slipway/protocol/codec.h"
#include "store/task_document.h"

namespace slipway::store::testing {

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "slipway-store-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Log& quiet_log() {
  static Log log(LogLevel::Error, LogFormat::Text);
  return log;
}

std::unique_ptr<Store> open_store(const std::string& directory) {
  return Store::open({.directory = directory, .server_id = "server-1"}, quiet_log());
}

TimePoint at(std::int64_t milliseconds) { return TimePoint(Millis(1'700'000'000'000 + milliseconds)); }

std::string task_id(int number) {
  std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), '0') + digits;
}

model::Task a_task(int number, const std::string& cluster, const std::string& family) {
  model::Task task;
  task.scope = kScope;
  task.cluster = cluster;
  task.id = task_id(number);
  task.arn = model::task_arn(kScope, cluster, task.id);
  task.definition_arn = model::task_definition_arn(kScope, family, 1);
  task.engine_id = "engine-1";
  task.group = "family:" + family;
  task.created_at = at(number);
  task.updated_at = at(number);
  auto& container = task.containers.emplace_back();
  container.name = "app";
  container.id = "c-" + task.id;
  return task;
}

model::Task a_full_task() {
  model::Task task = a_task(7, "main", "full_1-x");
  task.instance_arn = model::container_instance_arn(kScope, "main", "i1");
  task.group = "service:web \"quoted\" \\ \n\t\x01 ü € 😀";
  task.started_by = "ecs-svc/123";
  task.capacity_provider = "FARGATE_SPOT";
  task.platform_version = "1.4.0";
  task.availability_zone = "eu-west-1b";
  task.launch_type = model::LaunchType::External;
  task.network_mode = model::NetworkMode::Awsvpc;
  task.last_status = model::TaskStatus::Deprovisioning;
  task.desired_status = model::DesiredStatus::Stopped;
  task.health = model::HealthStatus::Unhealthy;
  task.connectivity = model::Connectivity::Disconnected;
  task.stop_code = model::StopCode::SpotInterruption;
  task.stopped_reason = "Your Spot Task was interrupted.";
  task.version = 9;
  task.cpu = "256";
  task.memory = "512";
  task.reserved_cpu = 256;
  task.reserved_memory = 512;
  task.ephemeral_storage_gib = 21;
  task.enable_execute_command = true;
  task.eni = model::NetworkInterface{.attachment_id = "att",
                                     .interface_id = "eni-1",
                                     .subnet_id = "subnet-1",
                                     .vpc_id = "vpc-1",
                                     .network = "net",
                                     .address = "10.0.0.5",
                                     .mac = "02:00",
                                     .private_dns_name = "ip-10-0-0-5",
                                     .status = model::AttachmentStatus::Attached};
  task.network_configuration = model::NetworkConfiguration{
      .subnets = {"subnet-1", "subnet-2"}, .security_groups = {"sg-1"}, .assign_public_ip = true};
  api::ecs::TaskOverride overrides;
  overrides.cpu = "512";
  overrides.container_overrides.emplace().emplace_back().name = "app";
  task.overrides = std::make_shared<const api::ecs::TaskOverride>(overrides);
  const model::PortBinding range{.bind_ip = "0.0.0.0",
                                 .container_port = 8000,
                                 .host_port = 9000,
                                 .protocol = "udp",
                                 .container_port_range = "8000-8010",
                                 .host_port_range = "9000-9010"};
  model::Container pause;
  pause.name = model::kPauseName;
  pause.id = "c-2";
  pause.known = model::ContainerState::Pulled;
  pause.exit_code = 0;
  task.containers = {{.name = "app",
                      .id = "c-1",
                      .engine_name = "ecs-full-1",
                      .runtime_id = "abc",
                      .image_digest = "sha256:1",
                      .known = model::ContainerState::Stopped,
                      .desired = model::DesiredStatus::Stopped,
                      .created = true,
                      .removed = true,
                      .health = model::HealthStatus::Healthy,
                      .exit_code = -1,
                      .reason = "OutOfMemoryError: x",
                      .bindings = {range},
                      .published = {range},
                      .started_at = at(1),
                      .finished_at = at(2),
                      .restarts = 3},
                     pause};
  task.volumes = {"v1", "v2"};
  task.tags = {{.key = "k", .value = "v"}, {.key = "empty", .value = ""}};
  task.connectivity_at = at(10);
  task.pull_started_at = at(11);
  task.pull_stopped_at = at(12);
  task.started_at = at(13);
  task.stopping_at = at(14);
  task.execution_stopped_at = at(15);
  task.stopped_at = at(16);
  task.cleaned = true;
  task.noted = true;
  task.protected_until = at(17);
  return task;
}

model::Cluster a_cluster(const std::string& name, const model::Scope& scope) {
  model::Cluster cluster;
  cluster.scope = scope;
  cluster.name = name;
  cluster.arn = model::cluster_arn(scope, name);
  cluster.created_at = at(1);
  cluster.updated_at = at(2);
  cluster.tags = {{.key = "team", .value = "a"}};
  cluster.document.capacity_providers = {{"FARGATE"}};
  return cluster;
}

model::TaskDefinition a_definition(const std::string& family, std::int64_t revision) {
  model::TaskDefinition definition;
  definition.scope = kScope;
  definition.family = family;
  definition.revision = revision;
  definition.arn = model::task_definition_arn(kScope, family, revision);
  definition.registered_at = at(revision);
  api::ecs::TaskDefinition document;
  document.family = family;
  document.container_definitions.emplace().emplace_back().name = "app";
  definition.document = std::make_shared<const api::ecs::TaskDefinition>(document);
  return definition;
}

model::ContainerInstance an_instance(const std::string& id) {
  model::ContainerInstance instance;
  instance.scope = kScope;
  instance.cluster = "main";
  instance.id = id;
  instance.arn = model::container_instance_arn(kScope, "main", id);
  instance.engine_id = "engine-1";
  instance.ec2_instance_id = "i-0";
  instance.availability_zone = "eu-west-1a";
  instance.agent_connected = false;
  instance.status = model::InstanceStatus::Draining;
  instance.cpu = 2048;
  instance.memory = 4096;
  instance.attributes = {"ecs.os-type=linux", "plain"};
  instance.engine_version = "20.10";
  instance.version = 4;
  instance.registered_at = at(3);
  instance.tags = {{.key = "k", .value = "v"}};
  return instance;
}

void expect_same(const model::Task& a, const model::Task& b) {
  EXPECT_EQ(a.arn, b.arn);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.cluster, b.cluster);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.definition_arn, b.definition_arn);
  EXPECT_EQ(a.engine_id, b.engine_id);
  EXPECT_EQ(a.instance_arn, b.instance_arn);
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.started_by, b.started_by);
  EXPECT_EQ(a.capacity_provider, b.capacity_provider);
  EXPECT_EQ(a.platform_version, b.platform_version);
  EXPECT_EQ(a.availability_zone, b.availability_zone);
  EXPECT_EQ(a.launch_type, b.launch_type);
  EXPECT_EQ(a.network_mode, b.network_mode);
  EXPECT_EQ(a.last_status, b.last_status);
  EXPECT_EQ(a.desired_status, b.desired_status);
  EXPECT_EQ(a.health, b.health);
  EXPECT_EQ(a.connectivity, b.connectivity);
  EXPECT_EQ(a.stop_code, b.stop_code);
  EXPECT_EQ(a.stopped_reason, b.stopped_reason);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.cpu, b.cpu);
  EXPECT_EQ(a.memory, b.memory);
  EXPECT_EQ(a.reserved_cpu, b.reserved_cpu);
  EXPECT_EQ(a.reserved_memory, b.reserved_memory);
  EXPECT_EQ(a.ephemeral_storage_gib, b.ephemeral_storage_gib);
  EXPECT_EQ(a.enable_execute_command, b.enable_execute_command);
  EXPECT_EQ(a.eni, b.eni);
  EXPECT_EQ(a.network_configuration, b.network_configuration);
  EXPECT_EQ(a.overrides ? protocol::to_json(*a.overrides) : "",
            b.overrides ? protocol::to_json(*b.overrides) : "");
  EXPECT_EQ(a.containers, b.containers);
  EXPECT_EQ(a.volumes, b.volumes);
  EXPECT_EQ(a.tags, b.tags);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.updated_at, b.updated_at);
  EXPECT_EQ(a.connectivity_at, b.connectivity_at);
  EXPECT_EQ(a.pull_started_at, b.pull_started_at);
  EXPECT_EQ(a.pull_stopped_at, b.pull_stopped_at);
  EXPECT_EQ(a.started_at, b.started_at);
  EXPECT_EQ(a.stopping_at, b.stopping_at);
  EXPECT_EQ(a.execution_stopped_at, b.execution_stopped_at);
  EXPECT_EQ(a.stopped_at, b.stopped_at);
  EXPECT_EQ(a.cleaned, b.cleaned);
  EXPECT_EQ(a.noted, b.noted);
  EXPECT_EQ(a.protected_until, b.protected_until);
}

std::string file_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

}  // namespace slipway::store::testing
