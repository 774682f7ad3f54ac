#include "store/migrations/migrations.h"

namespace slipway::store {

// A finished task is one that nobody looks after any more: since services, one whose end its service has
// taken into account too. Events are found and trimmed by their times, which are unique within a service.
const char* const kServicesSchema = R"sql(
CREATE TABLE services (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);

CREATE TABLE service_revisions (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  service_arn TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX revisions_of_service ON service_revisions (service_arn);

CREATE TABLE service_deployments (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  service_arn TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX deployments_of_service ON service_deployments (service_arn);

CREATE TABLE service_events (
  id INTEGER PRIMARY KEY,
  service_arn TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  message TEXT NOT NULL,
  UNIQUE (service_arn, created_at)
);

CREATE TABLE service_ports (
  service_arn TEXT NOT NULL,
  container_port INTEGER NOT NULL,
  address INTEGER NOT NULL,
  port INTEGER NOT NULL,
  PRIMARY KEY (service_arn, container_port)
) WITHOUT ROWID;

-- 1: of a service that has not taken the task's end into account yet.
ALTER TABLE tasks ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;
DROP INDEX finished_tasks;
DROP INDEX finished_tasks_by_end;
CREATE INDEX finished_tasks ON tasks (arn) WHERE last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0;
CREATE INDEX finished_tasks_by_end ON tasks (ended_at, arn)
  WHERE last_status = 'STOPPED' AND cleaned = 1 AND awaited = 0;
)sql";

}  // namespace slipway::store
