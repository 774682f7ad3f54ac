#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {
namespace {

class RunTask : public EcsFixture {
 protected:
  RunTask() { create_cluster(); }
  std::string warning_kinds() {
    std::set<std::string> kinds;
    for (const auto& warning : store_->model().warnings()) kinds.insert(warning.kind);
    std::string text;
    for (const auto& kind : kinds) text += kind + " ";
    return text;
  }
};

TEST_F(RunTask, on_the_local_engine_answers_a_pending_task) {
  register_bridge("web");
  const auto answer = call("RunTask", {{"taskDefinition", "web"}, {"startedBy", "me"}});
  ASSERT_EQ(answer["tasks"].size(), 1U);
  EXPECT_EQ(answer["failures"], Json::array());
  auto task = answer["tasks"][0];
  const auto instance = call("ListContainerInstances", Json::object())["containerInstanceArns"][0];
  const auto arn = task["taskArn"].get<std::string>();
  EXPECT_EQ(arn.size(), (std::string(kArn) + "task/default/").size() + 32);
  const auto container = task["containers"][0];
  EXPECT_EQ(container["containerArn"].get<std::string>().find(std::string(kArn) + "container/default/"), 0U);
  task["containers"][0].erase("containerArn");
  EXPECT_EQ(task,
            Json({{"taskArn", arn},
                  {"clusterArn", std::string(kArn) + "cluster/default"},
                  {"taskDefinitionArn", std::string(kArn) + "task-definition/web:1"},
                  {"containerInstanceArn", instance},
                  {"attachments", Json::array()},
                  {"attributes", Json::parse(R"([{"name": "ecs.cpu-architecture", "value": "x86_64"}])")},
                  {"availabilityZone", "us-east-1a"},
                  {"containers", Json::array({{{"taskArn", arn},
                                               {"name", "app"},
                                               {"image", "app:1"},
                                               {"lastStatus", "PENDING"},
                                               {"networkBindings", Json::array()},
                                               {"networkInterfaces", Json::array()},
                                               {"healthStatus", "UNKNOWN"},
                                               {"cpu", "10"},
                                               {"memory", "128"}}})},
                  {"cpu", "10"},
                  {"memory", "128"},
                  {"createdAt", 1700000000.123},
                  {"desiredStatus", "RUNNING"},
                  {"lastStatus", "PENDING"},
                  {"healthStatus", "UNKNOWN"},
                  {"enableExecuteCommand", false},
                  {"group", "family:web"},
                  {"startedBy", "me"},
                  {"launchType", "EC2"},
                  {"overrides", Json::parse(R"({"containerOverrides": [{"name": "app"}],
                                                      "inferenceAcceleratorOverrides": []})")},
                  {"tags", Json::array()},
                  {"version", 1}}));
  EXPECT_EQ(warning_kinds(), "local-instance ");
}

TEST_F(RunTask, on_fargate_answers_a_provisioning_task_with_a_precreated_interface) {
  register_fargate("app");
  const auto task = call("RunTask", fargate("app"))["tasks"][0];
  EXPECT_EQ(task["lastStatus"], "PROVISIONING");
  EXPECT_EQ(task["launchType"], "FARGATE");
  EXPECT_EQ(task["platformVersion"], "1.4.0");
  EXPECT_EQ(task["platformFamily"], "Linux");
  EXPECT_EQ(task["cpu"], "256");
  EXPECT_EQ(task["memory"], "512");
  EXPECT_EQ(task["ephemeralStorage"], Json::parse(R"({"sizeInGiB": 20})"));
  EXPECT_EQ(task["fargateEphemeralStorage"], Json::parse(R"({"sizeInGiB": 20})"));
  EXPECT_EQ(task["containers"][0]["cpu"], "0");
  EXPECT_FALSE(task.contains("containerInstanceArn"));
  EXPECT_FALSE(task.contains("capacityProviderName"));
  ASSERT_EQ(task["attachments"].size(), 1U);
  const auto& eni = task["attachments"][0];
  EXPECT_EQ(eni["type"], "ElasticNetworkInterface");
  EXPECT_EQ(eni["status"], "PRECREATED");
  EXPECT_EQ(eni["details"], Json::parse(R"([{"name": "subnetId", "value": "subnet-1"}])"));
  EXPECT_EQ(warning_kinds(), "adopted-subnet ");
  EXPECT_EQ(store_->model().find_subnet(caller_.scope, "subnet-1")->cidr, "172.31.0.0/20");
}

TEST_F(RunTask, without_its_cluster_fails_also_for_the_default_one) {
  register_bridge("web");
  EXPECT_EQ(error_of("RunTask", {{"cluster", "none"}, {"taskDefinition", "web"}}),
            "ClusterNotFoundException: Cluster not found.");
  call("DeleteCluster", {{"cluster", "default"}});
  EXPECT_EQ(error_of("RunTask", {{"taskDefinition", "web"}}),
            "ClusterNotFoundException: The referenced cluster was inactive.");
}

TEST_F(RunTask, checks_in_the_order_of_ecs) {
  register_fargate("app");
  Json request{{"cluster", "none"}, {"taskDefinition", "none"}, {"count", 11}};
  EXPECT_EQ(error_of("RunTask", request), "ClusterNotFoundException: Cluster not found.");
  request.erase("cluster");
  EXPECT_EQ(error_of("RunTask", request), "ClientException: TaskDefinition not found.");
  request["taskDefinition"] = "app";
  EXPECT_EQ(error_of("RunTask", request),
            "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is "
            "specified.");
  request = fargate("app", Json::parse(R"({"count": 11, "platformVersion": "9.9.9",
    "overrides": {"containerOverrides": [{"name": "db"}]}})"));
  EXPECT_EQ(error_of("RunTask", request),
            "PlatformUnknownException: The specified platform does not exist: 9.9.9");
  request.erase("platformVersion");
  EXPECT_EQ(
      error_of("RunTask", request),
      "InvalidParameterException: Override for container named db is not a container in the TaskDefinition.");
  request.erase("overrides");
  EXPECT_EQ(error_of("RunTask", request), "InvalidParameterException: count must be between 1 and 10");
  request["count"] = -2147483648LL;
  EXPECT_EQ(error_of("RunTask", request), "InvalidParameterException: count must be between 1 and 10");
  EXPECT_EQ(error_of("RunTask", Json::object()), "ClientException: TaskDefinition can not be blank.");
}

TEST_F(RunTask, refuses_network_configurations_that_do_not_fit) {
  register_bridge("web");
  auto request = fargate("web");
  EXPECT_EQ(
      error_of("RunTask", request),
      "InvalidParameterException: Network Configuration is not valid for the given networkMode of this task "
      "definition.");
  register_fargate("app");
  request = fargate("app");
  request["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = Json::array();
  EXPECT_EQ(error_of("RunTask", request), "InvalidParameterException: subnets can not be empty.");
  request = fargate("app");
  request["launchType"] = "EC2";
  request["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED";
  EXPECT_EQ(error_of("RunTask", request),
            "InvalidParameterException: Assign public IP is not supported for this launch type.");
}

TEST_F(RunTask, refuses_launch_types_that_do_not_fit) {
  register_bridge("web");
  EXPECT_EQ(error_of("RunTask", {{"taskDefinition", "web"}, {"launchType", "FARGATE"}}),
            "InvalidParameterException: Task definition does not support launch_type FARGATE.");
  EXPECT_EQ(error_of("RunTask", {{"taskDefinition", "web"}, {"launchType", "EXTERNAL"}}),
            "InvalidParameterException: No Container Instances were found in your cluster.");
  EXPECT_EQ(
      error_of("RunTask", {{"taskDefinition", "web"}, {"platformVersion", "LATEST"}}),
      "InvalidParameterException: The platform version must be null when specifying an EC2 launch type.");
  register_fargate("app");
  EXPECT_TRUE(error_of("RunTask", fargate("app", {{"platformVersion", "9"}}))
                  .starts_with("PlatformUnknownException"));
  const auto both = Json::parse(R"({"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]})");
  EXPECT_EQ(error_of("RunTask", fargate("app", both)),
            "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not "
            "supported. "
            "Remove one and try again.");
}

TEST_F(RunTask, spreads_tasks_over_a_strategy) {
  call("CreateCluster",
       Json::parse(R"({"clusterName": "spot", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]})"));
  register_fargate("app");
  auto request = fargate("app", Json::parse(R"({"cluster": "spot", "count": 4, "capacityProviderStrategy":
    [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 2}]})"));
  request.erase("launchType");
  std::map<std::string, int> providers;
  const auto answer = call("RunTask", request);
  for (const auto& task : answer["tasks"]) {
    ++providers[task["capacityProviderName"]];
    EXPECT_EQ(task["launchType"], "FARGATE");
  }
  EXPECT_EQ(providers, (std::map<std::string, int>{{"FARGATE", 2}, {"FARGATE_SPOT", 2}}));
  request["cluster"] = "default";
  EXPECT_NE(error_of("RunTask", request).find("not associated with the cluster"), std::string::npos);
}

