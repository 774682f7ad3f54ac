#include "store/memory_model.h"

#include <algorithm>

#include "store/task_table.h"

namespace slipway::store {
namespace {

// Two listings by ARN as one; of an ARN in both the first stands (memory is as new as SQLite or newer).
std::vector<model::TaskPtr> merge(std::vector<model::TaskPtr> memory,
                                  const std::vector<model::TaskPtr>& stored, std::size_t limit) {
  std::vector<model::TaskPtr> merged;
  merged.reserve(memory.size() + stored.size());
  std::set_union(memory.begin(), memory.end(), stored.begin(), stored.end(), std::back_inserter(merged),
                 [](const auto& a, const auto& b) { return a->arn < b->arn; });
  if (merged.size() > limit) merged.resize(limit);
  return merged;
}

template <class Value>
std::shared_ptr<const Value> find_in(const StringMap<std::shared_ptr<const Value>>& map,
                                     std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

template <class Map>
auto values(const Map& map) {
  std::vector<typename Map::mapped_type> all;
  all.reserve(map.size());
  for (const auto& [key, value] : map) all.push_back(value);
  return all;
}

}  // namespace

std::shared_ptr<const model::Cluster> MemoryModel::find_cluster(std::string_view arn) const {
  return find_in(clusters_, arn);
}

std::vector<std::shared_ptr<const model::Cluster>> MemoryModel::clusters(const model::Scope& scope,
                                                                         std::string_view after_name,
                                                                         std::size_t limit) const {
  std::vector<std::shared_ptr<const model::Cluster>> found;
  const auto active = active_clusters_.find(scope);
  if (active == active_clusters_.end()) return found;
  for (auto at = active->second.upper_bound(after_name); at != active->second.end() && found.size() < limit;
       ++at) {
    found.push_back(at->second);
  }
  return found;
}

std::vector<std::shared_ptr<const model::Cluster>> MemoryModel::all_clusters() const {
  auto all = values(clusters_);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->arn < b->arn; });
  return all;
}

model::TaskCounts MemoryModel::task_counts(std::string_view cluster_arn) const {
  return tasks_.counts(cluster_arn);
}

std::shared_ptr<const model::TaskDefinition> MemoryModel::find_definition(std::string_view arn) const {
  return find_in(definitions_, arn);
}

const Family* MemoryModel::find_family(const model::Scope& scope, std::string_view name) const {
  const auto names = families_.find(scope);
  if (names == families_.end()) return nullptr;
  const auto found = names->second.find(name);
  return found == names->second.end() ? nullptr : &found->second;
}

void MemoryModel::visit_families(const model::Scope& scope, std::string_view from,
                                 const std::function<bool(const std::string&, const Family&)>& visit) const {
  const auto names = families_.find(scope);
  if (names == families_.end()) return;
  for (auto at = names->second.lower_bound(from); at != names->second.end(); ++at) {
    if (!visit(at->first, at->second)) return;
  }
}

std::size_t MemoryModel::definition_uses(std::string_view definition_arn) const {
  return ledger_.definition_uses(definition_arn);
}

std::vector<std::shared_ptr<const model::TaskDefinition>> MemoryModel::definitions_in_deletion() const {
  std::vector<std::shared_ptr<const model::TaskDefinition>> found;
  for (const auto& [arn, definition] : definitions_) {
    if (definition->status == model::DefinitionStatus::DeleteInProgress) found.push_back(definition);
  }
  return found;
}

model::TaskPtr MemoryModel::find_task(std::string_view arn) const {
  const TaskSlot* slot = tasks_.find(arn);
  return slot ? slot->task : nullptr;
}

std::vector<model::TaskPtr> MemoryModel::tasks(const TaskQuery& query) const {
  auto found = tasks_.query(query);
  if (!archived_ || query.desired == model::DesiredStatus::Running) return found;
  return merge(std::move(found), finished_query_(query), query.limit);
}

std::vector<model::TaskPtr> MemoryModel::unfinished_tasks() const { return tasks_.unfinished(); }

