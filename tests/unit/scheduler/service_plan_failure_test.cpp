// Failed tasks: throttled starts, crash loops, unhealthy tasks (control-plane.md 5.3, 5.4).
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/scheduler/service_story.h"

namespace slipway::scheduler::test {
namespace {

using model::HealthStatus;
using model::RolloutState;
using model::StopCode;
using std::chrono::hours;
using std::chrono::minutes;

const std::string kStarted = "(service web) has started {count} tasks: {tasks}.";
const std::string kThrottled =
    "(service web) is unable to consistently start tasks successfully. For more information, see the "
    "Troubleshooting section of the Amazon ECS Developer Guide.";

TEST(ServiceFailures, throttle_starts_after_two_retries_at_once) {
  ServiceStory story(1);
  story.settle();
  for (const int delay : {0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900}) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    const auto events = story.settle();
    EXPECT_EQ(std::ranges::count(events, kThrottled), delay == 10 ? 1 : 0);
    if (delay > 0) {
      EXPECT_EQ(story.alive("1"), 0);
      EXPECT_EQ(story.plan().look_again, story.now.control + Seconds{delay});
      story.advance(Seconds{delay - 1});
      EXPECT_TRUE(story.settle().empty());
      story.advance(Seconds{1});
      EXPECT_EQ(story.settle(), (Strings{kStarted}));
    }
    EXPECT_EQ(story.alive("1"), 1) << delay;
  }
  EXPECT_EQ(story.primary().failed_tasks, 11);
  EXPECT_EQ(story.primary().rollout, RolloutState::InProgress);
}

TEST(ServiceFailures, say_until_when_starts_are_throttled) {
  ServiceStory story(1);
  story.settle();
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    story.settle();
  }
  EXPECT_EQ(
      story.plan().reasons,
      (Strings{"1 task to start, throttled until 08:00:13 UTC: tasks failed to start 3 times in a row."}));
}

TEST(ServiceFailures, of_tasks_that_started_together_are_one_round) {
  ServiceStory story(10);
  story.settle();
  for (int i = 0; i < 10; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    const auto plan = story.plan();
    EXPECT_TRUE(plan.events.empty() || plan.events.at(0).message != kThrottled) << i;
    EXPECT_EQ(plan.noted.size(), 1U);
    // The replacement is kept out, so that only tasks of the first round fail.
    auto applied = plan;
    applied.start = 0;
    story.apply(applied);
  }
  EXPECT_EQ(story.primary().failed_starts, 1);
  EXPECT_EQ(story.primary().failed_tasks, 10);
}

TEST(ServiceFailures, are_forgotten_when_a_task_becomes_healthy) {
  ServiceStory story(2);
  story.settle();
  story.advance(Seconds{1});
  story.fail_starts("1", 1);
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 1);
  story.run("1");
  story.advance(Seconds{20});
  story.crash("1", 1);
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 2);
  story.advance(Seconds{20});
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 0);
  EXPECT_EQ(story.primary().crashes, 0);
  EXPECT_FALSE(story.primary().last_failure_at);
}

TEST(ServiceFailures, are_not_forgotten_for_tasks_that_were_healthy_before) {
  ServiceStory story(3);
  story.checked = true;
  story.settle();
  story.run("1");
  story.task("t1").health = HealthStatus::Healthy;
  story.settle();
  story.advance(Seconds{5});
  story.crash("1", 1);
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 1);
  story.advance(minutes{5});
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 1);
  story.task("t2").health = HealthStatus::Healthy;
  story.settle();
  EXPECT_EQ(story.primary().failed_tasks, 0);
}

TEST(ServiceFailures, of_a_new_deployment_begin_anew) {
  ServiceStory story(1);
  story.settle();
  for (int i = 0; i < 4; ++i) {
    story.advance(Seconds{20});
    story.settle();
    story.fail_starts("1", 1);
    story.settle();
  }
  EXPECT_TRUE(story.primary().next_start_at);
  story.deploy("2");
  EXPECT_EQ(story.plan().start, 1U);
}

TEST(ServiceFailures, pause_a_crash_loop_without_growing_delay_or_event) {
  ServiceStory story(1);
  story.settle();
  for (int i = 1; i <= 8; ++i) {
    story.run("1");
    story.advance(Seconds{1});
    story.crash("1", 1);
    if (i <= 2) {
      EXPECT_EQ(story.settle(), (Strings{kStarted}));
      continue;
    }
    EXPECT_TRUE(story.settle().empty());
    EXPECT_EQ(story.plan().look_again, story.now.control + Seconds{10});
    story.advance(Seconds{10});
    EXPECT_EQ(story.settle(), (Strings{kStarted}));
  }
}

TEST(ServiceFailures, are_no_ends_that_somebody_asked_for) {
  for (const auto code : {StopCode::UserInitiated, StopCode::ServiceSchedulerInitiated,
                          StopCode::SpotInterruption, StopCode::TerminationNotice}) {
    ServiceStory story(1);
    story.settle();
    story.fail_starts("1", 1);
    story.tasks.at(0).stop_code = code;
    EXPECT_EQ(story.settle(), (Strings{kStarted}));
    EXPECT_EQ(story.primary().failed_tasks, 0);
  }
}

