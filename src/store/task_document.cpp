#include "store/task_document.h"

#include "store/document_parts.h"

namespace slipway::store {
namespace {

constexpr std::string_view kContainerStates[] = {"NONE", "PULLED", "CREATED", "RUNNING", "STOPPED"};

model::ContainerState container_state(const std::string& word) {
  for (std::size_t i = 0; i < std::size(kContainerStates); ++i) {
    if (kContainerStates[i] == word) return static_cast<model::ContainerState>(i);
  }
  throw JsonError("unknown container state '" + word + "'");
}

void write_bindings(JsonWriter& out, std::string_view name, const std::vector<model::PortBinding>& bindings) {
  if (bindings.empty()) return;
  out.key(name);
  out.begin_array();
  for (const auto& binding : bindings) {
    out.begin_object();
    out.text("ip", binding.bind_ip);
    out.number("port", binding.container_port);
    out.number("host", binding.host_port);
    out.text("protocol", binding.protocol);
    out.text("portRange", binding.container_port_range);
    out.text("hostRange", binding.host_port_range);
    out.end_object();
  }
  out.end_array();
}

std::vector<model::PortBinding> read_bindings(JsonReader& in) {
  std::vector<model::PortBinding> bindings;
  in.array([&] {
    auto& binding = bindings.emplace_back();
    in.object([&](std::string_view key) {
      if (key == "ip") return void(binding.bind_ip = in.string());
      if (key == "port") return void(binding.container_port = small<std::uint16_t>(in));
      if (key == "host") return void(binding.host_port = small<std::uint16_t>(in));
      if (key == "protocol") return void(binding.protocol = in.string());
      if (key == "portRange") return void(binding.container_port_range = in.string());
      if (key == "hostRange") return void(binding.host_port_range = in.string());
      in.skip();
    });
  });
  bindings.shrink_to_fit();
  return bindings;
}

void write_container(JsonWriter& out, const model::Container& container) {
  out.begin_object();
  out.text("name", container.name);
  out.text("id", container.id);
  out.text("engineName", container.engine_name);
  out.text("runtimeId", container.runtime_id);
  out.text("imageDigest", container.image_digest);
  if (container.known != model::ContainerState::None) {
    out.text("known", kContainerStates[static_cast<std::size_t>(container.known)]);
  }
  if (container.desired != model::DesiredStatus::Running) out.text("desired", to_string(container.desired));
  out.flag("created", container.created);
  out.flag("removed", container.removed);
  if (container.health != model::HealthStatus::Unknown) out.text("health", to_string(container.health));
  if (container.exit_code) {
    out.key("exitCode");
    out.value(std::int64_t{*container.exit_code});
  }
  out.text("reason", container.reason);
  write_bindings(out, "bindings", container.bindings);
  write_bindings(out, "published", container.published);
  write_time(out, "startedAt", container.started_at);
  write_time(out, "finishedAt", container.finished_at);
  out.number("restarts", container.restarts);
  out.end_object();
}

model::Container read_container(JsonReader& in) {
  model::Container container;
  in.object([&](std::string_view key) {
    if (key == "name") return void(container.name = in.string());
    if (key == "id") return void(container.id = in.string());
    if (key == "engineName") return void(container.engine_name = in.string());
    if (key == "runtimeId") return void(container.runtime_id = in.string());
    if (key == "imageDigest") return void(container.image_digest = in.string());
    if (key == "known") return void(container.known = container_state(in.string()));
    if (key == "desired")
      return void(container.desired = word(in, model::parse_desired_status, "desired status"));
    if (key == "created") return void(container.created = in.boolean());
    if (key == "removed") return void(container.removed = in.boolean());
    if (key == "health")
      return void(container.health = word(in, model::parse_health_status, "health status"));
    if (key == "exitCode") return void(container.exit_code = small<std::int32_t>(in));
    if (key == "reason") return void(container.reason = in.string());
    if (key == "bindings") return void(container.bindings = read_bindings(in));
    if (key == "published") return void(container.published = read_bindings(in));
    if (key == "startedAt") return void(container.started_at = read_time(in));
    if (key == "finishedAt") return void(container.finished_at = read_time(in));
    if (key == "restarts") return void(container.restarts = small<std::int32_t>(in));
    in.skip();
  });
  return container;
}

void write_interface(JsonWriter& out, const model::NetworkInterface& eni) {
  out.begin_object();
  out.text("attachment", eni.attachment_id);
  out.text("id", eni.interface_id);
  out.text("subnet", eni.subnet_id);
  out.text("vpc", eni.vpc_id);
  out.text("network", eni.network);
  out.text("address", eni.address);
  out.text("mac", eni.mac);
  out.text("dnsName", eni.private_dns_name);
  out.text("status", to_string(eni.status));
  out.end_object();
}

model::NetworkInterface read_interface(JsonReader& in) {
  model::NetworkInterface eni;
  in.object([&](std::string_view key) {
    if (key == "attachment") return void(eni.attachment_id = in.string());
    if (key == "id") return void(eni.interface_id = in.string());
    if (key == "subnet") return void(eni.subnet_id = in.string());
    if (key == "vpc") return void(eni.vpc_id = in.string());
    if (key == "network") return void(eni.network = in.string());
    if (key == "address") return void(eni.address = in.string());
    if (key == "mac") return void(eni.mac = in.string());
    if (key == "dnsName") return void(eni.private_dns_name = in.string());
    if (key == "status")
      return void(eni.status = word(in, model::parse_attachment_status, "attachment status"));
    in.skip();
  });
  return eni;
}

model::NetworkConfiguration read_network(JsonReader& in) {
  model::NetworkConfiguration network;
  in.object([&](std::string_view key) {
    if (key == "subnets") return void(network.subnets = read_strings(in));
    if (key == "securityGroups") return void(network.security_groups = read_strings(in));
    if (key == "publicIp") return void(network.assign_public_ip = in.boolean());
    in.skip();
  });
  return network;
}

void write_network(JsonWriter& out, const model::NetworkConfiguration& network) {
  out.begin_object();
  write_strings(out, "subnets", network.subnets);
  write_strings(out, "securityGroups", network.security_groups);
  out.flag("publicIp", network.assign_public_ip);
  out.end_object();
}

void write_times(JsonWriter& out, const model::Task& task) {
  write_time(out, "createdAt", task.created_at);
  write_time(out, "updatedAt", task.updated_at);
  write_time(out, "connectivityAt", task.connectivity_at);
  write_time(out, "pullStartedAt", task.pull_started_at);
  write_time(out, "pullStoppedAt", task.pull_stopped_at);
  write_time(out, "startedAt", task.started_at);
  write_time(out, "stoppingAt", task.stopping_at);
  write_time(out, "executionStoppedAt", task.execution_stopped_at);
  write_time(out, "stoppedAt", task.stopped_at);
}

// False: not a time's key.
bool read_times(JsonReader& in, std::string_view key, model::Task& task) {
  if (!key.ends_with("At")) return false;
  if (key == "createdAt") return task.created_at = read_time(in), true;
  if (key == "updatedAt") return task.updated_at = read_time(in), true;
  if (key == "connectivityAt") return task.connectivity_at = read_time(in), true;
  if (key == "pullStartedAt") return task.pull_started_at = read_time(in), true;
  if (key == "pullStoppedAt") return task.pull_stopped_at = read_time(in), true;
  if (key == "startedAt") return task.started_at = read_time(in), true;
  if (key == "stoppingAt") return task.stopping_at = read_time(in), true;
  if (key == "executionStoppedAt") return task.execution_stopped_at = read_time(in), true;
  if (key == "stoppedAt") return task.stopped_at = read_time(in), true;
  return false;
}

std::vector<model::Container> read_containers(JsonReader& in) {
  std::vector<model::Container> containers;
  containers.reserve(2);
  in.array([&] { containers.push_back(read_container(in)); });
  containers.shrink_to_fit();
  return containers;
}

void write_nested(JsonWriter& out, const model::Task& task) {
  if (task.eni) {
    out.key("eni");
    write_interface(out, *task.eni);
  }
  if (task.network_configuration) {
    out.key("network");
    write_network(out, *task.network_configuration);
  }
  if (task.overrides) {
    out.key("overrides");
    out.raw(protocol::to_json(*task.overrides));
  }
  if (!task.containers.empty()) {
    out.key("containers");
    out.begin_array();
    for (const auto& container : task.containers) write_container(out, container);
    out.end_array();
  }
  write_strings(out, "volumes", task.volumes);
  if (!task.tags.empty()) {
    out.key("tags");
    write_tags(out, task.tags);
  }
}

bool read_nested(JsonReader& in, std::string_view key, model::Task& task) {
  if (key == "eni") return task.eni = read_interface(in), true;
  if (key == "network") return task.network_configuration = read_network(in), true;
  if (key == "overrides") {
    task.overrides =
        std::make_shared<const api::ecs::TaskOverride>(protocol::from_json<api::ecs::TaskOverride>(in.raw()));
    return true;
  }
  if (key == "containers") return task.containers = read_containers(in), true;
  if (key == "volumes") return task.volumes = read_strings(in), true;
  if (key == "tags") return task.tags = read_tags(in), true;
  return false;
}

}  // namespace

std::string write_task_document(const model::Task& task) {
  JsonWriter out;
  out.begin_object();
  out.text("capacityProvider", task.capacity_provider);
  out.text("platformVersion", task.platform_version);
  out.text("availabilityZone", task.availability_zone);
  out.text("networkMode", to_string(task.network_mode));
  if (task.health != model::HealthStatus::Unknown) out.text("health", to_string(task.health));
  out.text("connectivity", to_string(task.connectivity));
  out.text("stopCode", to_string(task.stop_code));
  out.text("stoppedReason", task.stopped_reason);
  out.text("cpu", task.cpu);
  out.text("memory", task.memory);
  out.number("reservedCpu", task.reserved_cpu);
  out.number("reservedMemory", task.reserved_memory);
  if (task.ephemeral_storage_gib) {
    out.key("ephemeralStorage");
    out.value(std::int64_t{*task.ephemeral_storage_gib});
  }
  out.flag("executeCommand", task.enable_execute_command);
  out.flag("noted", task.noted);
  write_time(out, "protectedUntil", task.protected_until);
  write_times(out, task);
  write_nested(out, task);
  out.end_object();
  return out.take();
}

void read_task_document(std::string_view json, model::Task& task) {
  JsonReader in(json);
  in.object([&](std::string_view key) {
    if (key == "capacityProvider") return void(task.capacity_provider = in.string());
    if (key == "platformVersion") return void(task.platform_version = in.string());
    if (key == "availabilityZone") return void(task.availability_zone = in.string());
    if (key == "networkMode")
      return void(task.network_mode = word(in, model::parse_network_mode, "network mode"));
    if (key == "health") return void(task.health = word(in, model::parse_health_status, "health status"));
    if (key == "connectivity")
      return void(task.connectivity = word(in, model::parse_connectivity, "connectivity"));
    if (key == "stopCode") return void(task.stop_code = word(in, model::parse_stop_code, "stop code"));
    if (key == "stoppedReason") return void(task.stopped_reason = in.string());
    if (key == "cpu") return void(task.cpu = in.string());
    if (key == "memory") return void(task.memory = in.string());
    if (key == "reservedCpu") return void(task.reserved_cpu = in.integer());
    if (key == "reservedMemory") return void(task.reserved_memory = in.integer());
    if (key == "ephemeralStorage") return void(task.ephemeral_storage_gib = small<std::int32_t>(in));
    if (key == "executeCommand") return void(task.enable_execute_command = in.boolean());
    if (key == "noted") return void(task.noted = in.boolean());
    if (key == "protectedUntil") return void(task.protected_until = read_time(in));
    if (!read_times(in, key, task) && !read_nested(in, key, task)) in.skip();
  });
  in.end();
}

}  // namespace slipway::store