const ResourceUse& MemoryModel::resource_use(std::string_view engine_id) const {
  return ledger_.resource_use(engine_id);
}

bool MemoryModel::port_taken(std::string_view engine_id, std::string_view bind_ip, std::uint16_t host_port,
                             std::string_view protocol) const {
  return ledger_.port_taken(engine_id, bind_ip, host_port, protocol);
}

bool MemoryModel::address_taken(const model::Scope& scope, std::string_view vpc_id,
                                std::string_view address) const {
  return ledger_.address_taken(scope, vpc_id, address);
}

std::size_t MemoryModel::interfaces(const model::Scope& scope, std::string_view vpc_id) const {
  return ledger_.interfaces(scope, vpc_id);
}

std::pair<std::int64_t, std::int64_t> MemoryModel::instance_tasks(std::string_view instance_arn) const {
  return ledger_.instance_tasks(instance_arn);
}

model::ServicePtr MemoryModel::find_service(std::string_view arn) const { return services_.find(arn); }

std::vector<model::ServicePtr> MemoryModel::services(const ServiceQuery& query) const {
  return services_.query(query);
}

std::vector<model::ServicePtr> MemoryModel::all_services() const { return services_.all(); }

std::size_t MemoryModel::active_services(std::string_view cluster_arn) const {
  return services_.active(cluster_arn);
}

std::size_t MemoryModel::live_services(std::string_view cluster_arn) const {
  return services_.live(cluster_arn);
}

std::vector<model::ServicePort> MemoryModel::service_ports() const { return values(service_ports_); }

std::vector<model::TaskPtr> MemoryModel::service_tasks(std::string_view service_arn) const {
  return tasks_.of_service(service_arn);
}

std::vector<model::ServiceEvent> MemoryModel::service_events(std::string_view service_arn) const {
  return services_.events(service_arn);
}

std::size_t MemoryModel::service_event_count(std::string_view service_arn) const {
  return services_.event_count(service_arn);
}

std::optional<TimePoint> MemoryModel::last_service_event_at(std::string_view service_arn) const {
  return services_.last_event_at(service_arn);
}

model::ServiceRevisionPtr MemoryModel::find_revision(std::string_view arn) const {
  return services_.find_revision(arn);
}

model::ServiceDeploymentPtr MemoryModel::find_service_deployment(std::string_view arn) const {
  return services_.find_deployment(arn);
}

std::vector<model::ServiceDeploymentPtr> MemoryModel::service_deployments(
    std::string_view service_arn) const {
  return services_.deployments(service_arn);
}

std::shared_ptr<const model::ContainerInstance> MemoryModel::find_instance(std::string_view arn) const {
  return find_in(instances_, arn);
}

std::vector<std::shared_ptr<const model::ContainerInstance>> MemoryModel::instances(
    std::string_view cluster_arn) const {
  const auto found = cluster_instances_.find(cluster_arn);
  if (found == cluster_instances_.end()) return {};
  return values(found->second);
}

std::optional<model::Subnet> MemoryModel::find_subnet(const model::Scope& scope, std::string_view id) const {
  const auto found = subnets_.find({scope, std::string(id)});
  return found == subnets_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<model::Subnet> MemoryModel::subnets(const model::Scope& scope) const {
  std::vector<model::Subnet> found;
  for (auto at = subnets_.lower_bound({scope, ""}); at != subnets_.end() && at->first.first == scope; ++at) {
    found.push_back(at->second);
  }
  return found;
}

std::optional<model::VpcNetwork> MemoryModel::find_network(const model::Scope& scope, std::string_view vpc_id,
                                                           std::string_view engine_id) const {
  const auto found = networks_.find({scope, std::string(vpc_id), std::string(engine_id)});
  return found == networks_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<model::VpcNetwork> MemoryModel::networks() const { return values(networks_); }

std::vector<model::Warning> MemoryModel::warnings() const { return values(warnings_); }

}  // namespace slipway::store
