// The in-memory model: every live object and the indexes that queries use. Read through const references by
// handlers and loops; changed by the store's commits only. Iteration orders are stable (by ARN unless said
// otherwise), so that pagination tokens survive a restart.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "slipway/model/cluster.h"
#include "slipway/model/event.h"
#include "slipway/model/instance.h"
#include "slipway/model/network.h"
#include "slipway/model/service.h"
#include "slipway/model/service_port.h"
#include "slipway/model/task.h"
#include "slipway/model/task_definition.h"

namespace slipway::store {

// What a task listing asks for. Empty members do not filter. All conditions must hold.
struct TaskQuery {
  std::string cluster_arn;
  model::DesiredStatus desired = model::DesiredStatus::Running;
  std::string family;
  std::string started_by;
  std::string group;  // "service:<name>"
  std::string instance_arn;
  std::optional<model::LaunchType> launch_type;
  std::string after_arn;  // only ARNs greater than this
  std::size_t limit = 100;
};

// Sums over live tasks.
struct ResourceUse {
  std::int64_t cpu = 0;                          // CPU units
  std::int64_t memory = 0;                       // MiB
  std::set<std::uint16_t> tcp_ports, udp_ports;  // host ports of their bindings
};

// What a service listing asks for: not INACTIVE ones of the cluster, by name.
struct ServiceQuery {
  std::string cluster_arn;
  std::optional<model::LaunchType> launch_type;
  std::string after_name;  // only names greater than this
  std::size_t limit = 100;
};

struct Family {
  std::int64_t last_revision = 0;
  std::set<std::int64_t> active;  // revisions that are ACTIVE
  std::set<std::int64_t> known;   // all revisions that still exist
};

class Model {
 public:
  virtual ~Model() = default;

  virtual std::shared_ptr<const model::Cluster> find_cluster(std::string_view arn) const = 0;
  // ACTIVE ones of the scope, by name, names greater than `after_name`.
  virtual std::vector<std::shared_ptr<const model::Cluster>> clusters(const model::Scope& scope,
                                                                      std::string_view after_name,
                                                                      std::size_t limit) const = 0;
  virtual std::vector<std::shared_ptr<const model::Cluster>> all_clusters() const = 0;
  virtual model::TaskCounts task_counts(std::string_view cluster_arn) const = 0;

  virtual std::shared_ptr<const model::TaskDefinition> find_definition(std::string_view arn) const = 0;
  // nullptr when the family was never used.
  virtual const Family* find_family(const model::Scope& scope, std::string_view name) const = 0;
  // Family names of the scope in order, from the first that is >= `from`; `visit` returns false to stop.
  virtual void visit_families(const model::Scope& scope, std::string_view from,
                              const std::function<bool(const std::string&, const Family&)>& visit) const = 0;
  // Live tasks (not STOPPED) made from that definition.
  virtual std::size_t definition_uses(std::string_view definition_arn) const = 0;
  // Those of all scopes that are DELETE_IN_PROGRESS, in no particular order. Walks every definition.
  virtual std::vector<std::shared_ptr<const model::TaskDefinition>> definitions_in_deletion() const = 0;

  // In memory: live tasks and young stopped ones.
  virtual model::TaskPtr find_task(std::string_view arn) const = 0;
  // By ARN. Stopped tasks come from SQLite too.
  virtual std::vector<model::TaskPtr> tasks(const TaskQuery& query) const = 0;
  // All that are not STOPPED, or STOPPED and not cleaned: what the agent looks after.
  virtual std::vector<model::TaskPtr> unfinished_tasks() const = 0;
  // What the live tasks of one engine hold; kept up to date with every task change, each answer O(1) or O(log
  // n). EC2 and EXTERNAL tasks are charged to the engine (decisions.md 19); Fargate tasks are not.
  // The reference is valid until the next commit.
  virtual const ResourceUse& resource_use(std::string_view engine_id) const = 0;
  virtual bool port_taken(std::string_view engine_id, std::string_view bind_ip, std::uint16_t host_port,
                          std::string_view protocol) const = 0;
  // Whether a live task has that private address in the VPC.
  virtual bool address_taken(const model::Scope& scope, std::string_view vpc_id,
                             std::string_view address) const = 0;
  // Live tasks with an interface in the VPC.
  virtual std::size_t interfaces(const model::Scope& scope, std::string_view vpc_id) const = 0;
  // Live tasks placed on a container instance: RUNNING ones, and those before it.
  virtual std::pair<std::int64_t, std::int64_t> instance_tasks(std::string_view instance_arn) const = 0;

