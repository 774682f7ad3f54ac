#include "slipway/model/service.h"

#include <gtest/gtest.h>

namespace slipway::model {
namespace {

template <class Enum, class Parse>
void expect_round_trip(Enum last, Parse parse) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_EQ(parse(to_string(value)), value) << i;
  }
  EXPECT_TRUE(to_string(static_cast<Enum>(static_cast<int>(last) + 1)).empty());
  EXPECT_EQ(parse("no such word"), std::nullopt);
}

TEST(ServiceWords, go_both_ways_for_every_value) {
  expect_round_trip(ServiceStatus::Inactive, parse_service_status);
  expect_round_trip(DeploymentStatus::Active, parse_deployment_status);
  expect_round_trip(RolloutState::Failed, parse_rollout_state);
  expect_round_trip(ServiceDeploymentStatus::RollbackFailed, parse_service_deployment_status);
  expect_round_trip(BreakerStatus::MonitoringComplete, parse_breaker_status);
}

TEST(ServiceWords, are_those_of_the_api) {
  EXPECT_EQ(to_string(ServiceStatus::Draining), "DRAINING");
  EXPECT_EQ(to_string(DeploymentStatus::Primary), "PRIMARY");
  EXPECT_EQ(to_string(RolloutState::InProgress), "IN_PROGRESS");
  EXPECT_EQ(to_string(ServiceDeploymentStatus::StopRequested), "STOP_REQUESTED");
  EXPECT_EQ(to_string(ServiceDeploymentStatus::RollbackSuccessful), "ROLLBACK_SUCCESSFUL");
  EXPECT_EQ(to_string(BreakerStatus::MonitoringComplete), "MONITORING_COMPLETE");
}

TEST(ServiceDeployment, is_final_when_nothing_follows) {
  using enum ServiceDeploymentStatus;
  for (const auto status : {Successful, Stopped, RollbackSuccessful, RollbackFailed}) {
    EXPECT_TRUE(is_final(status)) << to_string(status);
  }
  for (const auto status : {Pending, InProgress, StopRequested, RollbackRequested, RollbackInProgress}) {
    EXPECT_FALSE(is_final(status)) << to_string(status);
  }
}

TEST(ServiceNames, of_deployments_are_read_as_they_are_made) {
  EXPECT_EQ(deployment_name("1234567890123456789"), "ecs-svc/1234567890123456789");
  EXPECT_EQ(deployment_of("ecs-svc/1234567890123456789"), "1234567890123456789");
  for (const auto* other : {"", "ecs-svc", "ecs-svc/", "ecs-svc/12a", "ECS-SVC/12", "me", "ecs-svc/1/2"}) {
    EXPECT_EQ(deployment_of(other), "") << other;
  }
}

TEST(ServiceNames, of_groups_are_read_as_they_are_made) {
  EXPECT_EQ(service_group("web"), "service:web");
  EXPECT_EQ(service_of_group("service:web"), "web");
  EXPECT_EQ(service_of_group("family:web"), "");
  EXPECT_EQ(service_of_group("service:"), "");
  EXPECT_EQ(service_of_group(""), "");
}

}  // namespace
}  // namespace slipway::model
