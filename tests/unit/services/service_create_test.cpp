#include <regex>

#include "unit/services/service_fixture.h"

namespace slipway::services::test {
namespace {

class NewServices : public ServiceFixture {
 protected:
  std::string refused(const Json& more) { return error_of("CreateService", wish(more)); }
};
class StrictServices : public ServiceFixture {
 protected:
  StrictServices() : ServiceFixture(EcsSettings{.strict = true}) {}
};

TEST_F(NewServices, have_the_shape_that_ecs_gives_on_fargate) {
  auto service = create(fargate_wish());
  const std::string revision = service["deployments"][0]["id"];
  const std::string deployment = service["currentServiceDeployment"];
  EXPECT_TRUE(std::regex_match(revision, std::regex("ecs-svc/[1-9][0-9]{18}"))) << revision;
  EXPECT_TRUE(std::regex_match(
      deployment,
      std::regex("arn:aws:ecs:us-east-1:000000000000:service-deployment/default/s/[A-Za-z0-9_-]{21}")))
      << deployment;
  service.erase("currentServiceDeployment");
  service["deployments"][0].erase("id");
  EXPECT_EQ(service["deployments"][0]["rolloutStateReason"], "ECS deployment " + revision + " in progress.");
  service["deployments"][0].erase("rolloutStateReason");
  EXPECT_EQ(service, Json::parse(R"({
    "serviceArn": "arn:aws:ecs:us-east-1:000000000000:service/default/s", "serviceName": "s",
    "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/default", "loadBalancers": [], "serviceRegistries": [],
    "status": "ACTIVE", "desiredCount": 2, "runningCount": 0, "pendingCount": 0, "launchType": "FARGATE",
    "platformVersion": "LATEST", "platformFamily": "Linux",
    "taskDefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/app:1",
    "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": false, "rollback": false}, "maximumPercent": 200,
      "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0},
    "deployments": [{"status": "PRIMARY", "taskDefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/app:1",
      "desiredCount": 2, "pendingCount": 0, "runningCount": 0, "failedTasks": 0, "createdAt": 1700000000.123,
      "updatedAt": 1700000000.123, "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux",
      "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": [],
        "assignPublicIp": "DISABLED"}}, "rolloutState": "IN_PROGRESS"}],
    "roleArn": "arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "events": [], "createdAt": 1700000000.123, "currentServiceRevisions": [], "placementConstraints": [],
    "placementStrategy": [], "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"],
      "securityGroups": [], "assignPublicIp": "DISABLED"}}, "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "ECS"}, "createdBy": "arn:aws:iam::000000000000:root",
    "enableECSManagedTags": false, "propagateTags": "NONE", "enableExecuteCommand": false,
    "availabilityZoneRebalancing": "ENABLED", "resourceManagementType": "CUSTOMER"})"));
}

TEST_F(NewServices, on_instances_have_no_network_platform_or_role) {
  const auto service = create(wish());
  EXPECT_EQ(service["launchType"], "EC2");
  for (const auto* absent : {"networkConfiguration", "platformVersion", "platformFamily", "roleArn", "tags",
                             "healthCheckGracePeriodSeconds", "capacityProviderStrategy"}) {
    EXPECT_FALSE(service.contains(absent)) << absent;
    EXPECT_FALSE(service["deployments"][0].contains(absent)) << absent;
  }
}

