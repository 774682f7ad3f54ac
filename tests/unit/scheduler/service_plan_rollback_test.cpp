// The circuit breaker and rollbacks (control-plane.md 5.5, 5.7).
#include <gtest/gtest.h>

#include "unit/scheduler/service_story.h"

namespace slipway::scheduler::test {
namespace {

using model::BreakerStatus;
using model::DeploymentStatus;
using model::RolloutState;
using model::ServiceDeploymentStatus;

constexpr const char* kBreakerReason =
    "Service deployment rolled back because the circuit breaker threshold was exceeded.";

// Starts of the deployment fail until the plan says something else.
Strings fail_until_told(ServiceStory& story, const std::string& id) {
  for (int i = 0; i < 10; ++i) {
    story.advance(Seconds{1});
    story.fail_starts(id, 1);
    auto events = story.settle();
    if (events.size() > 1) return events;
  }
  return {};
}

TEST(CircuitBreaker, has_half_the_desired_count_between_3_and_200_as_threshold) {
  EXPECT_EQ(breaker_threshold(0), 3);
  EXPECT_EQ(breaker_threshold(6), 3);
  EXPECT_EQ(breaker_threshold(7), 4);
  EXPECT_EQ(breaker_threshold(25), 13);
  EXPECT_EQ(breaker_threshold(400), 200);
  EXPECT_EQ(breaker_threshold(5000), 200);
}

TEST(CircuitBreaker, rolls_back_to_the_last_completed_deployment_under_its_old_id) {
  ServiceStory story(2);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  EXPECT_EQ(story.row.breaker, BreakerStatus::Monitoring);
  EXPECT_EQ(story.row.breaker_threshold, 3);
  EXPECT_EQ(fail_until_told(story, "2"),
            of_web({"(deployment ecs-svc/2) deployment failed: tasks failed to start.",
                    "rolling back to deployment ecs-svc/1.", "stopped 1 pending tasks."}));
  EXPECT_EQ(story.deployment_ids(), (Strings{"1", "2"}));
  EXPECT_EQ(story.primary().status, DeploymentStatus::Primary);
  EXPECT_EQ(story.primary().rollout, RolloutState::InProgress);
  EXPECT_EQ(story.primary().rollout_reason,
            "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.");
  const auto& failed = story.service.deployments.at(1);
  EXPECT_EQ(failed.status, DeploymentStatus::Active);
  EXPECT_EQ(failed.rollout, RolloutState::Failed);
  EXPECT_EQ(failed.rollout_reason, "ECS deployment circuit breaker: tasks failed to start.");
  EXPECT_EQ(failed.failed_tasks, 3);
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackInProgress);
  EXPECT_EQ(story.row.status_reason, kBreakerReason);
  EXPECT_EQ(story.row.breaker, BreakerStatus::Triggered);
  EXPECT_EQ(story.row.breaker_failures, 3);
  ASSERT_TRUE(story.row.rolled_back);
  EXPECT_EQ(story.row.rolled_back->reason, kBreakerReason);
  EXPECT_EQ(story.row.rolled_back->revision_arn,
            model::service_revision_arn(story.service.scope, "default", "web", "1"));
  EXPECT_EQ(story.alive("1"), 2) << "the old tasks were never touched";

  story.finish_stops();
  EXPECT_EQ(story.settle(),
            of_web({"(deployment ecs-svc/1) deployment completed.", "has reached a steady state."}));
  EXPECT_EQ(story.deployment_ids(), (Strings{"1"}));
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackSuccessful);
  EXPECT_EQ(story.row.breaker, BreakerStatus::Triggered);
  EXPECT_EQ(story.row.breaker_failures, 3);
  EXPECT_TRUE(story.row.finished_at);
}

TEST(CircuitBreaker, says_to_the_keeper_that_the_document_must_follow) {
  ServiceStory story(1);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  story.service.deployments.front().failed_tasks = 3;
  const auto plan = story.plan();
  EXPECT_TRUE(plan.rolled_back);
  ASSERT_TRUE(plan.service);
  EXPECT_EQ(plan.service->deployments.front().definition_arn, "web:1");
}

TEST(CircuitBreaker, starts_again_what_the_failed_update_had_replaced) {
  ServiceStory story(4, 50, 100);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  EXPECT_EQ(story.alive("1"), 2);
  fail_until_told(story, "2");
  EXPECT_EQ(story.alive("1"), 4);
  EXPECT_EQ(story.alive("2"), 0);
}

TEST(CircuitBreaker, without_rollback_leaves_the_old_tasks_and_starts_nothing) {
  ServiceStory story(2);
  story.with_breaker(false).steady();
  story.deploy("2");
  story.settle();
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("2", 1);
    story.settle();
  }
  EXPECT_EQ(story.primary().id, "2");
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::Stopped);
  EXPECT_TRUE(story.row.stopped_at);
  story.fail_starts("2", 2);
  story.advance(std::chrono::hours{1});
  EXPECT_TRUE(story.settle().empty());
  EXPECT_EQ(story.alive("1"), 2);
  EXPECT_EQ(story.alive("2"), 0);
  EXPECT_EQ(
      story.plan().reasons.at(0),
      "Deployment ecs-svc/2 failed (ECS deployment circuit breaker: tasks failed to start.) and starts no "
      "more tasks: update the service to go on.");
  EXPECT_FALSE(story.plan().look_again);
}