TEST_F(RunTask, follows_the_default_strategy_of_the_cluster_when_nothing_is_named) {
  call("CreateCluster", Json::parse(R"({"clusterName": "spot", "capacityProviders": ["FARGATE_SPOT"],
    "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]})"));
  register_fargate("app");
  auto request = fargate("app", {{"cluster", "spot"}});
  request.erase("launchType");
  EXPECT_EQ(call("RunTask", request)["tasks"][0]["capacityProviderName"], "FARGATE_SPOT");
  request["launchType"] = "FARGATE";
  EXPECT_FALSE(call("RunTask", request)["tasks"][0].contains("capacityProviderName"));
}

TEST_F(RunTask, answers_failures_as_data_when_the_engine_is_full) {
  register_bridge("big", {{"memory", 1500}});
  const auto answer = call("RunTask", {{"taskDefinition", "big"}, {"count", 3}});
  EXPECT_EQ(answer["tasks"].size(), 2U);
  const auto instance = call("ListContainerInstances", Json::object())["containerInstanceArns"][0];
  EXPECT_EQ(answer["failures"], Json::array({{{"arn", instance}, {"reason", "RESOURCE:MEMORY"}}}));
}

TEST_F(RunTask, shares_the_engine_between_clusters) {
  create_cluster("other");
  register_bridge("big", {{"memory", 3000}});
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "big"}})["tasks"].size(), 1U);
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "big"}, {"cluster", "other"}})["failures"][0]["reason"],
            "RESOURCE:MEMORY");
}

