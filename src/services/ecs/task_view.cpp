#include "services/ecs/task_view.h"

#include <algorithm>

#include "services/ecs/tag_rules.h"

namespace slipway::services::ecs {

namespace {

constexpr std::size_t kReasonLength = 255;  // data-plane.md 1.6
constexpr std::int32_t kFargateStorageGib = 20;

std::optional<std::string> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

const api::ecs::ContainerDefinition* find_definition(const api::ecs::TaskDefinition* definition,
                                                     const std::string& name) {
  if (!definition || !definition->container_definitions) return nullptr;
  for (const auto& container : *definition->container_definitions) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

const api::ecs::ContainerOverride* find_override(const model::Task& task, const std::string& name) {
  if (!task.overrides || !task.overrides->container_overrides) return nullptr;
  for (const auto& item : *task.overrides->container_overrides) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

std::optional<std::string> number_text(const std::optional<std::int32_t>& over,
                                       const std::optional<std::int32_t>& own) {
  const auto& value = over ? over : own;
  return value ? std::optional<std::string>(std::to_string(*value)) : std::nullopt;
}

// Cut at a character's border: the API's text must stay valid UTF-8.
std::string cut(const std::string& text) {
  if (text.size() <= kReasonLength) return text;
  std::size_t end = kReasonLength;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::vector<api::ecs::NetworkBinding> bindings_view(const model::Task& task,
                                                    const model::Container& container) {
  std::vector<api::ecs::NetworkBinding> view;
  // In host mode Docker reports no bindings, and neither does ECS (data-plane.md 5.2).
  if (task.network_mode != model::NetworkMode::Bridge || container.known < model::ContainerState::Running ||
      !container.created) {
    return view;
  }
  for (const auto& binding : container.bindings) {
    auto& shown = view.emplace_back();
    // AWS differs: the port is bound to one loopback address (decisions.md 19).
    shown.bind_ip = "0.0.0.0";
    if (binding.container_port_range.empty()) {
      shown.container_port = binding.container_port;
      shown.host_port = binding.host_port;
    } else {
      shown.container_port_range = binding.container_port_range;
      shown.host_port_range = binding.host_port_range;
    }
    shown.protocol = binding.protocol;
  }
  return view;
}

std::vector<api::ecs::NetworkInterface> interfaces_view(const model::Task& task) {
  std::vector<api::ecs::NetworkInterface> view;
  if (task.eni && !task.eni->address.empty()) {
    auto& shown = view.emplace_back();
    shown.attachment_id = task.eni->attachment_id;
    shown.private_ipv4_address = task.eni->address;
  }
  return view;
}

api::ecs::Container container_view(const model::Task& task, const model::Container& container,
                                   const api::ecs::TaskDefinition* definition) {
  api::ecs::Container view;
  view.container_arn = model::container_arn(task.scope, task.cluster, task.id, container.id);
  view.task_arn = task.arn;
  view.name = container.name;
  view.image_digest = unless_empty(container.image_digest);
  view.runtime_id = unless_empty(container.runtime_id);
  view.last_status = model::api_status(container.known);
  // A container that never ran has none (data-plane.md 1.9).
  view.exit_code = container.exit_code;
  if (!container.reason.empty()) view.reason = cut(container.reason);
  view.network_bindings = bindings_view(task, container);
  view.network_interfaces = interfaces_view(task);
  view.health_status = model::to_string(container.health);
  if (const auto* own = find_definition(definition, container.name)) {
    const auto* over = find_override(task, container.name);
    const api::ecs::ContainerOverride none;
    if (!over) over = &none;
    view.image = own->image;
    view.cpu = number_text(over->cpu, own->cpu).value_or("0");
    view.memory = number_text(over->memory, own->memory);
    view.memory_reservation = number_text(over->memory_reservation, own->memory_reservation);
  }
  return view;
}

std::vector<api::ecs::Attachment> attachments_view(const model::Task& task) {
  std::vector<api::ecs::Attachment> view;
  if (!task.eni) return view;
  const auto& eni = *task.eni;
  auto& shown = view.emplace_back();
  shown.id = eni.attachment_id;
  shown.type = "ElasticNetworkInterface";
  shown.status = model::to_string(eni.status);
  auto& details = shown.details.emplace();
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    auto& detail = details.emplace_back();
    detail.name = name;
    detail.value = value;
  };
  add("subnetId", eni.subnet_id);
  if (eni.status == model::AttachmentStatus::Precreated) return view;
  add("networkInterfaceId", eni.interface_id);
  add("macAddress", eni.mac);
  add("privateDnsName", eni.private_dns_name);
  add("privateIPv4Address", eni.address);
  return view;
}

api::ecs::TaskOverride overrides_view(const model::Task& task) {
  api::ecs::TaskOverride view;
  if (task.overrides) view = *task.overrides;
  auto& containers = view.container_overrides.emplace();
  for (const auto& container : task.containers) {
    if (model::is_internal(container)) continue;
    const auto* given = find_override(task, container.name);
    auto& shown = containers.emplace_back(given ? *given : api::ecs::ContainerOverride{});
    shown.name = container.name;
  }
  view.inference_accelerator_overrides.emplace();
  return view;
}

std::vector<api::ecs::Attribute> attributes_view(const api::ecs::TaskDefinition* definition,
                                                 std::string_view architecture) {
  std::vector<api::ecs::Attribute> view;
  auto& shown = view.emplace_back();
  shown.name = "ecs.cpu-architecture";
  shown.value = architecture;
  if (definition && definition->runtime_platform && definition->runtime_platform->cpu_architecture) {
    shown.value = *definition->runtime_platform->cpu_architecture == "ARM64" ? "arm64" : "x86_64";
  }
  return view;
}

void add_fargate(api::ecs::Task& view, const model::Task& task) {
  view.platform_version = unless_empty(task.platform_version);
  view.platform_family = "Linux";
  const auto size = task.ephemeral_storage_gib.value_or(kFargateStorageGib);
  view.ephemeral_storage.emplace().size_in_gi_b = size;
  view.fargate_ephemeral_storage.emplace().size_in_gi_b = size;
}

void add_times(api::ecs::Task& view, const model::Task& task) {
  view.created_at = task.created_at;
  view.connectivity_at = task.connectivity_at;
  view.pull_started_at = task.pull_started_at;
  view.pull_stopped_at = task.pull_stopped_at;
  view.started_at = task.started_at;
  view.stopping_at = task.stopping_at;
  view.execution_stopped_at = task.execution_stopped_at;
  view.stopped_at = task.stopped_at;
}

}  // namespace

api::ecs::Task task_view(const model::Task& task, const api::ecs::TaskDefinition* definition,
                         const TaskViewOptions& options) {
  api::ecs::Task view;
  view.task_arn = task.arn;
  view.cluster_arn = model::cluster_arn(task.scope, task.cluster);
  view.task_definition_arn = task.definition_arn;
  view.container_instance_arn = unless_empty(task.instance_arn);
  view.attachments = attachments_view(task);
  view.attributes = attributes_view(definition, options.architecture);
  view.availability_zone = unless_empty(task.availability_zone);
  view.capacity_provider_name = unless_empty(task.capacity_provider);
  view.connectivity = unless_empty(model::to_string(task.connectivity));
  auto& containers = view.containers.emplace();
  for (const auto& container : task.containers) {
    if (!model::is_internal(container)) containers.push_back(container_view(task, container, definition));
  }
  view.cpu = unless_empty(task.cpu);
  view.memory = unless_empty(task.memory);
  view.desired_status = model::to_string(task.desired_status);
  view.last_status = model::to_string(task.last_status);
  view.health_status = model::to_string(task.health);
  view.enable_execute_command = task.enable_execute_command;
  view.group = unless_empty(task.group);
  view.started_by = unless_empty(task.started_by);
  view.launch_type = model::to_string(task.launch_type);
  view.overrides = overrides_view(task);
  if (task.launch_type == model::LaunchType::Fargate) add_fargate(view, task);
  view.stop_code = unless_empty(model::to_string(task.stop_code));
  view.stopped_reason = unless_empty(task.stopped_reason);
  view.tags.emplace();
  if (options.tags) view.tags = tags_view(task.tags);
  view.version = task.version;
  add_times(view, task);
  return view;
}

}  // namespace slipway::services::ecs
