// The writing half of the memory model.
#include <algorithm>

#include "store/memory_model.h"
#include "store/task_table.h"

namespace slipway::store {

void MemoryModel::put(std::shared_ptr<const model::Cluster> cluster) {
  auto& active = active_clusters_[cluster->scope];
  if (cluster->status == model::ClusterStatus::Active) {
    active[cluster->name] = cluster;
  } else {
    active.erase(cluster->name);
  }
  clusters_[cluster->arn] = std::move(cluster);
}

void MemoryModel::put(std::shared_ptr<const model::TaskDefinition> definition) {
  Family& revisions = family(definition->scope, definition->family);
  revisions.last_revision = std::max(revisions.last_revision, definition->revision);
  revisions.known.insert(definition->revision);
  if (definition->status == model::DefinitionStatus::Active) {
    revisions.active.insert(definition->revision);
  } else {
    revisions.active.erase(definition->revision);
  }
  definitions_[definition->arn] = std::move(definition);
}

void MemoryModel::put(std::shared_ptr<const model::ContainerInstance> instance) {
  cluster_instances_[model::cluster_arn(instance->scope, instance->cluster)][instance->arn] = instance;
  instances_[instance->arn] = std::move(instance);
}

void MemoryModel::remove_service(std::string_view arn) {
  services_.remove(arn);
  std::erase_if(service_ports_, [arn](const auto& port) { return port.first.first == arn; });
}

void MemoryModel::put(const model::ServicePort& port) {
  service_ports_.insert_or_assign({port.service, port.container_port}, port);
}

void MemoryModel::remove_service_port(const model::ServicePort& port) {
  service_ports_.erase({port.service, port.container_port});
}

void MemoryModel::put(model::Subnet subnet) {
  auto key = std::pair(subnet.scope, subnet.id);
  subnets_.insert_or_assign(std::move(key), std::move(subnet));
}

void MemoryModel::put(model::VpcNetwork network) {
  auto key = std::tuple(network.scope, network.vpc_id, network.engine_id);
  networks_.insert_or_assign(std::move(key), std::move(network));
}

void MemoryModel::put(const model::Warning& warning) {
  const auto [at, added] = warnings_.try_emplace({warning.scope, warning.kind, warning.resource}, warning);
  if (added) return;
  at->second.text = warning.text;
  at->second.last_at = std::max(at->second.last_at, warning.last_at);
  at->second.count += warning.count;
}

void MemoryModel::put_task(model::TaskPtr task, std::int64_t row_id) {
  const TaskSlot* slot = tasks_.find(task->arn);
  const model::TaskPtr before = slot ? slot->task : nullptr;
  ledger_.change(before.get(), task.get());
  tasks_.put(std::move(task), row_id);
  while (tasks_.finished_count() > kYoungFinished) {
    const model::TaskPtr oldest = tasks_.oldest_finished()->task;
    tasks_.remove(oldest->arn);
    archived_ = true;
  }
}

void MemoryModel::put_family(const model::Scope& scope, const std::string& name, std::int64_t last_revision) {
  Family& known = family(scope, name);
  known.last_revision = std::max(known.last_revision, last_revision);
}

void MemoryModel::remove_definition(std::string_view arn) {
  const auto found = definitions_.find(arn);
  if (found == definitions_.end()) return;
  Family& revisions = family(found->second->scope, found->second->family);
  revisions.active.erase(found->second->revision);
  revisions.known.erase(found->second->revision);
  definitions_.erase(found);
}

void MemoryModel::remove_task(std::string_view arn) {
  const TaskSlot* slot = tasks_.find(arn);
  if (!slot) return;
  const model::TaskPtr task = slot->task;
  ledger_.change(task.get(), nullptr);
  tasks_.remove(task->arn);
}

void MemoryModel::remove_instance(std::string_view arn) {
  const auto found = instances_.find(arn);
  if (found == instances_.end()) return;
  const auto siblings =
      cluster_instances_.find(model::cluster_arn(found->second->scope, found->second->cluster));
  siblings->second.erase(found->second->arn);
  if (siblings->second.empty()) cluster_instances_.erase(siblings);
  instances_.erase(found);
}

void MemoryModel::remove_network(const model::VpcNetwork& network) {
  networks_.erase({network.scope, network.vpc_id, network.engine_id});
}

void MemoryModel::remove_finished_before(TimePoint time) {
  while (const TaskSlot* slot = tasks_.oldest_finished()) {
    const model::TaskPtr task = slot->task;
    if (ended_at(*task) >= time) return;
    tasks_.remove(task->arn);
  }
}

void MemoryModel::clear() { *this = MemoryModel(std::move(finished_query_)); }

std::int64_t MemoryModel::row_id(std::string_view task_arn) const {
  const TaskSlot* slot = tasks_.find(task_arn);
  return slot ? slot->row_id : 0;
}

}  // namespace slipway::store
