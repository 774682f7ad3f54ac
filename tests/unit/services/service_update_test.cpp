#include "unit/services/service_fixture.h"

namespace slipway::services::test {
namespace {

// A Fargate service with a breaker, two subnets and a strategy, of "app:1"; "app:2" is there.
class UpdatedServices : public ServiceFixture {
 protected:
  UpdatedServices() {
    register_fargate("app");
    first_ = create(Json::parse(R"({"serviceName": "s", "taskDefinition": "app:1", "desiredCount": 2,
      "launchType": "FARGATE", "platformVersion": "LATEST", "networkConfiguration": {"awsvpcConfiguration":
        {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]}}, "deploymentConfiguration":
        {"maximumPercent": 150, "deploymentCircuitBreaker": {"enable": true, "rollback": false}},
      "healthCheckGracePeriodSeconds": 3, "availabilityZoneRebalancing": "DISABLED"})"));
  }
  static std::size_t deployments_of(const Json& service) { return service["deployments"].size(); }
  Json first_;
};

struct Update {
  const char* request;
  bool deploys;
};
class EachUpdate : public UpdatedServices, public ::testing::WithParamInterface<Update> {};

TEST_P(EachUpdate, makes_a_deployment_when_it_changes_what_is_deployed) {
  pass(Millis{1000});
  const auto service = update(Json::parse(GetParam().request));
  EXPECT_EQ(service["currentServiceDeployment"] != first_["currentServiceDeployment"], GetParam().deploys);
  EXPECT_EQ(service["deployments"][0]["id"] != first_["deployments"][0]["id"], GetParam().deploys);
  EXPECT_EQ(describe(), service);
}

INSTANTIATE_TEST_SUITE_P(
    Deploys, EachUpdate,
    ::testing::Values(
        Update{R"({"taskDefinition": "app"})", true}, Update{R"({"taskDefinition": "app:2"})", true},
        Update{R"({"forceNewDeployment": true})", true}, Update{R"({"platformVersion": "1.4.0"})", true},
        Update{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"],
                   "securityGroups": ["sg-1"]}}})",
               true},
        Update{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"]}}})",
               true},
        Update{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"],
                   "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"}}})",
               true}));
INSTANTIATE_TEST_SUITE_P(
    DoesNotDeploy, EachUpdate,
    ::testing::Values(
        Update{"{}", false}, Update{R"({"taskDefinition": "app:1"})", false},
        Update{R"({"taskDefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/app:1"})", false},
        Update{R"({"forceNewDeployment": false})", false}, Update{R"({"platformVersion": "LATEST"})", false},
        Update{R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2", "subnet-1"],
                   "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}}})",
               false},
        Update{R"({"desiredCount": 3})", false}, Update{R"({"desiredCount": 0})", false},
        Update{R"({"deploymentConfiguration": {"minimumHealthyPercent": 50}})", false},
        Update{R"({"availabilityZoneRebalancing": "ENABLED"})", false},
        Update{R"({"healthCheckGracePeriodSeconds": 9})", false},
        Update{R"({"propagateTags": "SERVICE"})", false}, Update{R"({"enableECSManagedTags": true})", false},
        Update{R"({"enableExecuteCommand": false})", false},
        Update{
            R"({"loadBalancers": [], "serviceRegistries": [], "volumeConfigurations": [], "placementStrategy": [],
                   "placementConstraints": [], "capacityProviderStrategy": [], "vpcLatticeConfigurations": [],
                   "serviceConnectConfiguration": {"enabled": false}, "deploymentController": {"type": "ECS"}})",
            false}));

TEST_F(UpdatedServices, merge_their_deployment_configuration_member_by_member) {
  const auto service = update(Json::parse(R"({"deploymentConfiguration": {"minimumHealthyPercent": 25}})"));
  EXPECT_EQ(service["deploymentConfiguration"],
            Json::parse(R"({"maximumPercent": 150, "minimumHealthyPercent": 25,
    "deploymentCircuitBreaker": {"enable": true, "rollback": false}, "strategy": "ROLLING", "bakeTimeInMinutes": 0})"));
  EXPECT_EQ(store_->model().find_service(service_arn())->minimum_healthy_percent, 25);
}

