#include "unit/services/ecs_fixture.h"

namespace slipway::services::test {
namespace {

class Tags : public EcsFixture {
 protected:
  Tags() {
    create_cluster();
    register_bridge("web");
  }
  Json tags_of(const std::string& arn) { return call("ListTagsForResource", {{"resourceArn", arn}})["tags"]; }
  std::string tag(const std::string& arn, const char* tags) {
    return error_of("TagResource", {{"resourceArn", arn}, {"tags", Json::parse(tags)}});
  }
};

TEST_F(Tags, are_set_replaced_and_removed_on_every_kind_of_resource) {
  const auto task = call("RunTask", {{"taskDefinition", "web"}})["tasks"][0];
  for (const std::string& arn :
       {std::string(kArn) + "cluster/default", std::string(kArn) + "task-definition/web:1",
        task["taskArn"].get<std::string>(), task["containerInstanceArn"].get<std::string>()}) {
    EXPECT_EQ(tag(arn, R"([{"key": "a", "value": "1"}, {"key": "b"}])"), "");
    EXPECT_EQ(tag(arn, R"([{"key": "a", "value": "2"}])"), "");
    EXPECT_EQ(tags_of(arn), Json::parse(R"([{"key": "a", "value": "2"}, {"key": "b", "value": ""}])"));
    call("UntagResource", {{"resourceArn", arn}, {"tagKeys", Json::array({"a", "unknown"})}});
    EXPECT_EQ(tags_of(arn), Json::parse(R"([{"key": "b", "value": ""}])"));
  }
}

TEST_F(Tags, are_refused_by_the_rules_of_tags) {
  const auto arn = std::string(kArn) + "cluster/default";
  EXPECT_EQ(tag(arn, "[]"), "ClientException: Tags can not be empty.");
  EXPECT_TRUE(tag(arn, R"([{"key": "aws:x", "value": ""}])").starts_with("InvalidParameterException"));
  EXPECT_TRUE(tag(arn, R"([{"key": "AWS:x", "value": ""}])").starts_with("InvalidParameterException"));
  EXPECT_TRUE(tag(arn, R"([{"key": "a"}, {"key": "a"}])").starts_with("InvalidParameterException"));
  EXPECT_TRUE(tag(arn, R"([{"value": "a"}])").starts_with("InvalidParameterException"));
  Json many = Json::array();
  for (int i = 0; i < 50; ++i) many.push_back({{"key", std::to_string(i)}});
  EXPECT_EQ(tag(arn, many.dump().c_str()), "");
  EXPECT_EQ(tag(arn, R"([{"key": "one more"}])"),
            "LimitExceededException: The maximum number of tags that can be applied to a resource is 50.");
  EXPECT_EQ(tags_of(arn).size(), 50U);
}

TEST_F(Tags, of_the_system_cannot_be_removed) {
  const auto task = call("RunTask", {{"taskDefinition", "web"}, {"enableECSManagedTags", true}})["tasks"][0];
  const Json request{{"resourceArn", task["taskArn"]}, {"tagKeys", Json::array({"aws:ecs:clusterName"})}};
  EXPECT_TRUE(error_of("UntagResource", request).starts_with("InvalidParameterException"));
}

TEST_F(Tags, of_what_is_not_there_are_errors) {
  EXPECT_EQ(tag(std::string(kArn) + "cluster/none", R"([{"key": "a"}])"),
            "ClusterNotFoundException: Cluster not found.");
  EXPECT_EQ(tag(std::string(kArn) + "task-definition/none:1", R"([{"key": "a"}])"),
            "InvalidParameterException: The specified task definition was not found.");
  EXPECT_TRUE(tag("nonsense", R"([{"key": "a"}])").starts_with("InvalidParameterException"));
  EXPECT_TRUE(
      tag(std::string(kArn) + "volume/x", R"([{"key": "a"}])").starts_with("InvalidParameterException"));
  call("DeleteCluster", {{"cluster", "default"}});
  EXPECT_EQ(tag(std::string(kArn) + "cluster/default", R"([{"key": "a"}])"),
            "InvalidParameterException: The specified cluster is inactive. Specify an active cluster and try "
            "again.");
}

TEST_F(Tags, of_other_accounts_are_out_of_reach) {
  caller_.scope.account = "111111111111";
  EXPECT_EQ(error_of("ListTagsForResource", {{"resourceArn", std::string(kArn) + "cluster/default"}}),
            "ClusterNotFoundException: Cluster not found.");
}

}  // namespace
}  // namespace slipway::services::test