TEST_F(NewServices, have_a_revision_with_the_digits_of_their_deployment) {
  const auto service = create(fargate_wish());
  const std::string id = service["deployments"][0]["id"].get<std::string>().substr(8);
  const auto row = service_deployment(service["currentServiceDeployment"]);
  const std::string arn = row["targetServiceRevision"]["arn"];
  EXPECT_EQ(arn, std::string(kArn) + "service-revision/default/s/" + id);
  EXPECT_EQ(row["status"], "PENDING");
  EXPECT_EQ(row["sourceServiceRevisions"], Json::array());
  EXPECT_EQ(row["targetServiceRevision"]["requestedTaskCount"], 2);
  EXPECT_EQ(row["deploymentCircuitBreaker"],
            Json::parse(R"({"status": "DISABLED", "failureCount": 0, "threshold": 3})"));
  EXPECT_EQ(row["alarms"], Json::parse(R"({"status": "DISABLED"})"));
  EXPECT_EQ(row["deploymentConfiguration"]["alarms"],
            Json::parse(R"({"alarmNames": [], "rollback": false, "enable": false})"));
  const auto described = call("DescribeServiceRevisions", {{"serviceRevisionArns", Json::array({arn})}});
  EXPECT_EQ(described["serviceRevisions"][0], Json::parse(R"({"serviceRevisionArn": ")" + arn + R"(",
    "serviceArn": "arn:aws:ecs:us-east-1:000000000000:service/default/s",
    "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/default",
    "taskDefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/app:1", "launchType": "FARGATE",
    "platformVersion": "1.4.0", "platformFamily": "Linux", "networkConfiguration": {"awsvpcConfiguration":
      {"subnets": ["subnet-1"], "securityGroups": [], "assignPublicIp": "DISABLED"}},
    "containerImages": [{"containerName": "app", "image": "app:1"}], "guardDutyEnabled": false,
    "serviceConnectConfiguration": {"enabled": false}, "createdAt": 1700000000.123})"));
}

TEST_F(NewServices, under_a_default_strategy_show_it_in_place_of_a_launch_type) {
  call("CreateCluster",
       Json::parse(R"({"clusterName": "spot", "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]})"));
  auto request = fargate_wish({{"cluster", "spot"}});
  request.erase("launchType");
  const auto service = create(request);
  const auto strategy = Json::parse(R"([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}])");
  EXPECT_EQ(service["capacityProviderStrategy"], strategy);
  EXPECT_EQ(service["deployments"][0]["capacityProviderStrategy"], strategy);
  EXPECT_FALSE(service.contains("launchType"));
  EXPECT_EQ(service["platformVersion"], "LATEST");
}

TEST_F(NewServices, echo_what_they_were_given) {
  const auto given =
      Json::parse(R"({"deploymentConfiguration": {"maximumPercent": 150, "minimumHealthyPercent": 50,
      "deploymentCircuitBreaker": {"enable": true, "rollback": true}, "alarms": {"alarmNames": [], "enable": false,
      "rollback": false}}, "healthCheckGracePeriodSeconds": 7, "enableECSManagedTags": true,
    "propagateTags": "SERVICE", "availabilityZoneRebalancing": "DISABLED", "schedulingStrategy": "REPLICA",
    "placementStrategy": [{"type": "spread", "field": "instanceId"}], "placementConstraints":
      [{"type": "distinctInstance"}], "tags": [{"key": "k", "value": "v"}], "deploymentController": {"type": "ECS"}})");
  const auto service = create(wish(given));
  for (const auto& [name, value] : given.items()) {
    if (name == "deploymentConfiguration") continue;
    EXPECT_EQ(service[name], value) << name;
  }
  auto configuration = given["deploymentConfiguration"];
  configuration.update(Json::parse(R"({"strategy": "ROLLING", "bakeTimeInMinutes": 0})"));
  EXPECT_EQ(service["deploymentConfiguration"], configuration);
  const auto kept = store_->model().find_service(service_arn());
  EXPECT_EQ(kept->maximum_percent, 150);
  EXPECT_EQ(kept->minimum_healthy_percent, 50);
  EXPECT_TRUE(kept->circuit_breaker);
  EXPECT_TRUE(kept->rollback);
  EXPECT_EQ(kept->health_check_grace_seconds, 7);
}

TEST_F(NewServices, are_balanced_over_zones_by_default_where_that_can_be) {
  const auto rebalancing = [&](const char* name, const Json& more) {
    Json request = wish(more);
    request["serviceName"] = name;
    return create(request)["availabilityZoneRebalancing"];
  };
  EXPECT_EQ(rebalancing("a", Json::object()), "ENABLED");
  EXPECT_EQ(rebalancing("b", Json::parse(R"({"deploymentConfiguration": {"maximumPercent": 100,
    "minimumHealthyPercent": 0}})")),
            "DISABLED");
  EXPECT_EQ(rebalancing("c", Json::parse(R"({"placementStrategy": [{"type": "random"}]})")), "DISABLED");
}