  virtual model::ServicePtr find_service(std::string_view arn) const = 0;
  virtual std::vector<model::ServicePtr> services(const ServiceQuery& query) const = 0;
  // Of all scopes, INACTIVE ones included, by ARN.
  virtual std::vector<model::ServicePtr> all_services() const = 0;
  // ACTIVE ones of the cluster (activeServicesCount); those that are not INACTIVE.
  virtual std::size_t active_services(std::string_view cluster_arn) const = 0;
  virtual std::size_t live_services(std::string_view cluster_arn) const = 0;
  // The tasks of a service that are not STOPPED, or STOPPED and not `noted`, by ARN. O(own tasks).
  virtual std::vector<model::TaskPtr> service_tasks(std::string_view service_arn) const = 0;
  // From new to old, at most 100.
  virtual std::vector<model::ServiceEvent> service_events(std::string_view service_arn) const = 0;
  // How many there are, and the newest one's time; O(1).
  virtual std::size_t service_event_count(std::string_view service_arn) const = 0;
  virtual std::optional<TimePoint> last_service_event_at(std::string_view service_arn) const = 0;
  virtual model::ServiceRevisionPtr find_revision(std::string_view arn) const = 0;
  virtual model::ServiceDeploymentPtr find_service_deployment(std::string_view arn) const = 0;
  // Of one service, from new to old.
  virtual std::vector<model::ServiceDeploymentPtr> service_deployments(
      std::string_view service_arn) const = 0;

  // Of all services, by ARN and container port.
  virtual std::vector<model::ServicePort> service_ports() const = 0;

  virtual std::shared_ptr<const model::ContainerInstance> find_instance(std::string_view arn) const = 0;
  virtual std::vector<std::shared_ptr<const model::ContainerInstance>> instances(
      std::string_view cluster_arn) const = 0;

  virtual std::optional<model::Subnet> find_subnet(const model::Scope& scope, std::string_view id) const = 0;
  virtual std::vector<model::Subnet> subnets(const model::Scope& scope) const = 0;
  virtual std::optional<model::VpcNetwork> find_network(const model::Scope& scope, std::string_view vpc_id,
                                                        std::string_view engine_id) const = 0;
  virtual std::vector<model::VpcNetwork> networks() const = 0;
  virtual std::vector<model::Warning> warnings() const = 0;
};

// The answer that an idempotency token got (RunTask clientToken and the like).
struct TokenRecord {
  std::string operation;  // "RunTask"
  std::string token;
  std::string request_hash;  // of the request without the token
  std::string result;        // what makes the same answer again: for RunTask the task ARNs, space-separated
  TimePoint created_at;
};

// What a transaction wants changed: keyed by ARN; nullptr removes.
struct ChangeSet {
  std::map<std::string, std::shared_ptr<const model::Cluster>, std::less<>> clusters;
  std::map<std::string, std::shared_ptr<const model::TaskDefinition>, std::less<>> definitions;
  std::map<std::string, model::TaskPtr, std::less<>> tasks;
  std::map<std::string, std::shared_ptr<const model::ContainerInstance>, std::less<>> instances;
  std::map<std::string, model::ServicePtr, std::less<>> services;
  std::map<std::string, model::ServiceRevisionPtr, std::less<>> service_revisions;
  std::map<std::string, model::ServiceDeploymentPtr, std::less<>> service_deployments;
  std::vector<std::pair<std::string, model::ServiceEvent>> service_events;  // by the service's ARN
  std::vector<std::pair<model::ServicePort, bool>> service_ports;           // true: put, false: remove
  std::set<std::string, std::less<>> forgotten_services;  // all of theirs is removed before anything is put
  std::map<std::pair<model::Scope, std::string>, std::int64_t>
      revisions;  // family -> last revision given out
  std::vector<model::Subnet> subnets;
  std::vector<std::pair<model::VpcNetwork, bool>> networks;  // true: put, false: remove
  std::vector<std::pair<model::Scope, TokenRecord>> tokens;
  std::vector<model::OutboxEvent> events;
  std::vector<model::Warning> warnings;
  bool empty() const;
};

}  // namespace slipway::store