TEST(ServiceFailures, are_no_ends_of_tasks_that_had_been_healthy) {
  ServiceStory story(2);
  story.settle();
  story.run("1");
  story.advance(kSettleTime);
  story.crash("1", 1);
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.primary().failed_tasks, 0);
}

TEST(ServiceFailures, throttle_a_completed_service_too_but_do_not_count_for_it) {
  ServiceStory story(1);
  story.steady();
  story.crash("1", 1);
  story.settle();
  for (int i = 0; i < 3; ++i) {
    story.advance(Seconds{1});
    story.fail_starts("1", 1);
    story.settle();
  }
  EXPECT_EQ(story.primary().failed_tasks, 0);
  EXPECT_TRUE(story.plan().look_again);
  EXPECT_EQ(story.alive("1"), 0);
}

TEST(ServiceIllness, is_replaced_first_and_stopped_when_the_replacement_is_healthy) {
  ServiceStory story(2);
  story.checked = true;
  story.steady();
  story.task("t1").health = HealthStatus::Unhealthy;
  EXPECT_EQ(story.settle(),
            of_web({"has started {count} tasks: {tasks}. Amazon ECS replaced {count} tasks due to "
                    "an unhealthy status."}));
  EXPECT_EQ(story.alive("1"), 3);
  story.run("1");
  EXPECT_TRUE(story.settle().empty());
  story.task("t3").health = HealthStatus::Healthy;
  const auto plan = story.plan();
  EXPECT_EQ(plan.stop, (std::vector<StopOrder>{{"arn:t1", "Task failed container health checks"}}));
  EXPECT_EQ(story.settle(),
            of_web({"(task t1) failed container health checks.", "has stopped 1 running tasks: (task t1).",
                    "has reached a steady state."}));
  story.finish_stops();
  EXPECT_TRUE(story.settle().empty());
}

TEST(ServiceIllness, makes_way_one_by_one_where_there_is_no_room) {
  ServiceStory story(2, 100, 100);
  story.checked = true;
  story.steady();
  story.set_health("1", HealthStatus::Unhealthy);
  EXPECT_EQ(
      story.settle(),
      of_web({"(task t1) failed container health checks.", "has stopped 1 running tasks: (task t1).",
              "has started {count} tasks: {tasks}. Amazon ECS replaced {count} tasks due to an unhealthy "
              "status."}));
  EXPECT_EQ(story.alive("1"), 2);
  story.run("1");
  EXPECT_TRUE(story.settle().empty()) << "the replacement first";
  story.task("t3").health = HealthStatus::Healthy;
  story.settle();
  EXPECT_EQ(story.task("t2").desired_status, model::DesiredStatus::Stopped);
}

TEST(ServiceIllness, is_ignored_in_the_grace_period) {
  ServiceStory story(1);
  story.checked = true;
  story.service.health_check_grace_seconds = 60;
  story.settle();
  story.run("1");
  story.set_health("1", HealthStatus::Unhealthy);
  EXPECT_TRUE(story.settle().empty());
  const auto plan = story.plan();
  EXPECT_EQ(plan.look_again_real, story.now.real + Seconds{60});
  EXPECT_EQ(plan.reasons,
            (Strings{"1 of 1 task of deployment ecs-svc/1 are UNHEALTHY within the grace period of 60 s."}));
  story.now.control += hours{1};
  EXPECT_TRUE(story.settle().empty()) << "the grace period is real time";
  story.now.real += Seconds{60};
  EXPECT_EQ(story.plan().start, 1U);
}

TEST(ServiceIllness, counts_for_the_circuit_breaker_once_per_task) {
  ServiceStory story(1);
  story.with_breaker(false).checked = true;
  story.settle();
  for (int failures = 1; failures <= 3; ++failures) {
    story.run("1");
    story.set_health("1", HealthStatus::Unhealthy);
    story.settle();  // a replacement
    story.run("1");
    story.set_health("1", HealthStatus::Unhealthy);
    story.settle();  // one of the two stops
    story.finish_stops();
    story.settle();
    if (story.primary().rollout == RolloutState::Failed) break;
  }
  EXPECT_EQ(story.primary().failed_tasks, 3);
  EXPECT_EQ(story.primary().rollout, RolloutState::Failed);
}

TEST(ServiceIllness, pauses_where_every_replacement_is_ill_too) {
  ServiceStory story(1);
  story.checked = true;
  story.settle();
  for (int i = 0; i < 10; ++i) {
    story.run("1");
    story.set_health("1", HealthStatus::Unhealthy);
    story.settle();
    story.finish_stops();
  }
  EXPECT_EQ(story.made, 4);
  EXPECT_EQ(story.alive("1"), 1) << "what is there stays until there is a replacement";
  story.advance(Seconds{10});
  story.settle();
  EXPECT_EQ(story.made, 5);
}

TEST(ServiceIllness, is_no_excuse_of_a_protected_task) {
  ServiceStory story(1, 0, 100);
  story.checked = true;
  story.steady();
  story.task("t1").protected_until = story.now.control + hours{1};
  story.task("t1").health = HealthStatus::Unhealthy;
  EXPECT_EQ(story.plan().stop.size(), 1U);
}

}  // namespace
}  // namespace slipway::scheduler::test
