// What registered definitions look like, and their life (control-plane.md 4.1 to 4.4 and 4.6).
#include "services/ecs/task_definition/size.h"
#include "unit/services/task_definition_fixture.h"

namespace slipway::services::ecs {
namespace {

using Definitions = TaskDefinitionTest;

TEST_F(Definitions, a_plain_one_gets_the_defaults_of_ecs_and_no_other) {  // 4.1
  const auto answer = register_(plain("web"));
  EXPECT_EQ(answer, Json::parse(R"({"taskDefinition": {
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1",
    "containerDefinitions": [{"name": "app", "image": "nginx", "cpu": 0, "memory": 64, "portMappings": [],
      "essential": true, "environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": []}],
    "family": "web", "revision": 1, "volumes": [], "status": "ACTIVE",
    "placementConstraints": [], "compatibilities": ["EXTERNAL", "EC2"], "registeredAt": 1700000000,
    "registeredBy": "arn:aws:iam::123456789012:root"}})"));
}

// As the AWS documentation's Fargate example (RegisterTaskDefinition, API reference) and Terraform send it.
TEST_F(Definitions, a_fargate_one_round_trips) {
  const Json sent = Json::parse(R"({"family": "sample-fargate", "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "0.5GB", "executionRoleArn": "ecsTaskExecutionRole",
    "containerDefinitions": [{"name": "fargate-app", "image": "public.ecr.aws/docker/library/httpd:latest",
      "portMappings": [{"containerPort": 80}], "essential": true, "entryPoint": ["sh", "-c"], "command": ["x"],
      "environment": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}],
      "healthCheck": {"command": ["CMD-SHELL", "true"]},
      "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/x", "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "ecs"}}}], "tags": [{"key": "k", "value": "v"}]})");
  const auto answer = register_(sent);
  const auto& definition = answer["taskDefinition"];
  const auto& container = definition["containerDefinitions"][0];
  EXPECT_EQ(definition["compatibilities"], Json({"EC2", "FARGATE"}));
  EXPECT_EQ(definition["memory"], "512");
  EXPECT_EQ(definition["executionRoleArn"], "arn:aws:iam::123456789012:role/ecsTaskExecutionRole");
  EXPECT_EQ(container["portMappings"],
            Json::parse(R"([{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}])"));
  EXPECT_EQ(container["healthCheck"],
            Json::parse(R"({"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 5, "retries": 3})"));
  EXPECT_EQ(container["environment"], sent["containerDefinitions"][0]["environment"]);
  EXPECT_EQ(container["logConfiguration"], sent["containerDefinitions"][0]["logConfiguration"]);
  EXPECT_EQ(definition["requiresAttributes"], Json::parse(R"([
    {"name": "com.amazonaws.ecs.capability.logging-driver.awslogs"}, {"name": "ecs.capability.execution-role-awslogs"},
    {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"}, {"name": "ecs.capability.container-health-check"},
    {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.24"}, {"name": "ecs.capability.task-eni"},
    {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"}])"));
  EXPECT_EQ(answer["tags"], sent["tags"]);

  const auto described_without = describe({{"taskDefinition", "sample-fargate"}});
  EXPECT_EQ(described_without["taskDefinition"], definition);
  EXPECT_FALSE(described_without.contains("tags"));
  EXPECT_EQ(describe({{"taskDefinition", "sample-fargate:1"}, {"include", {"TAGS"}}}), answer);
}

// control-plane 11.3, row aws_ecs_task_definition: what Terraform normalises is the same after a round trip,
// and no member appears that it did not send.
TEST_F(Definitions, terraform_finds_no_difference) {
  const Json sent = Json::parse(R"({"family": "t", "networkMode": "bridge", "volumes": [{"name": "scratch"},
    {"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "driver": "local"}},
    {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
    "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.availability-zone in [eu-west-1a]"}],
    "containerDefinitions": [{"name": "a", "image": "i", "memory": 10,
      "portMappings": [{"containerPort": 80, "hostPort": 0}, {"containerPort": 53, "protocol": "udp"}],
      "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/s"}]},
     {"name": "b", "image": "i", "memory": 10, "links": ["a:x"], "volumesFrom": [{"sourceContainer": "a"}],
      "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["ALL"]}},
      "restartPolicy": {"enabled": true}}]})");
  const auto definition = register_(sent)["taskDefinition"];
  const auto& a = definition["containerDefinitions"][0];
  EXPECT_EQ(a["portMappings"], Json::parse(R"([{"containerPort": 80, "hostPort": 0, "protocol": "tcp"},
    {"containerPort": 53, "hostPort": 0, "protocol": "udp"}])"));
  EXPECT_EQ(a["mountPoints"], Json::parse(R"([{"sourceVolume": "scratch", "containerPath": "/s"}])"));
  EXPECT_EQ(definition["containerDefinitions"][1]["volumesFrom"],
            Json::parse(R"([{"sourceContainer": "a"}])"));
  EXPECT_EQ(definition["containerDefinitions"][1]["linuxParameters"],
            Json::parse(R"({"capabilities": {"add": [], "drop": ["ALL"]}, "initProcessEnabled": true})"));
  EXPECT_EQ(definition["containerDefinitions"][1]["restartPolicy"], Json({{"enabled", true}}));
  EXPECT_EQ(definition["volumes"], Json::parse(R"([{"name": "scratch", "host": {}},
    {"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": false, "driver": "local"}},
    {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/"}}])"));
  EXPECT_EQ(definition["placementConstraints"], sent["placementConstraints"]);
  for (const char* absent :
       {"links", "logConfiguration", "linuxParameters", "restartPolicy", "healthCheck", "secrets"}) {
    EXPECT_FALSE(a.contains(absent)) << absent;
  }
  for (const char* absent :
       {"cpu", "memory", "taskRoleArn", "requiresCompatibilities", "runtimePlatform", "pidMode"}) {
    EXPECT_FALSE(definition.contains(absent)) << absent;
  }
  EXPECT_EQ(definition["compatibilities"], Json({"EC2"}));  // EFS is not for EXTERNAL
}

TEST_F(Definitions, cpu_and_memory_are_read_in_all_notations) {  // 4.1
  EXPECT_EQ(parse_task_cpu("1 vCPU"), 1024);
  EXPECT_EQ(parse_task_cpu("1vcpu"), 1024);
  EXPECT_EQ(parse_task_cpu(".5 vCPU"), 512);
  EXPECT_EQ(parse_task_cpu("256"), 256);
  EXPECT_EQ(parse_task_memory("1 GB"), 1024);
  EXPECT_EQ(parse_task_memory("0.5GB"), 512);
  EXPECT_EQ(parse_task_memory("30 gb"), 30720);
  for (const char* bad :
       {"", " ", "vcpu", ".5", "-1", "1e3", "1 MB", "1 GBx", "0x10", "99999999999999999999", "1..5 vCPU"}) {
    EXPECT_EQ(parse_task_cpu(bad), std::nullopt) << bad;
  }
}

TEST_F(Definitions, fargate_sizes_are_those_of_the_table) {  // 4.4
  for (const auto& [cpu, memory] : {std::pair{256, 512},
                                    {256, 1024},
                                    {256, 2048},
                                    {512, 4096},
                                    {1024, 2048},
                                    {2048, 16384},
                                    {4096, 30720},
                                    {8192, 16384},
                                    {8192, 61440},
                                    {16384, 122880}}) {
    EXPECT_TRUE(is_fargate_size(cpu, memory)) << cpu << " " << memory;
  }
  for (const auto& [cpu, memory] : {std::pair{256, 256},
                                    {256, 1536},
                                    {512, 512},
                                    {512, 1536},
                                    {1024, 1024},
                                    {4096, 31744},
                                    {8192, 17408},
                                    {16384, 33792},
                                    {128, 512}}) {
    EXPECT_FALSE(is_fargate_size(cpu, memory)) << cpu << " " << memory;
  }
}

TEST_F(Definitions, revisions_only_grow_and_a_bare_family_is_its_latest_active_one) {  // 4.6
  EXPECT_EQ(registered("web"), arn("web:1"));
  EXPECT_EQ(registered("web"), arn("web:2"));
  EXPECT_EQ(registered("other"), arn("other:1"));
  EXPECT_EQ(resolve("web"), arn("web:2"));
  EXPECT_EQ(resolve("web:1"), arn("web:1"));
  EXPECT_EQ(resolve(arn("web:1")), arn("web:1"));
  now += Seconds{5};
  const auto gone = deregister("web:2")["taskDefinition"];
  EXPECT_EQ(gone["status"], "INACTIVE");
  EXPECT_EQ(gone["deregisteredAt"], 1700000005);
  EXPECT_EQ(deregister("web:2")["taskDefinition"], gone);
  EXPECT_EQ(resolve("web"), arn("web:1"));
  EXPECT_EQ(describe({{"taskDefinition", "web:2"}})["taskDefinition"]["status"], "INACTIVE");
  EXPECT_EQ(registered("web"), arn("web:3"));
}

TEST_F(Definitions, lookups_fail_in_ecs_words) {  // 4.6
  registered("web");
  registered("web");
  deregister("web:2");
  const auto resolve_error = [&](const std::string& reference) {
    return error_of([&] { resolve(reference); });
  };
  EXPECT_EQ(resolve_error("nope"), "ClientException: TaskDefinition not found.");
  EXPECT_EQ(resolve_error("web:9"), "ClientException: TaskDefinition not found.");
  EXPECT_EQ(resolve_error("web:2"), "ClientException: TaskDefinition is inactive");
  EXPECT_EQ(resolve_error("web:"), "ClientException: Revision is missing.");
  EXPECT_EQ(resolve_error("web:x"), "InvalidParameterException: Invalid revision number. Number: x");
  EXPECT_EQ(resolve_error("web:-1"), "InvalidParameterException: Invalid revision number. Number: -1");
  EXPECT_EQ(resolve_error("arn:aws:ecs:us-east-1:123456789012:task-definition/web:1"),
            "ClientException: TaskDefinition not found.");
  EXPECT_EQ(resolve_error("arn:aws:ecs:eu-west-1:123456789012:cluster/web"),
            "ClientException: TaskDefinition not found.");
  EXPECT_EQ(error_of([&] { describe({{"taskDefinition", "nope"}}); }),
            "ClientException: Unable to describe task definition.");
  EXPECT_EQ(error_of([&] { deregister("web"); }), "ClientException: Revision is missing.");
  EXPECT_EQ(error_of([&] { deregister("web:7"); }),
            "ClientException: The specified task definition does not exist.");
  scope.region = "us-east-1";
  EXPECT_EQ(resolve_error("web"), "ClientException: TaskDefinition not found.");
}

TEST_F(Definitions, deletion_waits_for_deregistration_and_ends_after_an_hour) {  // 4.6
  registered("web");
  registered("web");
  deregister("web:1");
  const auto answer = delete_({"web:1", "web:2", "web:3", "web"});
  EXPECT_EQ(answer["taskDefinitions"][0]["status"], "DELETE_IN_PROGRESS");
  EXPECT_EQ(answer["taskDefinitions"][0]["deleteRequestedAt"], 1700000000);
  const std::string missing =
      "The specified task definition does not exist. Specify a valid account, family, revision and try "
      "again.";
  EXPECT_EQ(answer["failures"],
            Json({{{"arn", arn("web:2")},
                   {"reason",
                    "The specified task definition is still in ACTIVE status. Please deregister the target "
                    "and try again."}},
                  {{"arn", arn("web:3")}, {"reason", missing}},
                  {{"arn", "web"}, {"reason", missing}}}));
  const auto sweep = [&](Seconds after) {
    store().write([&](store::Transaction& t) { purge_deleted_definitions(t, now + after); });
  };
  sweep(Seconds{3599});
  EXPECT_EQ(describe({{"taskDefinition", "web:1"}})["taskDefinition"]["status"], "DELETE_IN_PROGRESS");
  EXPECT_EQ(error_of([&] { resolve("web:1"); }), "ClientException: TaskDefinition is inactive");
  sweep(Seconds{3600});
  EXPECT_EQ(error_of([&] { describe({{"taskDefinition", "web:1"}}); }),
            "ClientException: Unable to describe task definition.");
  deregister("web:2");
  delete_({"web:2"});
  sweep(Seconds{7200});
  EXPECT_EQ(families(Json::object())["families"], Json::array());
  EXPECT_EQ(registered("web"), arn("web:3"));
}

TEST_F(Definitions, a_deleted_revision_stays_while_a_stopped_task_of_it_is_shown) {
  registered("web");
  deregister("web:1");
  delete_({"web:1"});
  model::Task task;
  task.scope = scope;
  task.cluster = "main";
  task.id = std::string(32, 'a');
  task.arn = model::task_arn(task.scope, task.cluster, task.id);
  task.definition_arn = arn("web:1");
  task.last_status = model::TaskStatus::Stopped;
  task.desired_status = model::DesiredStatus::Stopped;
  task.stopped_at = task.created_at = task.updated_at = now;
  task.cleaned = true;
  store().write([&](store::Transaction& t) { t.put(task); });
  const auto sweep = [&] {
    store().write([&](store::Transaction& t) { purge_deleted_definitions(t, now + Seconds{7200}); });
  };
  sweep();
  EXPECT_EQ(describe({{"taskDefinition", "web:1"}})["taskDefinition"]["status"], "DELETE_IN_PROGRESS");
  store().purge(now + Seconds{1}, now);
  sweep();
  EXPECT_EQ(error_of([&] { describe({{"taskDefinition", "web:1"}}); }),
            "ClientException: Unable to describe task definition.");
}

TEST_F(Definitions, deletion_takes_one_to_ten) {  // 4.6
  EXPECT_EQ(error_of([&] { delete_(Json::array()); }),
            "InvalidParameterException: size of TaskDefinition references list must be greater than 0");
  EXPECT_EQ(error_of([&] { delete_(Json(std::vector<std::string>(11, "a:1"))); }),
            "InvalidParameterException: Size of TaskDefinition references list cannot exceed 10");
}

TEST_F(Definitions, a_list_is_in_order_whole_and_of_the_asked_status) {  // 4.6
  for (int i = 0; i < 12; ++i) registered("b");
  registered("a");
  registered("bb");
  deregister("b:10");
  const auto arns = [&](const Json& request) { return list(request)["taskDefinitionArns"]; };
  EXPECT_EQ(arns({{"familyPrefix", "bb"}}), Json({arn("bb:1")}));
  EXPECT_EQ(arns({{"familyPrefix", "b"}}).size(), 11U);  // exact, not a prefix
  EXPECT_EQ(arns({{"familyPrefix", "b"}, {"status", "INACTIVE"}}), Json({arn("b:10")}));
  for (const char* sort : {"ASC", "DESC"}) {
    Json all = Json::array();
    Json request{{"maxResults", 3}, {"sort", sort}};
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = list(request);
      for (const auto& one : page["taskDefinitionArns"]) all.push_back(one);
      if (!page.contains("nextToken")) break;
      EXPECT_EQ(page["taskDefinitionArns"].size(), 3U);
      request["nextToken"] = page["nextToken"];
    }
    EXPECT_EQ(all, arns({{"sort", sort}}));
    ASSERT_EQ(all.size(), 13U);
    EXPECT_EQ(all[0], std::string(sort) == "ASC" ? arn("a:1") : arn("bb:1"));
    EXPECT_EQ(all[1], std::string(sort) == "ASC" ? arn("b:1") : arn("b:12"));
  }
}