TEST_F(NewServices, are_made_once_by_the_same_request) {
  const auto first = create(wish());
  EXPECT_EQ(create(wish())["currentServiceDeployment"], first["currentServiceDeployment"]);
  const std::string other = "InvalidParameterException: Creation of service was not idempotent.";
  EXPECT_EQ(refused({{"desiredCount", 3}}), other);
  EXPECT_EQ(refused({{"propagateTags", "SERVICE"}}), other);
  EXPECT_EQ(refused({{"clientToken", "t"}}), other);
  EXPECT_EQ(refused({{"tags", Json::parse(R"([{"key": "k", "value": "v"}])")}}), other);
}

TEST_F(NewServices, are_made_once_by_their_token_also_when_they_were_updated_since) {
  const Json token{{"clientToken", "t"}};
  const auto first = create(wish(token));
  update({{"desiredCount", 5}});
  const auto again = create(wish(token));
  EXPECT_EQ(again["currentServiceDeployment"], first["currentServiceDeployment"]);
  EXPECT_EQ(again["desiredCount"], 5);
  const std::string other = "InvalidParameterException: Creation of service was not idempotent.";
  EXPECT_EQ(refused({{"clientToken", "t"}, {"serviceName", "z"}}), other);
  EXPECT_EQ(refused({{"clientToken", "u"}}), other);
}

TEST_F(NewServices, take_the_place_of_one_that_is_inactive_but_not_of_one_that_drains) {
  const auto first = create(wish());
  const auto arn = service_arn();
  store_->write([&](store::Transaction& transaction) {
    transaction.add_event(arn, {.id = "e", .created_at = caller_.now.control, .message = "old"});
  });
  call("DeleteService", {{"service", "s"}, {"force", true}});
  EXPECT_EQ(error_of("CreateService", wish()),
            "InvalidParameterException: Unable to Start a service that is still Draining.");
  change_service([](model::Service& service) { service.status = model::ServiceStatus::Inactive; });
  pass(Millis{5000});
  const auto second = create(wish());
  EXPECT_EQ(second["status"], "ACTIVE");
  EXPECT_EQ(second["createdAt"], 1700000005.123);
  EXPECT_EQ(second["events"], Json::array());
  EXPECT_EQ(describe()["events"], Json::array());
  EXPECT_NE(second["currentServiceDeployment"], first["currentServiceDeployment"]);
  const auto rows = call("ListServiceDeployments", {{"service", "s"}})["serviceDeployments"];
  EXPECT_EQ(rows.size(), 1U);
}

struct Refusal {
  const char* more;   // over a valid request
  const char* error;  // its beginning
};

class ServiceRefusals : public NewServices, public ::testing::WithParamInterface<Refusal> {};

TEST_P(ServiceRefusals, have_the_class_and_words_of_ecs) {
  const auto error = refused(Json::parse(GetParam().more));
  EXPECT_TRUE(error.starts_with(GetParam().error)) << error;
  EXPECT_EQ(call("ListServices", Json::object())["serviceArns"], Json::array());
}

#define IPE "InvalidParameterException: "
#define UNSERVED "UnsupportedFeatureException: Slipway does not serve "
constexpr const char* kNet =
    R"("networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}})";

