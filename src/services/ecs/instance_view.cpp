#include "services/ecs/instance_view.h"

#include <algorithm>
#include <string>

#include "services/ecs/instance_stand_in.h"
#include "services/ecs/tag_rules.h"

namespace slipway::services::ecs {

namespace {

using Resources = std::vector<api::ecs::Resource>;
using Ports = std::set<std::uint16_t>;

api::ecs::Resource& add(Resources& resources, const char* name, const char* type) {
  auto& resource = resources.emplace_back();
  resource.name = name;
  resource.type = type;
  resource.double_value = 0.0;
  resource.long_value = 0;
  resource.integer_value = 0;
  return resource;
}

void add_number(Resources& resources, const char* name, std::int64_t value) {
  add(resources, name, "INTEGER").integer_value = static_cast<std::int32_t>(std::max<std::int64_t>(value, 0));
}

void add_ports(Resources& resources, const char* name, const Ports& ports) {
  auto& values = add(resources, name, "STRINGSET").string_set_value.emplace();
  for (const auto port : ports) values.push_back(std::to_string(port));
}

Resources resources_view(std::int64_t cpu, std::int64_t memory, const Ports& tcp, const Ports& udp) {
  Resources resources;
  add_number(resources, "CPU", cpu);
  add_number(resources, "MEMORY", memory);
  add_ports(resources, "PORTS", tcp);
  add_ports(resources, "PORTS_UDP", udp);
  return resources;
}

std::string_view status_word(model::InstanceStatus status) {
  switch (status) {
    case model::InstanceStatus::Active:
      return "ACTIVE";
    case model::InstanceStatus::Draining:
      return "DRAINING";
    case model::InstanceStatus::Inactive:
      return "INACTIVE";
  }
  return "INACTIVE";
}

std::vector<api::ecs::Attribute> attributes_view(const std::vector<std::string>& attributes) {
  std::vector<api::ecs::Attribute> view;
  for (const auto& attribute : attributes) {
    const auto sign = attribute.find('=');
    auto& shown = view.emplace_back();
    shown.name = attribute.substr(0, sign);
    if (sign != std::string::npos) shown.value = attribute.substr(sign + 1);
  }
  return view;
}

}  // namespace

api::ecs::ContainerInstance instance_view(const model::ContainerInstance& instance, const InstanceLoad& load,
                                          InstanceParts parts) {
  api::ecs::ContainerInstance view;
  view.container_instance_arn = instance.arn;
  view.ec2_instance_id = instance.ec2_instance_id;
  view.version = instance.version;
  // There is no agent whose version one could tell.
  view.version_info.emplace().docker_version = "DockerVersion: " + instance.engine_version;
  view.registered_resources = resources_view(instance.cpu, instance.memory, reserved_ports(), {});
  auto taken = reserved_ports();
  taken.insert(load.use.tcp_ports.begin(), load.use.tcp_ports.end());
  view.remaining_resources = resources_view(instance.cpu - load.use.cpu, instance.memory - load.use.memory,
                                            taken, load.use.udp_ports);
  view.status = status_word(instance.status);
  view.agent_connected = instance.agent_connected;
  view.running_tasks_count = static_cast<std::int32_t>(load.running);
  view.pending_tasks_count = static_cast<std::int32_t>(load.pending);
  view.attributes = attributes_view(instance.attributes);
  view.registered_at = instance.registered_at;
  view.attachments.emplace();
  view.tags.emplace();
  if (parts.tags) view.tags = tags_view(instance.tags);
  // No agent runs the health checks of instances.
  if (parts.health) {
    auto& health = view.health_status.emplace();
    health.overall_status = "INSUFFICIENT_DATA";
    health.details.emplace();
  }
  return view;
}

}  // namespace slipway::services::ecs