TEST_F(Definitions, families_are_listed_by_prefix_and_status) {  // 4.6
  for (const char* family : {"web", "web-2", "worker", "db"}) registered(family);
  deregister("worker:1");
  const auto names = [&](const Json& request) { return families(request)["families"]; };
  EXPECT_EQ(names(Json::object()), Json({"db", "web", "web-2", "worker"}));
  EXPECT_EQ(names({{"familyPrefix", "w"}}), Json({"web", "web-2", "worker"}));
  EXPECT_EQ(names({{"familyPrefix", "w"}, {"status", "ACTIVE"}}), Json({"web", "web-2"}));
  EXPECT_EQ(names({{"status", "INACTIVE"}}), Json({"worker"}));
  const auto first = families({{"maxResults", 2}});
  EXPECT_EQ(first["families"], Json({"db", "web"}));
  const auto second = families({{"maxResults", 2}, {"nextToken", first["nextToken"]}});
  EXPECT_EQ(second["families"], Json({"web-2", "worker"}));
  EXPECT_FALSE(second.contains("nextToken"));
}

TEST_F(Definitions, a_token_belongs_to_its_request) {  // 1.5
  for (int i = 0; i < 3; ++i) registered("a");
  const auto token = list({{"maxResults", 1}})["nextToken"].get<std::string>();
  const std::string refused = "InvalidParameterException: Invalid token";
  EXPECT_EQ(error_of([&] { list({{"nextToken", token + "A"}}); }), refused);
  EXPECT_EQ(error_of([&] { list({{"nextToken", "x"}}); }), refused);
  EXPECT_EQ(error_of([&] { list({{"nextToken", token}, {"sort", "DESC"}}); }), refused);
  EXPECT_EQ(error_of([&] { families({{"nextToken", token}}); }), refused);
  scope.account = "000000000000";
  EXPECT_EQ(error_of([&] { list({{"nextToken", token}}); }), refused);
}