INSTANTIATE_TEST_SUITE_P(
    Of, ServiceRefusals,
    ::testing::Values(
        Refusal{R"({"cluster": "none"})", "ClusterNotFoundException: Cluster not found."},
        Refusal{R"({"taskDefinition": "none"})", "ClientException: TaskDefinition not found."},
        Refusal{R"({"taskDefinition": null})", "ClientException: TaskDefinition can not be blank."},
        Refusal{R"({"serviceName": "a b"})",
                IPE R"(ServiceName must match ^[a-zA-Z0-9\-_]{1,255}$, but was a b)"},
        Refusal{R"({"desiredCount": null})", IPE "desiredCount should not be null or empty."},
        Refusal{R"({"desiredCount": 5001})", IPE "desiredCount must be between 0 and 5000"},
        Refusal{R"({"clientToken": "1234567890123456789012345678901234567"})", IPE "clientToken must be"},
        Refusal{R"({"launchType": "ec2"})", IPE "launch type should be one of [EC2,FARGATE,EXTERNAL"},
        Refusal{R"({"launchType": "FARGATE"})", IPE "Task definition does not support launch_type FARGATE."},
        Refusal{R"({"launchType": "EXTERNAL"})", UNSERVED "the launch type EXTERNAL yet."},
        Refusal{R"({"platformVersion": "LATEST"})",
                IPE "The platform version must be null when specifying an EC2"},
        Refusal{R"({"taskDefinition": "app"})",
                IPE "Network Configuration must be provided when networkMode 'awsvpc' is specified."},
        Refusal{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}})",
                IPE "Network Configuration is not valid for the given networkMode of this task definition."},
        Refusal{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}})",
                IPE "subnets can not be empty."},
        Refusal{R"({"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]})",
                IPE "Specifying both a launch type and capacity provider strategy is not supported."},
        Refusal{R"({"capacityProviderStrategy": [{"capacityProvider": "mine"}]})",
                IPE "The specified capacity provider strategy cannot contain a capacity provider that is not "
                    "associated"},
        Refusal{
            R"({"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}})", IPE
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."},
        Refusal{R"({"deploymentConfiguration": {"minimumHealthyPercent": 101}})",
                IPE "minimumHealthyPercent must be at most 100"},
        Refusal{R"({"placementStrategy": [{"type": "binpack", "field": "x"}]})",
                IPE "binpack field 'x' is invalid"},
        Refusal{R"({"placementStrategy": [{"type": "random", "field": "x"}]})",
                IPE "random field should not be specified"},
        Refusal{R"({"placementConstraints": [{"type": "distinctInstance", "expression": "x"}]})",
                IPE "distinctInstance expression should not be specified"},
        Refusal{R"({"enableExecuteCommand": true})",
                IPE "The service couldn't be created because a valid taskRoleArn is not being used."},
        Refusal{R"({"role": "r"})",
                IPE "IAM roles are only valid for services configured to use load balancers"},
        Refusal{R"({"schedulingStrategy": "DAEMON"})",
                IPE "The daemon scheduling strategy does not support a desired count for services."},
        Refusal{R"({"schedulingStrategy": "DAEMON", "desiredCount": null})",
                UNSERVED "the scheduling strategy DAEMON yet."},
        Refusal{
            R"({"schedulingStrategy": "DAEMON", "desiredCount": null, "availabilityZoneRebalancing": "ENABLED"})",
            IPE
            "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON"},
        Refusal{
            R"({"availabilityZoneRebalancing": "ENABLED", "deploymentConfiguration": {"maximumPercent": 100,
                    "minimumHealthyPercent": 0}})",
            IPE "The service couldn't be created because Availability Zone Rebalancing does not support"},
        Refusal{R"({"tags": [{"key": "aws:x", "value": ""}]})", IPE "Tag keys starting with 'aws:'"}));

INSTANTIATE_TEST_SUITE_P(
    OfWhatIsNotServed, ServiceRefusals,
    ::testing::Values(
        Refusal{R"({"loadBalancers": [{"targetGroupArn": "t", "containerName": "x", "containerPort": 80}]})",
                IPE "The container x does not exist in the task definition."},
        Refusal{
            R"({"loadBalancers": [{"targetGroupArn": "t", "containerName": "app", "containerPort": 80}]})",
            IPE "The container app did not have a container port 80 defined."},
        Refusal{R"({"loadBalancers": [{"targetGroupArn": "t", "loadBalancerName": "l"}]})",
                IPE "loadBalancerName and targetGroupArn cannot both be specified."},
        Refusal{R"({"loadBalancers": [{"targetGroupArn": "t"}, {"loadBalancerName": "l"}]})",
                IPE "All loadBalancers must be strictly either ELBv1"},
        Refusal{R"({"serviceRegistries": [{}, {}]})", IPE "service registries can have at most 1 items"},
        Refusal{R"({"serviceRegistries": [{"registryArn": "r"}]})", UNSERVED "service discovery"},
        Refusal{R"({"serviceConnectConfiguration": {"enabled": true}})", IPE "Namespace is missing"},
        Refusal{
            R"({"serviceConnectConfiguration": {"enabled": true, "namespace": "n", "services": [{"portName": "p"}]}})",
            IPE "portName(p) does not refer to any named PortMapping in the container definitions"},
        Refusal{R"({"serviceConnectConfiguration": {"enabled": true, "namespace": "n"}})",
                UNSERVED "Service Connect"},
        Refusal{R"({"vpcLatticeConfigurations": [{"roleArn": "r", "targetGroupArn": "t", "portName": "p"}]})",
                UNSERVED "VPC Lattice"},
        Refusal{
            R"({"volumeConfigurations": [{"name": "v"}]})", IPE
            "The volume name 'v' in your request does not have a matching volume in your Task Definition"},
        Refusal{R"({"deploymentController": {"type": "EXTERNAL"}})", IPE "TaskDefinition must be blank."},
        Refusal{R"({"deploymentController": {"type": "EXTERNAL"}, "taskDefinition": null})",
                UNSERVED "the deployment controller EXTERNAL"},
        Refusal{R"({"deploymentController": {"type": "CODE_DEPLOY"}})",
                IPE "When specifying the CODE_DEPLOY deployment controller type, the service requires"},
        Refusal{R"({"deploymentConfiguration": {"strategy": "BLUE_GREEN"}})",
                UNSERVED "the deployment strategy BLUE_GREEN"},
        Refusal{R"({"deploymentConfiguration": {"bakeTimeInMinutes": 5}})", UNSERVED "bakeTimeInMinutes"},
        Refusal{R"({"deploymentConfiguration": {"lifecycleHooks": [{"targetType": "x"}]}})",
                IPE "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"},
        Refusal{R"({"deploymentConfiguration": {"lifecycleHooks": [{"targetType": "PAUSE"}]}})",
                UNSERVED "deployment lifecycle hooks"},
        Refusal{
            R"({"deploymentConfiguration": {"alarms": {"alarmNames": ["a"], "enable": true, "rollback": true}}})",
            UNSERVED "deployment alarms"}));

