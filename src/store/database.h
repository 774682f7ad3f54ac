// All tables over one connection: writes change sets in one SQL transaction, fills the model at start. Owned
// by the store; control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slipway/store/model.h"
#include "store/cluster_table.h"
#include "store/definition_table.h"
#include "store/instance_table.h"
#include "store/memory_model.h"
#include "store/meta_table.h"
#include "store/network_table.h"
#include "store/outbox_table.h"
#include "store/service_deployment_table.h"
#include "store/service_event_table.h"
#include "store/service_port_table.h"
#include "store/service_revision_table.h"
#include "store/service_table.h"
#include "store/sqlite.h"
#include "store/task_table.h"
#include "store/token_table.h"
#include "store/warning_table.h"

namespace slipway::store {

class Database final {
 public:
  // Takes a migrated connection. `place` names the data dir in errors.
  Database(std::unique_ptr<Connection> connection, std::string place);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& place() const { return place_; }
  Connection& connection() { return *connection_; }

  // Everything into an empty model. Throws SqliteError, RowError. The latest control time that was read.
  TimePoint load(MemoryModel& model);
  // Writes and commits; gives the events their seq. Row ids of `changes.tasks` in its order (0 for removals).
  // Nothing is changed when it throws SqliteError.
  std::vector<std::int64_t> write(ChangeSet& changes, const MemoryModel& model);
  // See Store.
  void purge(TimePoint stopped_before, TimePoint events_before);
  void reset();
  std::int64_t finished_tasks();

  // Frames in the write-ahead log after the last commit.
  int wal_pages() const { return wal_pages_; }

 private:
  std::unique_ptr<Connection> connection_;
  std::string place_;
  int wal_pages_ = 0;
  std::int64_t last_seq_ = 0;

 public:
  ClusterTable clusters;
  DefinitionTable definitions;
  TaskTable tasks;
  InstanceTable instances;
  ServiceTable services;
  ServiceRevisionTable service_revisions;
  ServiceDeploymentTable service_deployments;
  ServiceEventTable service_events;
  ServicePortTable service_ports;
  NetworkTable networks;
  TokenTable tokens;
  OutboxTable outbox;
  WarningTable warnings;
  MetaTable meta;

 private:
  void load_services(MemoryModel& model, const std::function<void(TimePoint)>& seen);
  void write_objects(const ChangeSet& changes);
  void write_services(const ChangeSet& changes, const MemoryModel& model);
  void write_records(ChangeSet& changes, std::int64_t& seq);
};

// The latest control time in an object that is not in the future.
TimePoint latest_time(const model::Task& task);
TimePoint latest_time(const model::Service& service);
TimePoint latest_time(const model::ServiceDeployment& deployment);

}  // namespace slipway::store
