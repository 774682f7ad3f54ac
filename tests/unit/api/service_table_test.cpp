#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "slipway/api/ecs/Task.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/api/ecs/service.h"
#include "slipway/api/iam/errors.h"
#include "slipway/api/iam/service.h"
#include "slipway/api/services.h"
#include "slipway/api/sts/service.h"

namespace slipway::api {
namespace {

TEST(ServiceTable, lists_every_operation_of_the_ecs_model_sorted_by_name) {
  EXPECT_EQ(ecs::kServiceTable.operations.size(), 77U);
  for (const Service* service : kServices) {
    EXPECT_TRUE(std::ranges::is_sorted(service->operations, {}, &Operation::name)) << service->name;
  }
}

TEST(ServiceTable, finds_an_operation_by_its_exact_name) {
  const Operation* run_task = find_operation(ecs::kServiceTable, "RunTask");
  ASSERT_NE(run_task, nullptr);
  EXPECT_TRUE(run_task->served);
  EXPECT_EQ(run_task->input->name, "RunTaskRequest");
  EXPECT_EQ(run_task->output->name, "RunTaskResponse");
  EXPECT_EQ(find_operation(ecs::kServiceTable, "runTask"), nullptr);
  EXPECT_EQ(find_operation(ecs::kServiceTable, ""), nullptr);
  EXPECT_EQ(find_operation(ecs::kServiceTable, "Zzz"), nullptr);
}

TEST(ServiceTable, gives_shapes_to_served_operations_only) {
  const Operation* create_service = find_operation(ecs::kServiceTable, "CreateService");
  ASSERT_NE(create_service, nullptr);
  if (create_service->served) GTEST_SKIP() << "CreateService is served now";
  EXPECT_EQ(create_service->input, nullptr);
  EXPECT_EQ(create_service->output, nullptr);
  EXPECT_FALSE(create_service->errors.empty());
}

TEST(ServiceTable, says_how_each_service_is_spoken_to) {
  EXPECT_EQ(ecs::kServiceTable.target_prefix, "AmazonEC2ContainerServiceV20141113");
  EXPECT_EQ(ecs::kServiceTable.protocol, "json");
  EXPECT_EQ(ecs::kServiceTable.json_version, "1.1");
  EXPECT_EQ(sts::kServiceTable.protocol, "query");
  EXPECT_EQ(sts::kServiceTable.xml_namespace, "https://sts.amazonaws.com/doc/2011-06-15/");
  EXPECT_EQ(iam::kServiceTable.signing_name, "iam");
  EXPECT_EQ(find_operation(iam::kServiceTable, "ListRoles")->result_wrapper, "ListRolesResult");
}

TEST(ServiceTable, names_the_errors_that_an_operation_declares) {
  const auto errors = find_operation(ecs::kServiceTable, "RunTask")->errors;
  EXPECT_NE(std::ranges::find(errors, "ClusterNotFoundException"), errors.end());
  const auto iam_errors = find_operation(iam::kServiceTable, "GetUser")->errors;
  EXPECT_NE(std::ranges::find(iam_errors, "NoSuchEntity"), iam_errors.end());
}

TEST(Errors, carry_the_code_and_status_of_the_model) {
  const AwsError not_found = ecs::cluster_not_found("Cluster not found.");
  EXPECT_EQ(not_found.code(), "ClusterNotFoundException");
  EXPECT_EQ(not_found.status(), 400);
  EXPECT_STREQ(not_found.what(), "Cluster not found.");
  EXPECT_EQ(ecs::server("x").status(), 500);
  EXPECT_EQ(iam::no_such_entity("x").code(), "NoSuchEntity");
  EXPECT_EQ(iam::no_such_entity("x").status(), 404);
}

void collect(const Shape& shape, std::set<const Shape*>& seen) {
  if (!seen.insert(&shape).second) return;
  for (const Member& member : shape.members) collect(*member.shape, seen);
  if (shape.element) collect(*shape.element, seen);
}

std::set<const Shape*> served_shapes() {
  std::set<const Shape*> seen;
  for (const Service* service : kServices) {
    for (const Operation& operation : service->operations) {
      if (operation.input) collect(*operation.input, seen);
      if (operation.output) collect(*operation.output, seen);
    }
  }
  return seen;
}

TEST(ShapeTable, has_every_function_that_a_codec_needs) {
  for (const Shape* shape : served_shapes()) {
    for (const Member& member : shape->members) {
      EXPECT_NE(member.field, nullptr) << shape->name << '.' << member.name;
      EXPECT_NE(member.shape->optional.emplace, nullptr) << shape->name << '.' << member.name;
    }
    EXPECT_EQ(shape->kind == Kind::List, shape->list.push != nullptr) << shape->name;
    EXPECT_EQ(shape->kind == Kind::Map, shape->map.put != nullptr) << shape->name;
    EXPECT_EQ(shape->kind == Kind::List || shape->kind == Kind::Map, shape->element != nullptr)
        << shape->name;
  }
}

TEST(ShapeTable, can_create_inputs_and_outputs_by_themselves) {
  for (const Service* service : kServices) {
    for (const Operation& operation : service->operations) {
      for (const Shape* shape : {operation.input, operation.output}) {
        if (!shape) continue;
        ASSERT_NE(shape->object.create, nullptr) << shape->name;
        shape->object.destroy(shape->object.create());
      }
    }
  }
}

TEST(ShapeTable, reaches_the_members_of_a_structure) {
  ecs::Task task;
  const Shape& shape = shape_of<ecs::Task>();
  const auto arn = std::ranges::find(shape.members, "taskArn", &Member::name);
  ASSERT_NE(arn, shape.members.end());
  *static_cast<std::string*>(arn->shape->optional.emplace(arn->field(&task))) = "arn";
  EXPECT_EQ(task.task_arn, "arn");
  arn->shape->optional.reset(arn->field(&task));
  EXPECT_EQ(task, ecs::Task{});
}

TEST(ShapeTable, keeps_enumeration_values_and_required_members) {
  const Shape& task = shape_of<ecs::Task>();
  const auto launch_type = std::ranges::find(task.members, "launchType", &Member::name);
  const auto values = launch_type->shape->enum_values;
  EXPECT_NE(std::ranges::find(values, "FARGATE"), values.end());
  const Shape* run_task = find_operation(ecs::kServiceTable, "RunTask")->input;
  EXPECT_TRUE(std::ranges::find(run_task->members, "taskDefinition", &Member::name)->required);
  EXPECT_FALSE(std::ranges::find(run_task->members, "cluster", &Member::name)->required);
}

}  // namespace
}  // namespace slipway::api
