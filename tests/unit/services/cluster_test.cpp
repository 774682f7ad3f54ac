#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {
namespace {

class Clusters : public EcsFixture {};

TEST_F(Clusters, are_created_with_the_shape_that_ecs_gives) {
  const auto answer = call("CreateCluster", Json::object());
  EXPECT_EQ(answer["cluster"], Json::parse(R"({
    "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/default", "clusterName": "default", "status": "ACTIVE",
    "registeredContainerInstancesCount": 0, "runningTasksCount": 0, "pendingTasksCount": 0, "activeServicesCount": 0,
    "statistics": [], "tags": [], "settings": [{"name": "containerInsights", "value": "disabled"}],
    "capacityProviders": [], "defaultCapacityProviderStrategy": []})"));
}

TEST_F(Clusters, are_created_once_and_come_back_unchanged) {
  call("CreateCluster", Json::parse(R"({"clusterName": "a", "tags": [{"key": "k", "value": "v"}]})"));
  const auto again = call("CreateCluster", {{"clusterName", "a"}});
  EXPECT_EQ(again["cluster"]["tags"], Json::parse(R"([{"key": "k", "value": "v"}])"));
  EXPECT_EQ(call("ListClusters", Json::object())["clusterArns"].size(), 1U);
}

TEST_F(Clusters, refuse_names_and_settings_that_are_none) {
  EXPECT_EQ(error_of("CreateCluster", {{"clusterName", "no spaces"}}),
            R"(InvalidParameterException: ClusterName must match ^[a-zA-Z0-9\-_]{1,255}$)");
  const auto bad = Json::parse(R"({"settings": [{"name": "containerInsights", "value": "on"}]})");
  EXPECT_TRUE(error_of("CreateCluster", bad).starts_with("InvalidParameterException: "));
  EXPECT_TRUE(call("ListClusters", Json::object())["clusterArns"].empty());
}

TEST_F(Clusters, take_fargate_providers_and_show_every_number_of_a_strategy) {
  const auto answer = call("CreateCluster", Json::parse(R"({"capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 1}, {"capacityProvider": "FARGATE_SPOT",
    "weight": 3}]})"));
  EXPECT_EQ(answer["cluster"]["defaultCapacityProviderStrategy"],
            Json::parse(R"([{"capacityProvider": "FARGATE", "weight": 0, "base": 1},
                            {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}])"));
}

TEST_F(Clusters, refuse_strategies_that_ecs_refuses) {
  const auto strategy = [&](const char* providers, const char* items) {
    return error_of("CreateCluster", {{"capacityProviders", Json::parse(providers)},
                                      {"defaultCapacityProviderStrategy", Json::parse(items)}});
  };
  EXPECT_EQ(
      strategy(R"(["mine"])", "[]"),
      "ClientException: The specified capacity provider does not exist. Specify a valid name or ARN and try "
      "again.");
  EXPECT_NE(strategy("[]", R"([{"capacityProvider": "FARGATE"}])").find("is not associated with the cluster"),
            std::string::npos);
  const auto* both = R"(["FARGATE", "FARGATE_SPOT"])";
  EXPECT_NE(strategy(both, R"([{"capacityProvider": "FARGATE"}, {"capacityProvider": "FARGATE_SPOT"}])")
                .find("with a weight value greater than zero"),
            std::string::npos);
  EXPECT_NE(strategy(both, R"([{"capacityProvider": "FARGATE", "base": 1, "weight": 1},
                               {"capacityProvider": "FARGATE_SPOT", "base": 1}])")
                .find("multiple capacity providers"),
            std::string::npos);
}

TEST_F(Clusters, show_only_the_parts_that_are_asked_for) {
  call("CreateCluster", Json::parse(R"({"tags": [{"key": "k", "value": "v"}], "configuration":
    {"executeCommandConfiguration": {"logging": "OVERRIDE", "logConfiguration": {"s3BucketName": "b"}}}})"));
  const auto plain = call("DescribeClusters", Json::object())["clusters"][0];
  EXPECT_EQ(plain["tags"], Json::array());
  EXPECT_EQ(plain["settings"], Json::array());
  EXPECT_EQ(plain["statistics"], Json::array());
  EXPECT_FALSE(plain.contains("configuration"));
  EXPECT_FALSE(plain.contains("attachments"));
  const auto all = call("DescribeClusters", Json::parse(R"({"clusters": ["default"], "include":
    ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]})"))["clusters"][0];
  EXPECT_EQ(all["tags"].size(), 1U);
  EXPECT_EQ(all["settings"].size(), 1U);
  EXPECT_EQ(all["statistics"].size(), 16U);
  EXPECT_EQ(all["attachments"], Json::array());
  EXPECT_EQ(
      all["configuration"]["executeCommandConfiguration"]["logConfiguration"],
      Json::parse(
          R"({"s3BucketName": "b", "s3EncryptionEnabled": false, "cloudWatchEncryptionEnabled": false})"));
}

TEST_F(Clusters, that_are_missing_are_failures_with_full_arns) {
  create_cluster("a");
  const auto answer = call("DescribeClusters", Json::parse(R"({"clusters": ["a", "b", "a",
    "arn:aws:ecs:us-east-1:000000000000:cluster/c", "arn:aws:ecs:eu-west-1:000000000000:cluster/a"]})"));
  EXPECT_EQ(answer["clusters"].size(), 1U);
  EXPECT_EQ(answer["failures"],
            Json::parse(R"([{"arn": "arn:aws:ecs:us-east-1:000000000000:cluster/b", "reason": "MISSING"},
                            {"arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c", "reason": "MISSING"},
                            {"arn": "arn:aws:ecs:eu-west-1:000000000000:cluster/a", "reason": "MISSING"}])"));
}

