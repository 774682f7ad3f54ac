#include "store/migrations/migrations.h"

namespace slipway::store {

// Rowid tables with unique indexes: WITHOUT ROWID tables with random text keys were five times slower to
// write. Words, not numbers, for enumerations: readable with any SQLite shell, and independent of an
// enumeration's order. Times are milliseconds since the epoch. `document` is JSON that no query looks into;
// doc_version tells its shape.
const char* const kInitialSchema = R"sql(
CREATE TABLE meta (
  key TEXT NOT NULL UNIQUE,
  value TEXT NOT NULL
);

CREATE TABLE clusters (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  tags TEXT NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);

-- Outlives its definitions: a revision number is never given out twice.
CREATE TABLE families (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  family TEXT NOT NULL,
  last_revision INTEGER NOT NULL,
  UNIQUE (account, region, family)
);

CREATE TABLE task_definitions (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  family TEXT NOT NULL,
  revision INTEGER NOT NULL,
  status TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  deregistered_at INTEGER,
  delete_requested_at INTEGER,
  tags TEXT NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  family TEXT NOT NULL,
  definition_arn TEXT NOT NULL,
  engine_id TEXT NOT NULL,
  instance_arn TEXT NOT NULL,
  task_group TEXT NOT NULL,
  started_by TEXT NOT NULL,
  launch_type TEXT NOT NULL,
  last_status TEXT NOT NULL,
  desired_status TEXT NOT NULL,
  version INTEGER NOT NULL,
  ended_at INTEGER,           -- when it became STOPPED; retention counts from here
  cleaned INTEGER NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);
-- Finished tasks leave the memory: listed by ARN (a cluster is a range of ARNs), forgotten by age.
CREATE INDEX finished_tasks ON tasks (arn) WHERE last_status = 'STOPPED' AND cleaned = 1;
CREATE INDEX finished_tasks_by_end ON tasks (ended_at, arn) WHERE last_status = 'STOPPED' AND cleaned = 1;

CREATE TABLE container_instances (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  engine_id TEXT NOT NULL,
  status TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  doc_version INTEGER NOT NULL,
  document TEXT NOT NULL
);

CREATE TABLE subnets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  subnet_id TEXT NOT NULL,
  vpc_id TEXT NOT NULL,
  cidr TEXT NOT NULL,
  availability_zone TEXT NOT NULL,
  UNIQUE (account, region, subnet_id)
);

CREATE TABLE vpc_networks (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  vpc_id TEXT NOT NULL,
  engine_id TEXT NOT NULL,
  name TEXT NOT NULL,
  cidr TEXT NOT NULL,
  wanted_cidr TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  UNIQUE (account, region, vpc_id, engine_id)
);

CREATE TABLE tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  operation TEXT NOT NULL,
  token TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  result TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (account, region, operation, token)
);
CREATE INDEX tokens_by_age ON tokens (created_at);

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  json TEXT NOT NULL,
  at INTEGER NOT NULL
);

CREATE TABLE warnings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  resource TEXT NOT NULL,
  text TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  UNIQUE (account, region, kind, resource)
);
)sql";

}  // namespace slipway::store
