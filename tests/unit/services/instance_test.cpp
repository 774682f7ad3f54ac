#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {
namespace {

class ContainerInstances : public EcsFixture {
 protected:
  ContainerInstances() {
    create_cluster();
    register_bridge("web", Json::parse(R"({"portMappings": [{"containerPort": 80, "hostPort": 8080},
                                                            {"containerPort": 53, "hostPort": 53, "protocol": "udp"}]})"));
  }
  Json only() {
    const auto arns = call("ListContainerInstances", Json::object())["containerInstanceArns"];
    return call("DescribeContainerInstances", {{"containerInstances", arns}})["containerInstances"][0];
  }
  static Json resource(const Json& resources, const std::string& name) {
    for (const auto& item : resources) {
      if (item["name"] == name) return item;
    }
    return {};
  }
};

TEST_F(ContainerInstances, are_none_before_the_first_launch_needs_one) {
  EXPECT_EQ(call("ListContainerInstances", Json::object())["containerInstanceArns"], Json::array());
}

TEST_F(ContainerInstances, show_the_engine_and_what_its_tasks_hold) {
  call("RunTask", {{"taskDefinition", "web"}});
  const auto instance = only();
  EXPECT_EQ(instance["status"], "ACTIVE");
  EXPECT_EQ(instance["agentConnected"], true);
  EXPECT_EQ(instance["pendingTasksCount"], 1);
  EXPECT_EQ(instance["runningTasksCount"], 0);
  EXPECT_EQ(instance["versionInfo"], Json::parse(R"({"dockerVersion": "DockerVersion: 20.10.24"})"));
  EXPECT_EQ(resource(instance["registeredResources"], "CPU"),
            Json::parse(R"({"name": "CPU", "type": "INTEGER", "doubleValue": 0.0, "longValue": 0,
                            "integerValue": 2048})"));
  EXPECT_EQ(resource(instance["registeredResources"], "MEMORY")["integerValue"], 4096);
  EXPECT_EQ(resource(instance["remainingResources"], "CPU")["integerValue"], 2038);
  EXPECT_EQ(resource(instance["remainingResources"], "MEMORY")["integerValue"], 3968);
  EXPECT_EQ(resource(instance["registeredResources"], "PORTS")["stringSetValue"].size(), 6U);
  const auto ports = resource(instance["remainingResources"], "PORTS")["stringSetValue"];
  EXPECT_NE(std::find(ports.begin(), ports.end(), "8080"), ports.end());
  EXPECT_EQ(resource(instance["remainingResources"], "PORTS_UDP")["stringSetValue"], Json::array({"53"}));
}

TEST_F(ContainerInstances, stay_the_same_for_a_cluster_and_follow_the_engine) {
  call("RunTask", {{"taskDefinition", "web"}});
  const auto first = only();
  register_bridge("other");
  call("RunTask", {{"taskDefinition", "other"}});
  EXPECT_EQ(only()["containerInstanceArn"], first["containerInstanceArn"]);
  start({});
  EXPECT_EQ(only()["containerInstanceArn"], first["containerInstanceArn"]);
  EXPECT_EQ(only()["version"], first["version"]);
}

TEST_F(ContainerInstances, that_the_engine_has_left_take_no_tasks) {
  engine_answers_ = false;  // when the stand-in is made
  const auto refused = call("RunTask", {{"taskDefinition", "web"}});
  EXPECT_EQ(refused["tasks"], Json::array());
  const auto instance = only();
  EXPECT_EQ(instance["agentConnected"], false);
  EXPECT_EQ(instance["status"], "ACTIVE");
  EXPECT_EQ(refused["failures"],
            Json::array({{{"arn", instance["containerInstanceArn"]}, {"reason", "AGENT"}}}));
  store_->write([&](store::Transaction& transaction) {
    auto known = *transaction.find_instance(instance["containerInstanceArn"].get<std::string>());
    known.agent_connected = true;  // as the agent does
    transaction.put(std::move(known));
  });
  EXPECT_EQ(call("RunTask", {{"taskDefinition", "web"}})["tasks"].size(), 1U);
}

TEST_F(ContainerInstances, that_are_missing_are_failures) {
  const std::string id(32, 'a');
  const auto answer = call("DescribeContainerInstances", {{"containerInstances", Json::array({id})}});
  EXPECT_EQ(answer["failures"], Json::array({{{"arn", std::string(kArn) + "container-instance/default/" + id},
                                              {"reason", "MISSING"}}}));
  EXPECT_EQ(error_of("DescribeContainerInstances", {{"containerInstances", Json::array()}}),
            "InvalidParameterException: Container Instances cannot be empty.");
}

TEST_F(ContainerInstances, are_listed_by_status_and_not_yet_by_filter) {
  call("RunTask", {{"taskDefinition", "web"}});
  EXPECT_EQ(call("ListContainerInstances", {{"status", "ACTIVE"}})["containerInstanceArns"].size(), 1U);
  EXPECT_EQ(call("ListContainerInstances", {{"status", "DRAINING"}})["containerInstanceArns"].size(), 0U);
  EXPECT_TRUE(error_of("ListContainerInstances", {{"filter", "runningTasksCount > 0"}})
                  .starts_with("InvalidParameterException"));
  EXPECT_TRUE(
      error_of("ListContainerInstances", {{"status", "GONE"}}).starts_with("InvalidParameterException"));
}

}  // namespace
}  // namespace slipway::services::test