TEST_F(Definitions, members_that_do_not_act_are_named) {
  Json request = plain("x");
  request["containerDefinitions"][0]["secrets"] = {{{"name", "A"}, {"valueFrom", "p"}}};
  request["volumes"] = {{{"name", "v"}, {"efsVolumeConfiguration", {{"fileSystemId", "fs-1"}}}}};
  register_(request);
  const auto definition = store().model().find_definition(arn("x:1"));
  EXPECT_EQ(unsupported_members(*definition->document),
            (std::vector<std::string>{"containerDefinitions[].secrets", "volumes[].efsVolumeConfiguration"}));
}

TEST_F(Definitions, log_drivers_of_the_engine_and_placement_constraints_act) {
  Json request = plain("x");
  request["containerDefinitions"][0]["logConfiguration"] = {{"logDriver", "syslog"}};
  request["placementConstraints"] = {
      {{"type", "memberOf"}, {"expression", "attribute:ecs.os-type == linux"}}};
  register_(request);
  EXPECT_TRUE(unsupported_members(*store().model().find_definition(arn("x:1"))->document).empty());
  request["containerDefinitions"][0]["logConfiguration"] = {
      {"logDriver", "awslogs"}, {"options", {{"awslogs-group", "g"}, {"awslogs-region", "us-east-1"}}}};
  register_(request);
  EXPECT_EQ(unsupported_members(*store().model().find_definition(arn("x:2"))->document),
            (std::vector<std::string>{"containerDefinitions[].logConfiguration"}));
}

}  // namespace
}  // namespace slipway::services::ecs