TEST_F(Clusters, are_listed_in_pages_whose_tokens_belong_to_them) {
  for (const auto* name : {"a", "b", "c"}) create_cluster(name);
  const auto first = call("ListClusters", {{"maxResults", 2}});
  EXPECT_EQ(first["clusterArns"].size(), 2U);
  const auto second = call("ListClusters", {{"maxResults", 2}, {"nextToken", first["nextToken"]}});
  EXPECT_EQ(second["clusterArns"], Json::array({std::string(kArn) + "cluster/c"}));
  EXPECT_FALSE(second.contains("nextToken"));
  EXPECT_EQ(error_of("ListClusters", {{"nextToken", "x"}}), "InvalidParameterException: Invalid token");
  EXPECT_EQ(error_of("ListTasks", {{"cluster", "a"}, {"nextToken", first["nextToken"]}}),
            "InvalidParameterException: Invalid token");
  EXPECT_EQ(call("ListClusters", {{"maxResults", 2}, {"nextToken", ""}}), first);
}

TEST_F(Clusters, stay_describable_after_deletion_and_are_revived_fresh) {
  call("CreateCluster", Json::parse(R"({"clusterName": "a", "tags": [{"key": "k", "value": "v"}]})"));
  EXPECT_EQ(call("DeleteCluster", {{"cluster", "a"}})["cluster"]["status"], "INACTIVE");
  EXPECT_EQ(call("DescribeClusters", {{"clusters", Json::array({"a"})}})["clusters"][0]["status"],
            "INACTIVE");
  EXPECT_TRUE(call("ListClusters", Json::object())["clusterArns"].empty());
  EXPECT_EQ(error_of("ListTasks", {{"cluster", "a"}}),
            "ClusterNotFoundException: The referenced cluster was inactive.");
  const auto revived = call("CreateCluster", {{"clusterName", "a"}})["cluster"];
  EXPECT_EQ(revived["status"], "ACTIVE");
  EXPECT_EQ(revived["tags"], Json::array());
}

TEST_F(Clusters, are_not_deleted_while_tasks_are_active_but_never_for_the_stand_in) {
  create_cluster();
  register_bridge("web");
  const auto arn = call("RunTask", {{"taskDefinition", "web"}})["tasks"][0]["taskArn"].get<std::string>();
  EXPECT_EQ(error_of("DeleteCluster", {{"cluster", "default"}}),
            "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active.");
  change_task(arn, [](model::Task& task) {
    task.last_status = model::TaskStatus::Stopped;
    task.desired_status = model::DesiredStatus::Stopped;
    task.stopped_at = task.created_at;
  });
  EXPECT_EQ(call("DeleteCluster", {{"cluster", "default"}})["cluster"]["registeredContainerInstancesCount"],
            0);
}

TEST_F(Clusters, are_updated_member_by_member) {
  create_cluster();
  const auto updated = call("UpdateCluster", Json::parse(R"({"cluster": "default",
    "settings": [{"name": "containerInsights", "value": "enhanced"}]})"))["cluster"];
  EXPECT_EQ(updated["settings"], Json::parse(R"([{"name": "containerInsights", "value": "enhanced"}])"));
  const auto settings = call("UpdateClusterSettings", Json::parse(R"({"cluster": "default",
    "settings": [{"name": "containerInsights", "value": "enabled"}]})"))["cluster"];
  EXPECT_EQ(settings["settings"][0]["value"], "enabled");
  EXPECT_EQ(error_of("UpdateCluster", {{"cluster", "nope"}}), "ClusterNotFoundException: Cluster not found.");
}

TEST_F(Clusters, refuse_a_service_connect_namespace_that_cannot_exist) {
  const auto request = Json::parse(R"({"serviceConnectDefaults": {"namespace": "ns"}})");
  EXPECT_TRUE(error_of("CreateCluster", request).starts_with("NamespaceNotFoundException: "));
}

TEST_F(Clusters, count_their_tasks_by_launch_type) {
  create_cluster();
  register_bridge("web");
  register_fargate("fargate");
  const auto running = call("RunTask", {{"taskDefinition", "web"}})["tasks"][0]["taskArn"].get<std::string>();
  call("RunTask", fargate("fargate"));
  change_task(running, [](model::Task& task) { task.last_status = model::TaskStatus::Running; });
  const auto cluster = call("DescribeClusters", {{"include", Json::array({"STATISTICS"})}})["clusters"][0];
  EXPECT_EQ(cluster["runningTasksCount"], 1);
  EXPECT_EQ(cluster["pendingTasksCount"], 1);
  EXPECT_EQ(cluster["registeredContainerInstancesCount"], 1);
  std::map<std::string, std::string> statistics;
  for (const auto& item : cluster["statistics"]) statistics[item["name"]] = item["value"];
  EXPECT_EQ(statistics["runningEC2TasksCount"], "1");
  EXPECT_EQ(statistics["pendingFargateTasksCount"], "1");
  EXPECT_EQ(statistics["pendingEC2TasksCount"], "0");
}

TEST_F(Clusters, of_other_accounts_and_regions_are_not_seen) {
  create_cluster("a");
  for (const model::Scope& scope :
       {model::Scope{"111111111111", "us-east-1"}, model::Scope{"000000000000", "eu-west-1"}}) {
    caller_.scope = scope;
    EXPECT_TRUE(call("ListClusters", Json::object())["clusterArns"].empty());
    EXPECT_EQ(error_of("ListTasks", {{"cluster", std::string(kArn) + "cluster/a"}}),
              "ClusterNotFoundException: Cluster not found.");
  }
}

}  // namespace
}  // namespace slipway::services::test
