// The model that handlers and loops read: every live object, rebuilt from SQLite at start and changed by
// commits only. Finished tasks beyond the newest kYoungFinished are not here: listings fetch them through
// `FinishedQuery`. Control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "slipway/store/model.h"
#include "store/service_index.h"
#include "store/string_map.h"
#include "store/task_index.h"
#include "store/task_ledger.h"

namespace slipway::store {

inline constexpr std::size_t kYoungFinished = 500;

class MemoryModel final : public Model {
 public:
  // Finished tasks in SQLite, as the query says, by ARN.
  using FinishedQuery = std::function<std::vector<model::TaskPtr>(const TaskQuery&)>;
  explicit MemoryModel(FinishedQuery finished) : finished_query_(std::move(finished)) {}

  std::shared_ptr<const model::Cluster> find_cluster(std::string_view arn) const override;
  std::vector<std::shared_ptr<const model::Cluster>> clusters(const model::Scope& scope,
                                                              std::string_view after_name,
                                                              std::size_t limit) const override;
  std::vector<std::shared_ptr<const model::Cluster>> all_clusters() const override;
  model::TaskCounts task_counts(std::string_view cluster_arn) const override;
  std::shared_ptr<const model::TaskDefinition> find_definition(std::string_view arn) const override;
  const Family* find_family(const model::Scope& scope, std::string_view name) const override;
  void visit_families(const model::Scope& scope, std::string_view from,
                      const std::function<bool(const std::string&, const Family&)>& visit) const override;
  std::size_t definition_uses(std::string_view definition_arn) const override;
  std::vector<std::shared_ptr<const model::TaskDefinition>> definitions_in_deletion() const override;
  model::TaskPtr find_task(std::string_view arn) const override;
  std::vector<model::TaskPtr> tasks(const TaskQuery& query) const override;
  std::vector<model::TaskPtr> unfinished_tasks() const override;
  const ResourceUse& resource_use(std::string_view engine_id) const override;
  bool port_taken(std::string_view engine_id, std::string_view bind_ip, std::uint16_t host_port,
                  std::string_view protocol) const override;
  bool address_taken(const model::Scope& scope, std::string_view vpc_id,
                     std::string_view address) const override;
  std::size_t interfaces(const model::Scope& scope, std::string_view vpc_id) const override;
  std::pair<std::int64_t, std::int64_t> instance_tasks(std::string_view instance_arn) const override;
  model::ServicePtr find_service(std::string_view arn) const override;
  std::vector<model::ServicePtr> services(const ServiceQuery& query) const override;
  std::vector<model::ServicePtr> all_services() const override;
  std::size_t active_services(std::string_view cluster_arn) const override;
  std::size_t live_services(std::string_view cluster_arn) const override;
  std::vector<model::TaskPtr> service_tasks(std::string_view service_arn) const override;
  std::vector<model::ServiceEvent> service_events(std::string_view service_arn) const override;
  std::size_t service_event_count(std::string_view service_arn) const override;
  std::optional<TimePoint> last_service_event_at(std::string_view service_arn) const override;
  model::ServiceRevisionPtr find_revision(std::string_view arn) const override;
  model::ServiceDeploymentPtr find_service_deployment(std::string_view arn) const override;
  std::vector<model::ServiceDeploymentPtr> service_deployments(std::string_view service_arn) const override;
  std::vector<model::ServicePort> service_ports() const override;
  std::shared_ptr<const model::ContainerInstance> find_instance(std::string_view arn) const override;
  std::vector<std::shared_ptr<const model::ContainerInstance>> instances(
      std::string_view cluster_arn) const override;
  std::optional<model::Subnet> find_subnet(const model::Scope& scope, std::string_view id) const override;
  std::vector<model::Subnet> subnets(const model::Scope& scope) const override;
  std::optional<model::VpcNetwork> find_network(const model::Scope& scope, std::string_view vpc_id,
                                                std::string_view engine_id) const override;
  std::vector<model::VpcNetwork> networks() const override;
  std::vector<model::Warning> warnings() const override;

  // Changes: what SQLite holds already. Each inserts or replaces.
  void put(std::shared_ptr<const model::Cluster> cluster);
  void put(std::shared_ptr<const model::TaskDefinition> definition);
  void put(std::shared_ptr<const model::ContainerInstance> instance);
  void put(model::ServicePtr service) { services_.put(std::move(service)); }
  void put(model::ServiceRevisionPtr revision) { services_.put(std::move(revision)); }
  void put(model::ServiceDeploymentPtr deployment) { services_.put(std::move(deployment)); }
  void add_event(std::string_view service_arn, model::ServiceEvent event) {
    services_.add_event(service_arn, std::move(event));
  }
  void remove_service(std::string_view arn);
  void put(const model::ServicePort& port);
  void remove_service_port(const model::ServicePort& port);
  void put(model::Subnet subnet);
  void put(model::VpcNetwork network);
  void put(const model::Warning& warning);  // counts up
  // Also forgets finished tasks from memory when there are too many.
  void put_task(model::TaskPtr task, std::int64_t row_id);
  void put_family(const model::Scope& scope, const std::string& family, std::int64_t last_revision);
  void remove_definition(std::string_view arn);
  void remove_task(std::string_view arn);
  void remove_instance(std::string_view arn);
  void remove_network(const model::VpcNetwork& network);
  void remove_finished_before(TimePoint time);
  void clear();

  // 0 when the task is not in memory.
  std::int64_t row_id(std::string_view task_arn) const;
  // Whether SQLite holds finished tasks that memory does not.
  bool has_archived() const { return archived_; }
  void set_archived(bool archived) { archived_ = archived; }
  std::size_t finished_in_memory() const { return tasks_.finished_count(); }

 private:
  Family& family(const model::Scope& scope, const std::string& name) { return families_[scope][name]; }

  FinishedQuery finished_query_;
  bool archived_ = false;
  StringMap<std::shared_ptr<const model::Cluster>> clusters_;
  // ACTIVE ones by name.
  std::map<model::Scope, std::map<std::string, std::shared_ptr<const model::Cluster>, std::less<>>>
      active_clusters_;
  StringMap<std::shared_ptr<const model::TaskDefinition>> definitions_;
  std::map<model::Scope, std::map<std::string, Family, std::less<>>> families_;
  TaskIndex tasks_;
  TaskLedger ledger_;
  ServiceIndex services_;
  std::map<std::pair<std::string, std::uint16_t>, model::ServicePort> service_ports_;
  StringMap<std::shared_ptr<const model::ContainerInstance>> instances_;
  // By cluster ARN, then by own ARN.
  StringMap<std::map<std::string, std::shared_ptr<const model::ContainerInstance>, std::less<>>>
      cluster_instances_;
  std::map<std::pair<model::Scope, std::string>, model::Subnet> subnets_;
  std::map<std::tuple<model::Scope, std::string, std::string>, model::VpcNetwork> networks_;
  std::map<std::tuple<model::Scope, std::string, std::string>, model::Warning> warnings_;
};

}  // namespace slipway::store
