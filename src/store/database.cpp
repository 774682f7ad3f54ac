#include "store/database.h"

#include <sqlite3.h>

#include <algorithm>

namespace slipway::store {
namespace {

// The highest seq ever given, kept when the outbox is emptied: a consumer's cursor must never point into the
// future.
constexpr std::string_view kOutboxSeq = "outbox_seq";

}  // namespace

TimePoint latest_time(const model::Task& task) {
  TimePoint latest = std::max(task.created_at, task.updated_at);
  for (const auto& time : {task.connectivity_at, task.pull_started_at, task.pull_stopped_at, task.started_at,
                           task.stopping_at, task.execution_stopped_at, task.stopped_at}) {
    if (time) latest = std::max(latest, *time);
  }
  return latest;
}

TimePoint latest_time(const model::Service& service) {
  TimePoint latest = std::max(service.created_at, service.updated_at);
  for (const auto& time : {service.steady_since, service.inactive_at}) {
    if (time) latest = std::max(latest, *time);
  }
  for (const auto& deployment : service.deployments) {
    latest = std::max({latest, deployment.created_at, deployment.updated_at});
    if (deployment.last_failure_at) latest = std::max(latest, *deployment.last_failure_at);
  }
  if (service.last_completed) latest = std::max(latest, service.last_completed->updated_at);
  if (service.placement_failure) latest = std::max(latest, service.placement_failure->told_at);
  return latest;
}

TimePoint latest_time(const model::ServiceDeployment& deployment) {
  TimePoint latest = std::max(deployment.created_at, deployment.updated_at);
  for (const auto& time : {deployment.started_at, deployment.finished_at, deployment.stopped_at}) {
    if (time) latest = std::max(latest, *time);
  }
  if (deployment.rolled_back) latest = std::max(latest, deployment.rolled_back->started_at);
  return latest;
}

Database::Database(std::unique_ptr<Connection> connection, std::string place)
    : connection_(std::move(connection)),
      place_(std::move(place)),
      clusters(*connection_),
      definitions(*connection_),
      tasks(*connection_),
      instances(*connection_),
      services(*connection_),
      service_revisions(*connection_),
      service_deployments(*connection_),
      service_events(*connection_),
      service_ports(*connection_),
      networks(*connection_),
      tokens(*connection_),
      outbox(*connection_),
      warnings(*connection_),
      meta(*connection_) {
  const auto remember_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->handle(), remember_pages, &wal_pages_);
}

TimePoint Database::load(MemoryModel& model) {
  TimePoint latest(Millis(connection_->integer("SELECT max(created_at) FROM tokens")));
  const auto seen = [&latest](TimePoint time) { latest = std::max(latest, time); };
  clusters.load([&](std::shared_ptr<const model::Cluster> cluster) {
    seen(std::max(cluster->created_at, cluster->updated_at));
    model.put(std::move(cluster));
  });
  definitions.load_families(
      [&](const model::Scope& scope, const std::string& family, std::int64_t last_revision) {
        model.put_family(scope, family, last_revision);
      });
  definitions.load([&](std::shared_ptr<const model::TaskDefinition> definition) {
    seen(definition->registered_at);
    seen(definition->deregistered_at.value_or(latest));
    seen(definition->delete_requested_at.value_or(latest));
    model.put(std::move(definition));
  });
  instances.load([&](std::shared_ptr<const model::ContainerInstance> instance) {
    seen(instance->registered_at);
    model.put(std::move(instance));
  });
  networks.load([&](model::Subnet subnet) { model.put(std::move(subnet)); },
                [&](model::VpcNetwork network) {
                  seen(network.used_at);
                  model.put(std::move(network));
                });
  warnings.load([&](const model::Warning& warning) {
    seen(warning.last_at);
    model.put(warning);
  });
  load_services(model, seen);
  const auto finished = tasks.load(kYoungFinished, [&](model::TaskPtr task, std::int64_t row_id) {
    seen(latest_time(*task));
    model.put_task(std::move(task), row_id);
  });
  model.set_archived(finished > static_cast<std::int64_t>(model.finished_in_memory()));
  last_seq_ = meta.find_integer(kOutboxSeq).value_or(0);
  if (const auto event = outbox.last()) {
    seen(event->at);
    last_seq_ = std::max(last_seq_, event->seq);
  }
  return latest;
}

