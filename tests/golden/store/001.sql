-- A database of Slipway with schema 001, as its own code wrote it: `.dump` of every table, and what a dump leaves out.
PRAGMA application_id=1397510231;
PRAGMA user_version=1;
BEGIN TRANSACTION;
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
INSERT INTO "clusters" VALUES(1,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:cluster/gone','gone','INACTIVE',1700000000001,1700000000002,'[["team","a"]]',1,'{"capacityProviders":["FARGATE"]}');
INSERT INTO "clusters" VALUES(2,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:cluster/main','main','ACTIVE',1700000000001,1700000000002,'[["team","a"]]',1,'{"capacityProviders":["FARGATE"]}');
INSERT INTO "clusters" VALUES(3,'123456789012','us-east-1','arn:aws:ecs:us-east-1:123456789012:cluster/main','main','ACTIVE',1700000000001,1700000000002,'[["team","a"]]',1,'{"capacityProviders":["FARGATE"]}');
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
INSERT INTO "container_instances" VALUES(1,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:container-instance/main/i1','main','engine-1','DRAINING',1700000000003,1,'{"ec2InstanceId":"i-0","availabilityZone":"eu-west-1a","localStandIn":true,"cpu":2048,"memory":4096,"attributes":["ecs.os-type=linux","plain"],"engineVersion":"20.10","version":4,"tags":[["k","v"]]}');
CREATE TABLE families (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  family TEXT NOT NULL,
  last_revision INTEGER NOT NULL,
  UNIQUE (account, region, family)
);
INSERT INTO "families" VALUES('123456789012','eu-west-1','web',3);
CREATE TABLE meta (
  key TEXT NOT NULL UNIQUE,
  value TEXT NOT NULL
);
INSERT INTO "meta" VALUES('server_id','server-1');
INSERT INTO "meta" VALUES('clock_control','1700000005000');
INSERT INTO "meta" VALUES('clock_real','1700000004000');
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  json TEXT NOT NULL,
  at INTEGER NOT NULL
);
INSERT INTO "outbox" VALUES(1,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000007","lastStatus":"DEPROVISIONING","desiredStatus":"STOPPED","version":9}',1700000000007);
INSERT INTO "outbox" VALUES(2,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000008","lastStatus":"PENDING","desiredStatus":"RUNNING","version":1}',1700000000008);
INSERT INTO "outbox" VALUES(3,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000020","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":1}',1700000000020);
INSERT INTO "outbox" VALUES(4,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000021","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":1}',1700000000021);
INSERT INTO "outbox" VALUES(5,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000022","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":1}',1700000000022);
INSERT INTO "outbox" VALUES(6,'123456789012','eu-west-1','task','{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000023","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":1}',1700000000023);
CREATE TABLE subnets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  subnet_id TEXT NOT NULL,
  vpc_id TEXT NOT NULL,
  cidr TEXT NOT NULL,
  availability_zone TEXT NOT NULL,
  UNIQUE (account, region, subnet_id)
);
INSERT INTO "subnets" VALUES('123456789012','eu-west-1','subnet-1','vpc-1','10.0.0.0/24','eu-west-1a');
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
INSERT INTO "task_definitions" VALUES(1,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','web',1,'ACTIVE',1700000000001,NULL,NULL,'[["k","v"]]',1,'{"containerDefinitions":[{"name":"app"}],"family":"web"}');
INSERT INTO "task_definitions" VALUES(2,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:2','web',2,'INACTIVE',1700000000002,1700000000077,NULL,'[["k","v"]]',1,'{"containerDefinitions":[{"name":"app"}],"family":"web"}');
INSERT INTO "task_definitions" VALUES(3,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3','web',3,'DELETE_IN_PROGRESS',1700000000003,1700000000077,1700000000088,'[["k","v"]]',1,'{"containerDefinitions":[{"name":"app"}],"family":"web"}');
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
INSERT INTO "tasks" VALUES(1,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000007','main','full_1-x','arn:aws:ecs:eu-west-1:123456789012:task-definition/full_1-x:1','engine-1','arn:aws:ecs:eu-west-1:123456789012:container-instance/main/i1','service:web "quoted" \ 
	 ü € 😀','ecs-svc/123','EXTERNAL','DEPROVISIONING','STOPPED',9,NULL,1,1,'{"capacityProvider":"FARGATE_SPOT","platformVersion":"1.4.0","availabilityZone":"eu-west-1b","networkMode":"awsvpc","health":"UNHEALTHY","connectivity":"DISCONNECTED","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted.","cpu":"256","memory":"512","reservedCpu":256,"reservedMemory":512,"ephemeralStorage":21,"executeCommand":true,"createdAt":1700000000007,"updatedAt":1700000000007,"connectivityAt":1700000000010,"pullStartedAt":1700000000011,"pullStoppedAt":1700000000012,"startedAt":1700000000013,"stoppingAt":1700000000014,"executionStoppedAt":1700000000015,"stoppedAt":1700000000016,"eni":{"attachment":"att","id":"eni-1","subnet":"subnet-1","vpc":"vpc-1","network":"net","address":"10.0.0.5","mac":"02:00","dnsName":"ip-10-0-0-5","status":"ATTACHED"},"network":{"subnets":["subnet-1","subnet-2"],"securityGroups":["sg-1"],"publicIp":true},"overrides":{"containerOverrides":[{"name":"app"}],"cpu":"512"},"containers":[{"name":"app","id":"c-1","engineName":"ecs-full-1","runtimeId":"abc","imageDigest":"sha256:1","known":"STOPPED","desired":"STOPPED","created":true,"removed":true,"health":"HEALTHY","exitCode":-1,"reason":"OutOfMemoryError: x","bindings":[{"ip":"0.0.0.0","port":8000,"host":9000,"protocol":"udp","portRange":"8000-8010","hostRange":"9000-9010"}],"published":[{"ip":"0.0.0.0","port":8000,"host":9000,"protocol":"udp","portRange":"8000-8010","hostRange":"9000-9010"}],"startedAt":1700000000001,"finishedAt":1700000000002,"restarts":3},{"name":"~internal~ecs~pause","id":"c-2","known":"PULLED","exitCode":0}],"volumes":["v1","v2"],"tags":[["k","v"],["empty",""]]}');
INSERT INTO "tasks" VALUES(2,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000008','main','web','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','engine-1','','family:web','','EC2','PENDING','RUNNING',1,NULL,0,1,'{"networkMode":"bridge","createdAt":1700000000008,"updatedAt":1700000000008,"containers":[{"name":"app","id":"c-00000000000000000000000000000008"}]}');
INSERT INTO "tasks" VALUES(3,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000020','main','web','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','engine-1','','family:web','','EC2','STOPPED','STOPPED',1,1700000000020,1,1,'{"networkMode":"bridge","createdAt":1700000000020,"updatedAt":1700000000020,"stoppedAt":1700000000020,"containers":[{"name":"app","id":"c-00000000000000000000000000000020"}]}');
INSERT INTO "tasks" VALUES(4,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000021','main','web','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','engine-1','','family:web','','EC2','STOPPED','STOPPED',1,1700000000021,1,1,'{"networkMode":"bridge","createdAt":1700000000021,"updatedAt":1700000000021,"stoppedAt":1700000000021,"containers":[{"name":"app","id":"c-00000000000000000000000000000021"}]}');
INSERT INTO "tasks" VALUES(5,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000022','main','web','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','engine-1','','service:web','ecs-svc/1234567890123456789','EC2','STOPPED','STOPPED',1,1700000000022,1,1,'{"networkMode":"bridge","createdAt":1700000000022,"updatedAt":1700000000022,"stoppedAt":1700000000022,"containers":[{"name":"app","id":"c-00000000000000000000000000000022"}]}');
INSERT INTO "tasks" VALUES(6,'123456789012','eu-west-1','arn:aws:ecs:eu-west-1:123456789012:task/main/00000000000000000000000000000023','main','web','arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1','engine-1','','family:web','','EC2','STOPPED','STOPPED',1,1700000000023,0,1,'{"networkMode":"bridge","createdAt":1700000000023,"updatedAt":1700000000023,"stoppedAt":1700000000023,"containers":[{"name":"app","id":"c-00000000000000000000000000000023"}]}');
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
INSERT INTO "tokens" VALUES('123456789012','eu-west-1','RunTask','t','h','r',1700000000004);
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
INSERT INTO "vpc_networks" VALUES('123456789012','eu-west-1','vpc-1','engine-1','net','10.9.0.0/16','10.0.0.0/16',1700000000090);
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
INSERT INTO "warnings" VALUES('123456789012','eu-west-1','adopted-subnet','subnet-1','text',1700000000005,1700000000006,1);
CREATE INDEX finished_tasks ON tasks (arn) WHERE last_status = 'STOPPED' AND cleaned = 1;
CREATE INDEX finished_tasks_by_end ON tasks (ended_at, arn) WHERE last_status = 'STOPPED' AND cleaned = 1;
CREATE INDEX tokens_by_age ON tokens (created_at);
COMMIT;
