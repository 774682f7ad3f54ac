#include "slipway/model/arn.h"

#include <gtest/gtest.h>

namespace slipway::model {
namespace {

const Scope kScope{.account = "123456789012", .region = "eu-west-1"};

TEST(Arn, splits_into_six_parts_and_keeps_colons_of_the_resource) {
  const auto arn = Arn::parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->partition, "aws");
  EXPECT_EQ(arn->service, "ecs");
  EXPECT_EQ(arn->region, "eu-west-1");
  EXPECT_EQ(arn->account, "123456789012");
  EXPECT_EQ(arn->resource, "task-definition/web:7");
  EXPECT_EQ(arn->type(), "task-definition");
  EXPECT_EQ(arn->rest(), "web:7");
  EXPECT_EQ(arn->str(), "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7");
}

TEST(Arn, knows_resources_without_a_type) {
  const auto arn = Arn::parse("arn:aws:sns:us-east-1:000000000000:topic");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->type(), "topic");
  EXPECT_EQ(arn->rest(), "");
  EXPECT_EQ(Arn::parse("arn:aws:iam::000000000000:root")->region, "");
}

TEST(Arn, refuses_what_has_fewer_than_six_parts_or_another_beginning) {
  for (const auto* text :
       {"", "arn", "arn:", "arn:aws:ecs:us-east-1:000000000000", "Arn:a:b:c:d:e", "default"}) {
    EXPECT_FALSE(Arn::parse(text)) << text;
  }
  EXPECT_TRUE(Arn::parse("arn:::::"));
}

TEST(Arn, is_built_in_the_long_format) {
  EXPECT_EQ(cluster_arn(kScope, "default"), "arn:aws:ecs:eu-west-1:123456789012:cluster/default");
  EXPECT_EQ(task_arn(kScope, "c", "0af1"), "arn:aws:ecs:eu-west-1:123456789012:task/c/0af1");
  EXPECT_EQ(container_arn(kScope, "c", "0af1", "u-u"),
            "arn:aws:ecs:eu-west-1:123456789012:container/c/0af1/u-u");
  EXPECT_EQ(container_instance_arn(kScope, "c", "9"),
            "arn:aws:ecs:eu-west-1:123456789012:container-instance/c/9");
  EXPECT_EQ(service_arn(kScope, "c", "web"), "arn:aws:ecs:eu-west-1:123456789012:service/c/web");
  EXPECT_EQ(service_revision_arn(kScope, "c", "web", "12"),
            "arn:aws:ecs:eu-west-1:123456789012:service-revision/c/web/12");
  EXPECT_EQ(service_deployment_arn(kScope, "c", "web", "a-_9"),
            "arn:aws:ecs:eu-west-1:123456789012:service-deployment/c/web/a-_9");
  EXPECT_EQ(task_definition_arn(kScope, "web", 12),
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:12");
  EXPECT_EQ(root_arn("123456789012"), "arn:aws:iam::123456789012:root");
}

TEST(Arn, follows_the_partition_of_the_region) {
  EXPECT_EQ(cluster_arn({"1", "cn-north-1"}, "c"), "arn:aws-cn:ecs:cn-north-1:1:cluster/c");
  EXPECT_EQ(cluster_arn({"1", "us-gov-west-1"}, "c"), "arn:aws-us-gov:ecs:us-gov-west-1:1:cluster/c");
}

}  // namespace
}  // namespace slipway::model