void Database::load_services(MemoryModel& model, const std::function<void(TimePoint)>& seen) {
  services.load([&](model::ServicePtr service) {
    seen(latest_time(*service));
    model.put(std::move(service));
  });
  service_revisions.load([&](model::ServiceRevisionPtr revision) {
    seen(revision->created_at);
    model.put(std::move(revision));
  });
  service_deployments.load([&](model::ServiceDeploymentPtr deployment) {
    seen(latest_time(*deployment));
    model.put(std::move(deployment));
  });
  service_events.load([&](std::string_view service_arn, model::ServiceEvent event) {
    seen(event.created_at);
    model.add_event(service_arn, std::move(event));
  });
  service_ports.load([&](const model::ServicePort& port) { model.put(port); });
}

std::vector<std::int64_t> Database::write(ChangeSet& changes, const MemoryModel& model) {
  std::vector<std::int64_t> row_ids;
  row_ids.reserve(changes.tasks.size());
  std::int64_t seq = last_seq_;
  SqlTransaction transaction(*connection_);
  write_objects(changes);
  write_services(changes, model);
  for (const auto& [arn, task] : changes.tasks) {
    if (task) {
      row_ids.push_back(tasks.put(*task, model.row_id(arn)));
    } else {
      tasks.remove(arn);
      row_ids.push_back(0);
    }
  }
  write_records(changes, seq);
  transaction.commit();
  last_seq_ = seq;
  return row_ids;
}

void Database::write_objects(const ChangeSet& changes) {
  for (const auto& [arn, cluster] : changes.clusters) clusters.put(*cluster);
  for (const auto& [family, revision] : changes.revisions) {
    definitions.put_family(family.first, family.second, revision);
  }
  for (const auto& [arn, definition] : changes.definitions) {
    if (definition) {
      definitions.put(*definition);
    } else {
      definitions.remove(arn);
    }
  }
  for (const auto& [arn, instance] : changes.instances) {
    if (instance) {
      instances.put(*instance);
    } else {
      instances.remove(arn);
    }
  }
}

void Database::write_services(const ChangeSet& changes, const MemoryModel& model) {
  for (const auto& arn : changes.forgotten_services) {
    services.remove(arn);
    service_revisions.remove_of(arn);
    service_deployments.remove_of(arn);
    service_events.remove_of(arn);
    service_ports.remove_of(arn);
  }
  for (const auto& [arn, service] : changes.services) {
    if (service) services.put(*service);
  }
  for (const auto& [arn, revision] : changes.service_revisions) service_revisions.put(*revision);
  for (const auto& [arn, deployment] : changes.service_deployments) service_deployments.put(*deployment);
  for (const auto& [port, put] : changes.service_ports) {
    put ? service_ports.put(port) : service_ports.remove(port);
  }
  std::map<std::string_view, std::size_t> added;
  for (const auto& [arn, event] : changes.service_events) {
    service_events.add(arn, event);
    ++added[arn];
  }
  for (const auto& [arn, count] : added) {
    if (model.service_event_count(arn) + count > kKeptEvents) service_events.trim(arn);
  }
}

void Database::write_records(ChangeSet& changes, std::int64_t& seq) {
  for (const auto& subnet : changes.subnets) networks.put(subnet);
  for (const auto& [network, put] : changes.networks) {
    if (put) {
      networks.put(network);
    } else {
      networks.remove(network);
    }
  }
  for (const auto& [scope, token] : changes.tokens) tokens.put(scope, token);
  for (auto& event : changes.events) {
    event.seq = ++seq;
    outbox.append(event);
  }
  for (const auto& warning : changes.warnings) warnings.put(warning);
}

void Database::purge(TimePoint stopped_before, TimePoint events_before) {
  SqlTransaction transaction(*connection_);
  tasks.remove_finished_before(stopped_before);
  if (meta.find_integer(kOutboxSeq).value_or(0) != last_seq_) meta.put(kOutboxSeq, last_seq_);
  outbox.remove_before(events_before);
  tokens.remove_before(events_before);
  transaction.commit();
}

void Database::reset() {
  SqlTransaction transaction(*connection_);
  connection_->exec(
      "DELETE FROM clusters; DELETE FROM families; DELETE FROM task_definitions; DELETE FROM tasks;"
      "DELETE FROM container_instances; DELETE FROM subnets; DELETE FROM vpc_networks; DELETE FROM tokens;"
      "DELETE FROM outbox; DELETE FROM warnings;"
      "DELETE FROM services; DELETE FROM service_revisions; DELETE FROM service_deployments;"
      "DELETE FROM service_events; DELETE FROM service_ports");
  meta.put(kOutboxSeq, last_seq_);
  transaction.commit();
}

std::int64_t Database::finished_tasks() {
  return connection_->integer(
      "SELECT count(*) FROM tasks WHERE last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0");
}

}  // namespace slipway::store