TEST(CircuitBreaker, of_a_failed_deployment_lets_the_service_be_scaled_to_nothing) {
  ServiceStory story(2);
  story.with_breaker(false).steady();
  story.deploy("2");
  story.settle();
  fail_until_told(story, "2");
  story.service.desired_count = 0;
  story.settle();
  EXPECT_EQ(story.alive("1") + story.alive("2"), 0);
}

TEST(CircuitBreaker, finds_no_candidate_on_a_first_deployment) {
  ServiceStory story(1);
  story.with_breaker(true);
  story.settle();
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    story.settle();
  }
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackFailed);
  EXPECT_EQ(story.row.status_reason, "No rollback candidate was found to run the rollback.");
  EXPECT_EQ(story.alive("1"), 0);
}

TEST(CircuitBreaker, finds_no_candidate_whose_task_definition_is_gone) {
  ServiceStory story(1);
  story.with_breaker(true).steady();
  story.can_roll_back = false;
  story.deploy("2");
  story.settle();
  fail_until_told(story, "2");
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackFailed);
  EXPECT_EQ(story.alive("1"), 1);
}

TEST(CircuitBreaker, goes_back_to_a_deployment_once_until_that_completes_again) {
  ServiceStory story(4, 50, 100);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  fail_until_told(story, "2");
  EXPECT_EQ(story.primary().id, "1");
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    story.settle();
  }
  EXPECT_EQ(story.primary().id, "1");
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackFailed);
  EXPECT_GE(story.alive("1"), 2) << "what is healthy stays";
}

TEST(CircuitBreaker, is_ended_by_an_update_while_it_rolls_back) {
  ServiceStory story(2);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  fail_until_told(story, "2");
  auto ended = superseded(story.row, story.now);
  EXPECT_EQ(ended.status, ServiceDeploymentStatus::Stopped);
  EXPECT_EQ(ended.finished_at, story.now.control);
  story.deploy("3");
  story.settle();
  EXPECT_EQ(story.deployment_ids(), (Strings{"3", "1", "2"}));
  story.run("3");
  story.advance(kSettleTime);
  story.settle();
  story.finish_stops();
  story.settle();
  EXPECT_EQ(story.deployment_ids(), (Strings{"3"}));
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::Successful);
}

TEST(CircuitBreaker, finds_no_candidate_while_the_last_rollback_was_not_completed) {
  ServiceStory story(2);
  story.with_breaker(true).steady();
  story.deploy("2");
  story.settle();
  fail_until_told(story, "2");
  story.deploy("3");
  story.settle();
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("3", 1);
    story.settle();
  }
  EXPECT_EQ(story.primary().id, "3");
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackFailed);
  EXPECT_EQ(story.alive("1"), 2) << "the old tasks stay";
}

TEST(CircuitBreaker, does_not_throttle_and_does_not_count_beyond_its_threshold) {
  ServiceStory story(4);
  story.with_breaker(false);
  story.settle();
  story.advance(Seconds{1});
  story.fail_starts("1", 1);
  story.settle();
  story.advance(Seconds{1});
  story.fail_starts("1", 1);
  story.settle();
  EXPECT_EQ(story.alive("1"), 4);
  EXPECT_EQ(story.plan().reasons.back(),
            "2 of 3 failures after which the circuit breaker ends deployment ecs-svc/1.");
  story.fail_starts("1", 4);
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 3);
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
}

TEST(CircuitBreaker, counts_nothing_for_a_service_of_no_tasks) {
  ServiceStory story(3);
  story.with_breaker(false);
  story.settle();
  story.service.desired_count = 0;
  story.fail_starts("1", 3);
  story.settle();
  EXPECT_EQ(story.primary().rollout, RolloutState::Completed);
}

TEST(StopServiceDeployment, rolls_back_on_request) {
  ServiceStory story(2);
  story.steady();
  story.deploy("2");
  story.settle();
  story.row.status = ServiceDeploymentStatus::RollbackRequested;
  EXPECT_EQ(story.settle(),
            of_web({"(deployment ecs-svc/2) deployment failed: Service deployment rolled back by user.",
                    "rolling back to deployment ecs-svc/1.", "stopped 2 pending tasks."}));
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackInProgress);
  EXPECT_EQ(story.row.status_reason, "Service deployment rolled back by user.");
  EXPECT_EQ(story.row.breaker, BreakerStatus::Disabled);
  story.finish_stops();
  story.settle();
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackSuccessful);
  EXPECT_EQ(story.deployment_ids(), (Strings{"1"}));
}

TEST(StopServiceDeployment, without_a_candidate_stalls_the_service) {
  ServiceStory story(2);
  story.row.status = ServiceDeploymentStatus::RollbackRequested;
  story.settle();
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::RollbackFailed);
  EXPECT_EQ(story.row.status_reason, "No rollback candidate was found to run the rollback.");
  EXPECT_TRUE(story.row.started_at);
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
  EXPECT_EQ(story.alive("1"), 0);
}

}  // namespace
}  // namespace slipway::scheduler::test