TEST_F(RunTask, gives_a_fixed_host_port_once) {
  register_bridge("web", Json::parse(R"({"portMappings": [{"containerPort": 80, "hostPort": 8080}]})"));
  const auto answer = call("RunTask", {{"taskDefinition", "web"}, {"count", 2}});
  EXPECT_EQ(answer["tasks"].size(), 1U);
  EXPECT_EQ(answer["failures"][0]["reason"], "RESOURCE:PORTS");
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "web"}})["failures"][0]["reason"], "RESOURCE:PORTS");
  register_bridge("ssh", Json::parse(R"({"portMappings": [{"containerPort": 22, "hostPort": 22}]})"));
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "ssh"}})["failures"][0]["reason"], "RESOURCE:PORTS");
}

TEST_F(RunTask, places_by_architecture) {
  call("RegisterTaskDefinition",
       Json::parse(R"({"family": "arm", "runtimePlatform": {"cpuArchitecture": "ARM64",
    "operatingSystemFamily": "LINUX"}, "containerDefinitions": [{"name": "app", "image": "app", "memory": 64}]})"));
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "arm"}})["failures"][0]["reason"], "ATTRIBUTE");
}

TEST_F(RunTask, applies_overrides_and_shows_them) {
  register_bridge("web");
  const auto overrides = Json::parse(R"({"containerOverrides": [{"name": "app", "command": ["run"], "cpu": 20,
    "memory": 256, "environment": [{"name": "A", "value": "b"}]}], "taskRoleArn": "arn:aws:iam::000000000000:role/r"})");
  const auto task = call("RunTask", {{"taskDefinition", "web"}, {"overrides", overrides}})["tasks"][0];
  EXPECT_EQ(task["overrides"]["containerOverrides"], overrides["containerOverrides"]);
  EXPECT_EQ(task["overrides"]["taskRoleArn"], overrides["taskRoleArn"]);
  EXPECT_EQ(task["cpu"], "20");
  EXPECT_EQ(task["memory"], "256");
  EXPECT_EQ(task["containers"][0]["memory"], "256");
  EXPECT_EQ(warning_kinds(), "adopted-role local-instance ");
}