TEST_F(NewServices, refuse_a_public_address_on_instances_and_placement_on_fargate) {
  auto request = Json::parse(std::string("{") + kNet + "}");
  request.update({{"taskDefinition", "app"}, {"launchType", "EC2"}});
  call("RegisterTaskDefinition",
       Json::parse(R"({"family": "vpc", "networkMode": "awsvpc", "containerDefinitions":
    [{"name": "app", "image": "app:1", "memory": 4}]})"));
  request["taskDefinition"] = "vpc";
  EXPECT_EQ(refused(request), IPE "Assign public IP is not supported for this launch type.");
  const Json strategy{{"placementStrategy", Json::parse(R"([{"type": "random"}])")}};
  EXPECT_EQ(error_of("CreateService", fargate_wish(strategy)),
            IPE "Placement strategies are not supported with FARGATE launch type.");
}

TEST_F(NewServices, take_empty_lists_as_nothing) {
  const auto service = create(wish(Json::parse(R"({"loadBalancers": [], "serviceRegistries": [],
    "volumeConfigurations": [], "vpcLatticeConfigurations": [], "capacityProviderStrategy": [], "placementStrategy": [],
    "placementConstraints": [], "serviceConnectConfiguration": {"enabled": false}, "tags": [],
    "deploymentConfiguration": {"lifecycleHooks": []}})")));
  EXPECT_EQ(service["loadBalancers"], Json::array());
  EXPECT_EQ(service["launchType"], "EC2");
  EXPECT_FALSE(service["deploymentConfiguration"].contains("lifecycleHooks"));
  EXPECT_EQ(service["deployments"][0]["serviceConnectConfiguration"], Json::parse(R"({"enabled": false})"));
}

TEST_F(StrictServices, on_instances_are_accepted_without_any_instance_and_unknown_subnets_are_not) {
  EXPECT_EQ(create(wish())["status"], "ACTIVE");
  EXPECT_EQ(error_of("CreateService", fargate_wish({{"serviceName", "t"}})), IPE
            "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist "
            "(ErrorCode: InvalidSubnetID.NotFound)");
}

TEST_F(NewServices, of_the_task_definition_that_a_role_is_missing_for_warn_of_exec) {
  call("RegisterTaskDefinition", Json::parse(R"({"family": "role", "taskRoleArn": "r", "containerDefinitions":
    [{"name": "app", "image": "app:1", "memory": 4}]})"));
  EXPECT_EQ(
      create(wish({{"taskDefinition", "role"}, {"enableExecuteCommand", true}}))["enableExecuteCommand"],
      true);
  bool warned = false;
  for (const auto& warning : store_->model().warnings()) {
    warned = warned || warning.resource == service_arn() + " enableExecuteCommand";
  }
  EXPECT_TRUE(warned);
}

}  // namespace
}  // namespace slipway::services::test
