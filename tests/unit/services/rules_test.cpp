// The table of input rules: every rule can be applied to the shape that it names.
#include "services/rules/rules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "slipway/api/ecs/CreateClusterRequest.h"
#include "slipway/api/ecs/DescribeTasksRequest.h"
#include "slipway/api/ecs/RunTaskRequest.h"
#include "slipway/api/ecs/service.h"
#include "slipway/base/error.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::rules {
namespace {

template <class Request>
std::string error_of(std::string_view operation, std::string_view json) {
  try {
    check_rules(operation, protocol::from_json<Request>(json));
  } catch (const AwsError& error) {
    return error.code() + ": " + error.what();
  }
  return "";
}

TEST(Rules, every_operation_with_rules_is_served_and_sorted) {
  const auto all = all_rules();
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &OperationRules::operation));
  for (const auto& rules : all) {
    const auto* operation = api::find_operation(api::ecs::kServiceTable, rules.operation);
    ASSERT_NE(operation, nullptr) << rules.operation;
    EXPECT_TRUE(operation->served) << rules.operation;
  }
}

TEST(Rules, empty_input_reaches_no_member_that_a_shape_lacks) {
  for (const auto& rules : all_rules()) {
    const auto* operation = api::find_operation(api::ecs::kServiceTable, rules.operation);
    void* input = operation->input->object.create();
    try {
      check_rules(rules.operation, *operation->input, input);
    } catch (const AwsError& error) {
      EXPECT_EQ(error.status(), 400) << rules.operation;
    }
    operation->input->object.destroy(input);
  }
}

TEST(Rules, lists_lengths_words_and_numbers_are_held_against_the_input) {
  using api::ecs::CreateClusterRequest;
  using api::ecs::DescribeTasksRequest;
  using api::ecs::RunTaskRequest;
  EXPECT_EQ(error_of<DescribeTasksRequest>("DescribeTasks", R"({"tasks": []})"),
            "InvalidParameterException: Tasks cannot be empty.");
  EXPECT_EQ(error_of<DescribeTasksRequest>("DescribeTasks", "{}"),
            "InvalidParameterException: Tasks cannot be empty.");
  EXPECT_EQ(error_of<DescribeTasksRequest>("DescribeTasks", R"({"tasks": ["a"], "include": ["X"]})"),
            "InvalidParameterException: Include should be one of [TAGS]");
  EXPECT_EQ(error_of<CreateClusterRequest>("CreateCluster", R"({"clusterName": "a b"})"),
            "InvalidParameterException: ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$");
  EXPECT_EQ(
      error_of<CreateClusterRequest>("CreateCluster", "{\"clusterName\": \"" + std::string(256, 'a') + "\"}"),
      "InvalidParameterException: ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$");
  EXPECT_EQ(error_of<CreateClusterRequest>("CreateCluster", R"({"clusterName": "a-B_9"})"), "");
  EXPECT_EQ(error_of<RunTaskRequest>("RunTask", R"({"taskDefinition": "f", "count": 11})"),
            "InvalidParameterException: count must be between 1 and 10");
  EXPECT_EQ(error_of<RunTaskRequest>("RunTask", R"({"taskDefinition": "f", "overrides":
    {"containerOverrides": [{"name": "a"}, {"name": "b", "memory": 1}]}})"),
            "InvalidParameterException: Invalid 'memory' setting for container 'b'. The value must be "
            "greater than or "
            "equal to 4.");
}

TEST(Rules, one_member_can_be_checked_apart_from_the_others) {
  const auto both = protocol::from_json<api::ecs::RunTaskRequest>(
      R"({"taskDefinition": "f", "count": 0, "launchType": "X"})");
  const auto text_of = [](const auto& check) -> std::string {
    try {
      check();
    } catch (const AwsError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(text_of([&] { check_rules_of("count", "RunTask", both); }), "count must be between 1 and 10");
  EXPECT_EQ(text_of([&] { check_rules_except("count", "RunTask", both); }),
            "launch type should be one of [EC2,FARGATE,EXTERNAL,FMI,MANAGED_INSTANCES]");
  EXPECT_EQ(text_of([&] { check_rules_of("group", "RunTask", both); }), "");
}

TEST(Rules, lengths_count_characters_not_bytes) {
  std::string key;
  for (int i = 0; i < 128; ++i) key += "ß";
  const auto request = [](const std::string& k) { return R"({"tags": [{"key": ")" + k + R"("}]})"; };
  EXPECT_EQ(error_of<api::ecs::CreateClusterRequest>("CreateCluster", request(key)), "");
  EXPECT_EQ(error_of<api::ecs::CreateClusterRequest>("CreateCluster", request(key + "x")),
            "InvalidParameterException: Tag key should be at most 128 characters.");
}

TEST(Rules, an_operation_without_rules_accepts_everything) {
  EXPECT_NO_THROW(check_rules("NoSuchOperation", api::ecs::CreateClusterRequest()));
}

}  // namespace
}  // namespace slipway::services::rules