TEST_F(RunTask, refuses_overrides_that_do_not_fit) {
  register_bridge("web");
  const auto with = [&](const char* overrides) {
    return error_of("RunTask", {{"taskDefinition", "web"}, {"overrides", Json::parse(overrides)}});
  };
  EXPECT_EQ(
      with(R"({"containerOverrides": [{"name": "db"}]})"),
      "InvalidParameterException: Override for container named db is not a container in the TaskDefinition.");
  EXPECT_EQ(with(R"({"ephemeralStorage": {"sizeInGiB": 30}})"),
            "ClientException: Tasks using the EC2 launch type do not support EphemeralStorage");
  EXPECT_EQ(with(R"({"memory": "64"})"),
            "ClientException: The 'memory' setting for container 'app' is greater than for the task");
  EXPECT_EQ(with(R"({"taskRoleArn": "no role"})"), "ClientException: Role is not valid");
  EXPECT_EQ(with(R"({"executionRoleArn": "arn:aws:s3:::bucket"})"), "ClientException: Role is not valid");
  register_fargate("app");
  EXPECT_EQ(
      error_of("RunTask", fargate("app", Json::parse(R"({"overrides": {"cpu": "512", "memory": "512"}})"))),
      "ClientException: No Fargate configuration exists for given values: 512 CPU, 512 memory. See the "
      "Amazon ECS "
      "documentation for the valid values.");
  // Fargate's text, not that of EC2's least task cpu.
  EXPECT_EQ(
      error_of("RunTask", fargate("app", Json::parse(R"({"overrides": {"cpu": "64", "memory": "512"}})"))),
      "ClientException: No Fargate configuration exists for given values: 64 CPU, 512 memory. See the Amazon "
      "ECS documentation for the valid values.");
  EXPECT_EQ(with(R"({"cpu": "64"})"),
            "ClientException: Invalid 'cpu' setting for task. For more information, see the Troubleshooting "
            "section of the Amazon ECS Developer Guide.");
}

TEST_F(RunTask, overrides_the_size_of_a_fargate_task) {
  register_fargate("app");
  const auto task =
      call("RunTask", fargate("app", Json::parse(R"({"overrides": {"cpu": "1 vCPU", "memory": "2 GB",
    "ephemeralStorage": {"sizeInGiB": 30}}})")))["tasks"][0];
  EXPECT_EQ(task["cpu"], "1024");
  EXPECT_EQ(task["memory"], "2048");
  EXPECT_EQ(task["overrides"]["cpu"], "1024");
  EXPECT_EQ(task["fargateEphemeralStorage"]["sizeInGiB"], 30);
}

TEST_F(RunTask, sets_tags_of_the_request_the_definition_and_ecs) {
  call("RegisterTaskDefinition", Json::parse(R"({"family": "web", "tags": [{"key": "a", "value": "1"},
    {"key": "b", "value": "2"}], "containerDefinitions": [{"name": "app", "image": "app", "memory": 64}]})"));
  const auto answer =
      call("RunTask", Json::parse(R"({"taskDefinition": "web", "propagateTags": "TASK_DEFINITION",
    "enableECSManagedTags": true, "tags": [{"key": "b", "value": "3"}, {"key": "c", "value": "4"}]})"));
  EXPECT_EQ(
      answer["tasks"][0]["tags"],
      Json::parse(R"([{"key": "a", "value": "1"}, {"key": "b", "value": "3"}, {"key": "c", "value": "4"},
                            {"key": "aws:ecs:clusterName", "value": "default"}])"));
  const auto service = Json::parse(R"({"taskDefinition": "web", "propagateTags": "SERVICE"})");
  EXPECT_TRUE(error_of("RunTask", service).starts_with("InvalidParameterException: "));
}

TEST_F(RunTask, with_a_client_token_makes_its_tasks_once) {
  register_bridge("web");
  const Json request{{"taskDefinition", "web"}, {"clientToken", "t1"}, {"count", 2}};
  const auto first = call("RunTask", request);
  const auto second = call("RunTask", request);
  EXPECT_EQ(first["tasks"], second["tasks"]);
  EXPECT_EQ(call("ListTasks", Json::object())["taskArns"].size(), 2U);
  auto other = request;
  other["count"] = 1;
  const auto refused = try_call("RunTask", other);
  EXPECT_TRUE(refused.error.starts_with("ConflictException: ")) << refused.error;
  ASSERT_EQ(refused.resource_ids.size(), 2U);
  EXPECT_EQ(first["tasks"][0]["taskArn"], refused.resource_ids[0]);
}

// The first text is quoted in public clients, which tell the tasks of services by their group.
TEST_F(RunTask, refuses_groups_that_only_services_have_and_names_that_are_too_long) {
  register_bridge("web");
  const auto in_group = [](const std::string& group) {
    return Json{{"taskDefinition", "web"}, {"group", group}};
  };
  EXPECT_EQ(error_of("RunTask", in_group("service:web")),
            "InvalidParameterException: Invalid namespace for group.");
  EXPECT_EQ(error_of("RunTask", in_group(std::string(256, 'g'))),
            "InvalidParameterException: group should be at most 255 characters.");
  EXPECT_EQ(call("RunTask", in_group("databases"))["tasks"][0]["group"], "databases");
  EXPECT_EQ(call("RunTask", in_group(""))["tasks"][0]["group"], "family:web");
}

