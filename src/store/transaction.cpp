#include <algorithm>

#include "slipway/store/store.h"
#include "store/database.h"
#include "store/json_writer.h"
#include "store/server_error.h"
#include "store/task_table.h"

namespace slipway::store {
namespace {

// The transaction's own object of that ARN; nullptr when it did not touch it. (A pointer to a null pointer:
// removed.)
template <class Map>
const typename Map::mapped_type* own(const Map& changes, std::string_view arn) {
  const auto found = changes.find(arn);
  return found == changes.end() ? nullptr : &found->second;
}

bool differs(const model::TaskPtr& before, const model::Task& after) {
  return !before || before->last_status != after.last_status ||
         before->desired_status != after.desired_status || before->version != after.version;
}

model::OutboxEvent task_event(const model::Task& task) {
  JsonWriter json;
  json.begin_object();
  json.text("taskArn", task.arn);
  json.text("lastStatus", to_string(task.last_status));
  json.text("desiredStatus", to_string(task.desired_status));
  json.key("version");
  json.value(task.version);
  json.end_object();
  return {.seq = 0, .scope = task.scope, .kind = "task", .json = json.take(), .at = task.updated_at};
}

model::OutboxEvent deployment_event(const model::ServiceDeployment& deployment) {
  JsonWriter json;
  json.begin_object();
  json.text("arn", deployment.arn);
  json.text("serviceArn", deployment.service_arn);
  json.text("status", to_string(deployment.status));
  json.end_object();
  return {.seq = 0,
          .scope = deployment.scope,
          .kind = "service-deployment",
          .json = json.take(),
          .at = deployment.updated_at};
}

model::OutboxEvent service_event(const std::string& service_arn, const model::ServiceEvent& event) {
  const auto arn = model::Arn::parse(service_arn).value_or(model::Arn{});
  JsonWriter json;
  json.begin_object();
  json.text("serviceArn", service_arn);
  json.text("id", event.id);
  json.text("message", event.message);
  json.end_object();
  return {.seq = 0,
          .scope = {.account = arn.account, .region = arn.region},
          .kind = "service-event",
          .json = json.take(),
          .at = event.created_at};
}

bool is_ended_and_awaited(const model::Task& task) {
  return task.last_status == model::TaskStatus::Stopped && is_awaited(task);
}

std::string service_of(const model::Task& task) {
  return model::service_arn(task.scope, task.cluster, model::service_of_group(task.group));
}

model::TaskPtr noted(const model::Task& task) {
  auto copy = std::make_shared<model::Task>(task);
  copy->noted = true;
  return copy;
}

// Only a STOPPED task can be in SQLite without being in memory: the others are not looked for there.
model::TaskPtr find_stored(Database& database, std::string_view arn) {
  return as_server_error(database.place(), [&] { return database.tasks.find(arn); });
}

}  // namespace

bool ChangeSet::empty() const {
  return clusters.empty() && definitions.empty() && tasks.empty() && instances.empty() && revisions.empty() &&
         services.empty() && service_revisions.empty() && service_deployments.empty() &&
         service_events.empty() && service_ports.empty() && forgotten_services.empty() && subnets.empty() &&
         networks.empty() && tokens.empty() && events.empty() && warnings.empty();
}

std::shared_ptr<const model::Cluster> Transaction::find_cluster(std::string_view arn) const {
  const auto* changed = own(changes_.clusters, arn);
  return changed ? *changed : model_.find_cluster(arn);
}

std::shared_ptr<const model::TaskDefinition> Transaction::find_definition(std::string_view arn) const {
  const auto* changed = own(changes_.definitions, arn);
  return changed ? *changed : model_.find_definition(arn);
}

model::TaskPtr Transaction::find_task(std::string_view arn) const {
  if (const auto* changed = own(changes_.tasks, arn)) return *changed;
  if (auto task = model_.find_task(arn)) return task;
  return find_stored(database_, arn);
}

std::shared_ptr<const model::ContainerInstance> Transaction::find_instance(std::string_view arn) const {
  const auto* changed = own(changes_.instances, arn);
  return changed ? *changed : model_.find_instance(arn);
}

model::ServicePtr Transaction::find_service(std::string_view arn) const {
  const auto* changed = own(changes_.services, arn);
  return changed ? *changed : model_.find_service(arn);
}

model::ServiceRevisionPtr Transaction::find_revision(std::string_view arn) const {
  if (const auto* changed = own(changes_.service_revisions, arn)) return *changed;
  auto revision = model_.find_revision(arn);
  return revision && changes_.forgotten_services.contains(revision->service_arn) ? nullptr : revision;
}

model::ServiceDeploymentPtr Transaction::find_service_deployment(std::string_view arn) const {
  if (const auto* changed = own(changes_.service_deployments, arn)) return *changed;
  auto deployment = model_.find_service_deployment(arn);
  return deployment && changes_.forgotten_services.contains(deployment->service_arn) ? nullptr : deployment;
}

std::optional<TokenRecord> Transaction::find_token(const model::Scope& scope, std::string_view operation,
                                                   std::string_view token) const {
  const auto is_it = [&](const auto& entry) {
    return entry.first == scope && entry.second.operation == operation && entry.second.token == token;
  };
  const auto own_token = std::find_if(changes_.tokens.rbegin(), changes_.tokens.rend(), is_it);
  if (own_token != changes_.tokens.rend()) return own_token->second;
  return as_server_error(database_.place(), [&] { return database_.tokens.find(scope, operation, token); });
}

void Transaction::put(model::Cluster cluster) {
  const std::string arn = cluster.arn;
  changes_.clusters[arn] = std::make_shared<const model::Cluster>(std::move(cluster));
}

void Transaction::put(model::TaskDefinition definition) {
  auto& last = changes_.revisions[{definition.scope, definition.family}];
  last = std::max(last, definition.revision);
  const std::string arn = definition.arn;
  changes_.definitions[arn] = std::make_shared<const model::TaskDefinition>(std::move(definition));
}

void Transaction::put(model::Task task) {
  const auto* changed = own(changes_.tasks, task.arn);
  model::TaskPtr before = changed ? *changed : model_.find_task(task.arn);
  if (!before && !changed && task.last_status == model::TaskStatus::Stopped)
    before = find_stored(database_, task.arn);
  if (differs(before, task)) append(task_event(task));
  const std::string arn = task.arn;
  changes_.tasks[arn] = std::make_shared<const model::Task>(std::move(task));
}

void Transaction::put(model::ContainerInstance instance) {
  const std::string arn = instance.arn;
  changes_.instances[arn] = std::make_shared<const model::ContainerInstance>(std::move(instance));
}

void Transaction::put(model::Service service) {
  const std::string arn = service.arn;
  changes_.services[arn] = std::make_shared<const model::Service>(std::move(service));
}

void Transaction::put(model::ServiceRevision revision) {
  const std::string arn = revision.arn;
  changes_.service_revisions[arn] = std::make_shared<const model::ServiceRevision>(std::move(revision));
}

void Transaction::put(model::ServiceDeployment deployment) {
  const auto before = find_service_deployment(deployment.arn);
  if (!before || before->status != deployment.status) append(deployment_event(deployment));
  const std::string arn = deployment.arn;
  changes_.service_deployments[arn] = std::make_shared<const model::ServiceDeployment>(std::move(deployment));
}

void Transaction::add_event(const std::string& service_arn, model::ServiceEvent event) {
  auto& events = changes_.service_events;
  const auto is_its = [&](const auto& entry) { return entry.first == service_arn; };
  const auto own_last = std::find_if(events.rbegin(), events.rend(), is_its);
  std::optional<TimePoint> last;
  if (own_last != events.rend()) {
    last = own_last->second.created_at;
  } else if (!changes_.forgotten_services.contains(service_arn)) {
    last = model_.last_service_event_at(service_arn);
  }
  if (last) event.created_at = std::max(event.created_at, *last + Millis(1));
  append(service_event(service_arn, event));
  events.emplace_back(service_arn, std::move(event));
}

void Transaction::remove_service(const std::string& arn) {
  changes_.services[arn] = nullptr;
  changes_.forgotten_services.insert(arn);
  std::erase_if(changes_.service_revisions, [&](const auto& put) { return put.second->service_arn == arn; });
  std::erase_if(changes_.service_deployments,
                [&](const auto& put) { return put.second->service_arn == arn; });
  std::erase_if(changes_.service_events, [&](const auto& added) { return added.first == arn; });
  std::erase_if(changes_.service_ports, [&](const auto& change) { return change.first.service == arn; });
}

void Transaction::put(model::ServicePort port) { changes_.service_ports.emplace_back(std::move(port), true); }

void Transaction::remove_service_port(const model::ServicePort& port) {
  changes_.service_ports.emplace_back(port, false);
}

void Transaction::put(model::Subnet subnet) { changes_.subnets.push_back(std::move(subnet)); }

void Transaction::put(model::VpcNetwork network) { changes_.networks.emplace_back(std::move(network), true); }

void Transaction::put(const model::Scope& scope, TokenRecord token) {
  changes_.tokens.emplace_back(scope, std::move(token));
}

void Transaction::put(model::Warning warning) { changes_.warnings.push_back(std::move(warning)); }

void Transaction::remove_definition(const std::string& arn) { changes_.definitions[arn] = nullptr; }

void Transaction::remove_task(const std::string& arn) { changes_.tasks[arn] = nullptr; }

void Transaction::remove_instance(const std::string& arn) { changes_.instances[arn] = nullptr; }

void Transaction::remove_network(const model::VpcNetwork& network) {
  changes_.networks.emplace_back(network, false);
}

void Transaction::note_orphans() {
  for (auto& [arn, task] : changes_.tasks) {
    if (task && is_ended_and_awaited(*task) && !find_service(service_of(*task))) task = noted(*task);
  }
  for (const auto& service : changes_.forgotten_services) {
    if (find_service(service)) continue;  // was put anew
    for (const auto& task : model_.service_tasks(service)) {
      if (is_ended_and_awaited(*task)) changes_.tasks.try_emplace(task->arn, noted(*task));
    }
  }
}

void Transaction::append(model::OutboxEvent event) { changes_.events.push_back(std::move(event)); }

std::int64_t Transaction::next_revision(const model::Scope& scope, const std::string& family) {
  const Family* known = model_.find_family(scope, family);
  auto& last = changes_.revisions[{scope, family}];
  last = std::max(last, known ? known->last_revision : 0) + 1;
  return last;
}

}  // namespace slipway::store
