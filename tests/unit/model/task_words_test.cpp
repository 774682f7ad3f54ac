#include <gtest/gtest.h>

#include "slipway/model/task.h"

namespace slipway::model {
namespace {

template <class Enum, class Parse>
void expect_round_trip(Enum last, Parse parse) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_EQ(parse(to_string(value)), value) << i;
  }
  EXPECT_EQ(parse("no such word"), std::nullopt);
}

TEST(TaskWords, go_both_ways_for_every_value) {
  expect_round_trip(TaskStatus::Stopped, parse_task_status);
  expect_round_trip(DesiredStatus::Stopped, parse_desired_status);
  expect_round_trip(LaunchType::External, parse_launch_type);
  expect_round_trip(NetworkMode::None, parse_network_mode);
  expect_round_trip(StopCode::TerminationNotice, parse_stop_code);
  expect_round_trip(HealthStatus::Unhealthy, parse_health_status);
  expect_round_trip(Connectivity::Disconnected, parse_connectivity);
  expect_round_trip(AttachmentStatus::Deleted, parse_attachment_status);
}

TEST(TaskWords, are_case_sensitive) {
  EXPECT_EQ(parse_desired_status("running"), std::nullopt);
  EXPECT_EQ(parse_launch_type("Fargate"), std::nullopt);
  EXPECT_EQ(parse_network_mode("awsvpc"), NetworkMode::Awsvpc);
}

TEST(TaskWords, show_a_container_as_pending_until_it_runs) {
  EXPECT_EQ(api_status(ContainerState::None), "PENDING");
  EXPECT_EQ(api_status(ContainerState::Pulled), "PENDING");
  EXPECT_EQ(api_status(ContainerState::Created), "PENDING");
  EXPECT_EQ(api_status(ContainerState::Running), "RUNNING");
  EXPECT_EQ(api_status(ContainerState::Stopped), "STOPPED");
}

TEST(TaskWords, find_the_family_in_a_definition_arn) {
  EXPECT_EQ(family_of("arn:aws:ecs:us-east-1:000000000000:task-definition/web_1-a:12"), "web_1-a");
  EXPECT_EQ(family_of("nonsense"), "");
}

}  // namespace
}  // namespace slipway::model