TEST_F(UpdatedServices, keep_the_older_deployment_and_end_its_row) {
  const std::string old = first_["deployments"][0]["id"];
  const auto running = add_task(old);
  add_task(old, model::TaskStatus::Pending);
  pass(Millis{1000});
  const auto service = update({{"taskDefinition", "app"}, {"desiredCount", 4}});
  ASSERT_EQ(deployments_of(service), 2U);
  EXPECT_EQ(service["deployments"][0]["status"], "PRIMARY");
  EXPECT_EQ(service["deployments"][0]["desiredCount"], 4);
  EXPECT_EQ(service["deployments"][1]["status"], "ACTIVE");
  EXPECT_EQ(service["deployments"][1]["id"], old);
  EXPECT_EQ(service["deployments"][1]["desiredCount"], 2) << "what is left of it";
  EXPECT_EQ(service["deployments"][1]["runningCount"], 1);
  EXPECT_EQ(service["deployments"][1]["pendingCount"], 1);
  EXPECT_EQ(service["runningCount"], 1);
  EXPECT_EQ(service["pendingCount"], 1);
  EXPECT_EQ(service_deployment(first_["currentServiceDeployment"])["status"], "STOPPED");
  const auto row = service_deployment(service["currentServiceDeployment"]);
  ASSERT_EQ(row["sourceServiceRevisions"].size(), 1U);
  EXPECT_EQ(row["sourceServiceRevisions"][0]["runningTaskCount"], 1);
  EXPECT_EQ(row["deploymentCircuitBreaker"]["status"], "MONITORING");
  EXPECT_EQ(service["currentServiceRevisions"].size(), 1U) << "the new one has no task yet";
  change_task(running, [](model::Task& task) { task.desired_status = model::DesiredStatus::Stopped; });
  EXPECT_EQ(describe()["deployments"][1]["desiredCount"], 1);
  EXPECT_EQ(describe()["runningCount"], 0) << "a task that is told to stop counts no more";
}

TEST_F(UpdatedServices, switch_between_a_strategy_and_their_launch_type_in_place) {
  call("CreateCluster", Json::parse(R"({"clusterName": "spot", "capacityProviders": ["FARGATE_SPOT"]})"));
  create(fargate_wish({{"cluster", "spot"}}));
  const Json strategy = Json::parse(R"([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}])");
  const auto spot =
      call("UpdateService",
           {{"cluster", "spot"}, {"service", "s"}, {"capacityProviderStrategy", strategy}})["service"];
  EXPECT_EQ(spot["capacityProviderStrategy"], strategy);
  EXPECT_FALSE(spot.contains("launchType"));
  EXPECT_EQ(deployments_of(spot), 1U);
  const auto back =
      call("UpdateService",
           {{"cluster", "spot"}, {"service", "s"}, {"capacityProviderStrategy", Json::array()}})["service"];
  EXPECT_EQ(back["launchType"], "FARGATE");
  EXPECT_FALSE(back.contains("capacityProviderStrategy"));
}

TEST_F(UpdatedServices, keep_a_task_definition_that_was_deregistered_but_take_none) {
  call("DeregisterTaskDefinition", {{"taskDefinition", "app:1"}});
  EXPECT_EQ(update({{"desiredCount", 7}})["desiredCount"], 7);
  EXPECT_EQ(deployments_of(update({{"forceNewDeployment", true}})), 2U);
  EXPECT_EQ(update_error({{"taskDefinition", "app:1"}}), "ClientException: TaskDefinition is inactive");
  call("DeleteTaskDefinitions", {{"taskDefinitions", Json::array({"app:1"})}});
  ecs_->sweep(caller_.now.control + std::chrono::hours{2});
  EXPECT_EQ(call("DescribeTaskDefinition", {{"taskDefinition", "app:1"}})["taskDefinition"]["status"],
            "DELETE_IN_PROGRESS");
  update({{"taskDefinition", "app:2"}});
  change_service([](model::Service& service) { service.deployments.resize(1); });
  ecs_->sweep(caller_.now.control + std::chrono::hours{2});
  EXPECT_EQ(error_of("DescribeTaskDefinition", {{"taskDefinition", "app:1"}}),
            "ClientException: Unable to describe task definition.");
}

