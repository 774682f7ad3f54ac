#include "services/ecs/task_factory.h"

#include "services/ecs/task_placement.h"

namespace slipway::services::ecs {

namespace {

void set_network(model::Task& task, const NetworkPlan& network, const model::Subnet& subnet, IdSource& ids) {
  auto& eni = task.eni.emplace();
  eni.attachment_id = ids.uuid();
  eni.interface_id = "eni-" + ids.hex(17);  // shown once it is created
  eni.subnet_id = subnet.id;
  eni.vpc_id = subnet.vpc_id;
  task.network_configuration = network.configuration;
  // A task on an instance is in the instance's zone: the local stand-in serves the subnets of every zone.
  if (task.instance_arn.empty()) task.availability_zone = subnet.availability_zone;
  task.last_status = model::TaskStatus::Provisioning;
}

std::vector<model::Container> make_containers(const api::ecs::TaskDefinition& definition, IdSource& ids) {
  std::vector<model::Container> containers;
  for (const auto& own : *definition.container_definitions) {
    auto& container = containers.emplace_back();
    container.name = own.name.value_or("");
    container.id = ids.uuid();
    container.bindings = fixed_bindings(definition, own);
  }
  return containers;
}

}  // namespace

const model::Subnet* pick_subnet(const NetworkPlan& network, std::size_t index,
                                 const model::ContainerInstance* instance) {
  if (network.subnets.empty()) return nullptr;
  if (instance) {
    for (const auto& subnet : network.subnets) {
      if (subnet.availability_zone == instance->availability_zone) return &subnet;
    }
  }
  return &network.subnets[index % network.subnets.size()];
}

model::Task make_task(EcsContext& context, const Caller& caller, const TaskTemplate& all,
                      const TaskPlace& place) {
  model::Task task;
  task.scope = caller.scope;
  task.cluster = all.cluster->name;
  task.id = context.ids.hex(32);
  task.arn = model::task_arn(task.scope, task.cluster, task.id);
  task.definition_arn = all.definition->arn;
  task.engine_id = place.instance ? place.instance->engine_id : context.engine.id;
  task.group = all.group;
  task.started_by = all.started_by;
  task.capacity_provider = place.provider;
  task.platform_version = all.platform_version;
  task.launch_type = all.type;
  task.network_mode = all.network.mode;
  if (place.instance) {
    task.instance_arn = place.instance->arn;
    task.availability_zone = place.instance->availability_zone;
  }
  task.cpu = std::to_string(all.size.cpu);
  task.memory = std::to_string(all.size.memory);
  task.reserved_cpu = all.size.cpu;
  task.reserved_memory = all.size.memory;
  task.ephemeral_storage_gib = all.size.ephemeral_storage_gib;
  task.enable_execute_command = all.enable_execute_command;
  if (place.subnet) set_network(task, all.network, *place.subnet, context.ids);
  task.overrides = all.overrides;
  task.containers = make_containers(*all.definition->document, context.ids);
  task.tags = all.tags;
  task.created_at = task.updated_at = caller.now.control;
  return task;
}

}  // namespace slipway::services::ecs