TEST_F(RunTask, refuses_placement_without_a_type) {
  register_bridge("web");
  EXPECT_EQ(
      error_of("RunTask", {{"taskDefinition", "web"}, {"placementStrategy", Json::array({Json::object()})}}),
      "InvalidParameterException: Placement strategy type should not be null or empty.");
  EXPECT_EQ(error_of("RunTask",
                     {{"taskDefinition", "web"}, {"placementConstraints", Json::array({Json::object()})}}),
            "InvalidParameterException: Placement constraint type should not be null or empty.");
}

TEST_F(RunTask, on_an_instance_is_in_the_zone_of_the_instance) {
  call("RegisterTaskDefinition",
       {{"family", "vpc"},
        {"networkMode", "awsvpc"},
        {"containerDefinitions", Json::array({{{"name", "app"}, {"image", "app:1"}, {"memory", 16}}})}});
  for (const char* subnet : {"subnet-1", "subnet-2", "subnet-3"}) {
    const auto task =
        call("RunTask", {{"taskDefinition", "vpc"},
                         {"networkConfiguration",
                          {{"awsvpcConfiguration", {{"subnets", Json::array({subnet})}}}}}})["tasks"][0];
    EXPECT_EQ(task["availabilityZone"], "us-east-1a") << subnet;
  }
}

TEST_F(RunTask, places_one_task_of_a_group_when_instances_must_be_distinct) {
  register_bridge("web");
  const auto request = Json::parse(R"({"taskDefinition": "web", "count": 2, "placementConstraints":
    [{"type": "distinctInstance"}]})");
  EXPECT_EQ(call("RunTask", request)["tasks"].size(), 1U);
  EXPECT_EQ(call("RunTask", request)["failures"][0]["reason"],
            "DistinctInstance placement constraint unsatisfied.");
}

TEST_F(RunTask, acts_on_simple_member_of_expressions_and_refuses_others) {
  register_bridge("web");
  const auto constrained = [](const char* expression) {
    return Json{{"taskDefinition", "web"},
                {"placementConstraints", Json::array({{{"type", "memberOf"}, {"expression", expression}}})}};
  };
  EXPECT_EQ(call("RunTask", constrained("attribute:ecs.os-type == linux"))["tasks"].size(), 1U);
  EXPECT_EQ(call("RunTask", constrained("attribute:ecs.os-type == windows"))["failures"][0]["reason"],
            "MemberOf placement constraint unsatisfied.");
  EXPECT_TRUE(error_of("RunTask", constrained("attribute:ecs.instance-type =~ t2.*"))
                  .starts_with("InvalidParameterException: Invalid placement constraint expression"));
}

TEST_F(RunTask, in_strict_mode_fails_as_aws_where_the_default_helps) {
  start({.strict = true});
  register_bridge("web");
  register_fargate("app");
  EXPECT_EQ(error_of("RunTask", {{"taskDefinition", "web"}}),
            "InvalidParameterException: No Container Instances were found in your cluster.");
  EXPECT_EQ(error_of("RunTask", fargate("app")),
            "InvalidParameterException: Error retrieving subnet information for [subnet-1]: The subnet ID "
            "'subnet-1' "
            "does not exist (ErrorCode: InvalidSubnetID.NotFound)");
  EXPECT_TRUE(call("ListContainerInstances", Json::object())["containerInstanceArns"].empty());
  EXPECT_TRUE(store_->model().warnings().empty());
}

TEST_F(RunTask, that_is_refused_late_leaves_nothing_behind) {
  register_fargate("app");
  const auto request =
      fargate("app", Json::parse(R"({"overrides": {"containerOverrides": [{"name": "x"}]}})"));
  EXPECT_NE(error_of("RunTask", request), "");
  EXPECT_TRUE(store_->model().subnets(caller_.scope).empty());
  EXPECT_TRUE(store_->model().warnings().empty());
}

TEST_F(RunTask, adopts_more_subnets_than_the_vpc_has_ranges_for) {
  register_fargate("app");
  for (int i = 0; i < 20; ++i) {
    auto request = fargate("app");
    request["networkConfiguration"]["awsvpcConfiguration"]["subnets"] =
        Json::array({"subnet-" + std::to_string(i)});
    EXPECT_EQ(call("RunTask", request)["tasks"].size(), 1U);
  }
  EXPECT_EQ(store_->model().subnets(caller_.scope).size(), 20U);
}

}  // namespace
}  // namespace slipway::services::test