TEST_F(UpdatedServices, refuse_what_ecs_refuses) {
  EXPECT_EQ(error_of("UpdateService", {{"service", "none"}}), "ServiceNotFoundException: Service not found.");
  EXPECT_EQ(error_of("UpdateService", {{"service", "s"}, {"cluster", "none"}}),
            "ClusterNotFoundException: Cluster not found.");
  EXPECT_EQ(error_of("UpdateService", {{"service", std::string(kArn) + "service/other/s"}}),
            "ServiceNotFoundException: Service not found.");
  EXPECT_EQ(update_error({{"taskDefinition", "none"}}), "ClientException: TaskDefinition not found.");
  EXPECT_EQ(
      update_error({{"taskDefinition", "web"}}),
      "InvalidParameterException: Network Configuration is not valid for the given networkMode of this task "
      "definition.");
  EXPECT_EQ(update_error(Json::parse(R"({"availabilityZoneRebalancing": "ENABLED", "deploymentConfiguration":
    {"maximumPercent": 100, "minimumHealthyPercent": 50}})"))
                .substr(0, 91),
            "InvalidParameterException: The service couldn't be updated because Availability Zone Rebala");
  EXPECT_EQ(update_error(Json::parse(R"({"deploymentController": {"type": "CODE_DEPLOY"}})")),
            "UnsupportedFeatureException: Slipway does not serve the deployment controller CODE_DEPLOY yet.");
  EXPECT_EQ(describe(), first_) << "nothing of that changed it";
  for (const auto status : {model::ServiceStatus::Draining, model::ServiceStatus::Inactive}) {
    change_service([&](model::Service& service) { service.status = status; });
    EXPECT_EQ(update_error(Json::object()), "ServiceNotActiveException: Service was not ACTIVE.");
  }
}

TEST_F(UpdatedServices, are_not_written_when_nothing_changes) {
  const auto before = store_->model().find_service(service_arn());
  EXPECT_EQ(update({{"desiredCount", 2}, {"taskDefinition", "app:1"}}), first_);
  EXPECT_EQ(store_->model().find_service(service_arn()), before);
}

class DeletedServices : public ServiceFixture {
 protected:
  std::string refused(const Json& more = Json::object()) {
    Json request{{"service", "s"}};
    request.update(more);
    return error_of("DeleteService", request);
  }
};

TEST_F(DeletedServices, need_force_while_they_are_scaled_up) {
  create(wish());
  EXPECT_EQ(refused(),
            "InvalidParameterException: The service cannot be stopped while it is scaled above 0.");
  EXPECT_EQ(refused({{"force", false}}), refused());
  EXPECT_EQ(error_of("DeleteService", {{"service", "none"}}), "ServiceNotFoundException: Service not found.");
  const auto deleted = call("DeleteService", {{"service", "s"}, {"force", true}})["service"];
  EXPECT_EQ(deleted["status"], "DRAINING");
  EXPECT_EQ(deleted["desiredCount"], 0);
  EXPECT_EQ(deleted["deployments"].size(), 1U);
  EXPECT_EQ(service_deployment(deleted["currentServiceDeployment"])["status"], "STOPPED");
  EXPECT_EQ(call("DeleteService", {{"service", "s"}})["service"]["status"], "DRAINING");
  change_service([](model::Service& service) { service.status = model::ServiceStatus::Inactive; });
  EXPECT_EQ(refused(), "ServiceNotFoundException: Service not found.");
}

TEST_F(DeletedServices, need_force_while_an_older_deployment_has_tasks_to_run) {
  const auto first = create(wish());
  const auto task = add_task(first["deployments"][0]["id"]);
  update({{"forceNewDeployment", true}, {"desiredCount", 0}});
  EXPECT_EQ(refused(),
            "InvalidParameterException: The service cannot be stopped while deployments are active.");
  change_task(task, [](model::Task& changed) { changed.desired_status = model::DesiredStatus::Stopped; });
  EXPECT_EQ(refused(), "");
}

}  // namespace
}  // namespace slipway::services::test
