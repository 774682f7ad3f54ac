// Rolling updates, scaling and the two bounds (control-plane.md 5.4).
#include <gtest/gtest.h>

#include "unit/scheduler/service_story.h"

namespace slipway::scheduler::test {
namespace {

using model::HealthStatus;
using model::RolloutState;
using model::TaskStatus;
using std::chrono::minutes;

constexpr const char* kStarted = "(service web) has started {count} tasks: {tasks}.";

TEST(ServiceBounds, round_the_upper_down_and_the_lower_up) {
  struct Case {
    std::int64_t desired;
    std::int32_t minimum, maximum;
    std::int64_t lower, upper;
  };
  for (const auto& c :
       {Case{3, 100, 200, 3, 6}, Case{4, 50, 100, 2, 4}, Case{1, 100, 150, 1, 1}, Case{5, 50, 150, 3, 7},
        Case{3, 34, 133, 2, 3}, Case{7, 0, 100, 0, 7}, Case{0, 100, 200, 0, 0}, Case{4, 150, 300, 4, 12}}) {
    const ServiceStory story(c.desired, c.minimum, c.maximum);
    const Bounds bounds = bounds_of(story.service);
    EXPECT_EQ(bounds.lower, c.lower) << c.desired << " " << c.minimum;
    EXPECT_EQ(bounds.upper, c.upper) << c.desired << " " << c.maximum;
  }
}

TEST(ServiceHealth, counts_an_unchecked_task_40_seconds_after_running) {
  ServiceStory story(1);
  story.settle();
  EXPECT_FALSE(is_healthy(story.task("t1"), story.service, story.now));
  story.run("1");
  story.advance(Seconds{39});
  EXPECT_FALSE(is_healthy(story.task("t1"), story.service, story.now));
  story.advance(Seconds{1});
  EXPECT_TRUE(is_healthy(story.task("t1"), story.service, story.now));
}

TEST(ServiceHealth, counts_a_checked_task_when_it_is_healthy_and_only_then) {
  ServiceStory story(1);
  story.checked = true;
  story.settle();
  story.run("1");
  story.advance(minutes{10});
  EXPECT_FALSE(is_healthy(story.task("t1"), story.service, story.now));
  story.set_health("1", HealthStatus::Healthy);
  EXPECT_TRUE(is_healthy(story.task("t1"), story.service, story.now));
  story.set_health("1", HealthStatus::Unhealthy);
  EXPECT_FALSE(is_healthy(story.task("t1"), story.service, story.now));
}

TEST(ServicePlan, starts_a_new_service_at_once_and_completes_it_when_all_are_healthy) {
  ServiceStory story(3);
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.alive("1"), 3);
  EXPECT_EQ(story.row.status, model::ServiceDeploymentStatus::InProgress);
  EXPECT_EQ(story.row.started_at, story.now.control);
  story.run("1");
  story.advance(Seconds{39});
  EXPECT_TRUE(story.settle().empty());
  story.advance(Seconds{1});
  EXPECT_EQ(story.settle(),
            of_web({"(deployment ecs-svc/1) deployment completed.", "has reached a steady state."}));
  EXPECT_EQ(story.primary().rollout, RolloutState::Completed);
  EXPECT_EQ(story.primary().rollout_reason, "ECS deployment ecs-svc/1 completed.");
  EXPECT_EQ(story.row.status, model::ServiceDeploymentStatus::Successful);
  EXPECT_EQ(story.row.finished_at, story.now.control);
  EXPECT_EQ(story.service.last_completed, story.primary());
}

TEST(ServicePlan, at_100_200_starts_all_new_tasks_and_stops_old_ones_as_new_ones_get_healthy) {
  ServiceStory story(3);
  story.steady();
  story.checked = true;
  story.deploy("2");
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.alive("1"), 3);
  EXPECT_EQ(story.alive("2"), 3);
  story.run("2");
  EXPECT_TRUE(story.settle().empty());
  for (const int healthy : {1, 2, 3}) {
    story.task("t" + std::to_string(3 + healthy)).health = HealthStatus::Healthy;
    const auto plan = story.plan();
    ASSERT_EQ(plan.stop.size(), 1U);
    EXPECT_EQ(plan.stop.at(0).reason, "Scaling activity initiated by (deployment ecs-svc/1)");
    story.settle();
    EXPECT_EQ(story.alive("1"), 3 - healthy);
  }
  EXPECT_EQ(story.primary().rollout, RolloutState::InProgress) << "old tasks are still stopping";
  EXPECT_EQ(story.deployment_ids(), (Strings{"2", "1"}));
  story.finish_stops();
  EXPECT_EQ(story.settle(),
            of_web({"(deployment ecs-svc/2) deployment completed.", "has reached a steady state."}));
  EXPECT_EQ(story.deployment_ids(), (Strings{"2"}));
}

TEST(ServicePlan, at_50_100_of_four_stops_two_and_starts_two_twice) {
  ServiceStory story(4, 50, 100);
  story.steady();
  story.deploy("2");
  for (int batch = 1; batch <= 2; ++batch) {
    const auto first = story.plan();
    EXPECT_EQ(first.stop.size(), 2U);
    EXPECT_EQ(first.start, 0U);
    story.apply(first);
    const auto second = story.plan();
    EXPECT_TRUE(second.stop.empty());
    EXPECT_EQ(second.start, 2U);
    story.apply(second);
    EXPECT_TRUE(story.settle().empty());
    story.run("2");
    story.advance(kSettleTime);
  }
  story.finish_stops();
  story.settle();
  EXPECT_EQ(story.primary().rollout, RolloutState::Completed);
  EXPECT_EQ(story.alive("2"), 4);
}

TEST(ServicePlan, replaces_a_single_task_without_a_gap_at_100_200) {
  ServiceStory story(1);
  story.steady();
  story.deploy("2");
  EXPECT_EQ(story.plan().start, 1U);
  EXPECT_TRUE(story.plan().stop.empty());
  story.settle();
  story.run("2");
  story.advance(kSettleTime);
  EXPECT_EQ(story.settle(), of_web({"has stopped 1 running tasks: (task t1)."}));
}

TEST(ServicePlan, stops_the_only_task_first_at_0_100) {
  ServiceStory story(1, 0, 100);
  story.steady();
  story.deploy("2");
  EXPECT_EQ(story.settle(),
            of_web({"has stopped 1 running tasks: (task t1).", "has started {count} tasks: {tasks}."}));
}

TEST(ServicePlan, keeps_capacity_at_0_200_where_there_is_room_for_the_new_tasks) {
  ServiceStory story(2, 0, 200);
  story.steady();
  story.deploy("2");
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.alive("1"), 2);
}

TEST(ServicePlan, makes_old_tasks_give_way_when_new_ones_find_no_place) {
  ServiceStory story(2, 50, 200);
  story.steady();
  story.deploy("2");
  EXPECT_EQ(story.plan().start, 2U);
  story.service = note_placement_failure(story.service, "was unable to place a task.", story.now).service;
  const auto plan = story.plan();
  EXPECT_EQ(plan.start, 0U);
  EXPECT_EQ(plan.stop.size(), 1U);
  story.apply(plan);
  EXPECT_TRUE(story.plan().stop.empty()) << "minimumHealthyPercent";
}

TEST(ServicePlan, tells_once_that_the_configuration_lets_nothing_happen) {
  ServiceStory story(1, 100, 150);
  story.steady();
  story.deploy("2");
  EXPECT_EQ(
      story.settle(),
      of_web({"was unable to stop or start tasks during a deployment because of the service deployment "
              "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."}));
  story.advance(minutes{10});
  EXPECT_TRUE(story.settle().empty());
  EXPECT_EQ(
      story.plan().reasons,
      (Strings{"1 task to start, but maximumPercent 150 allows 1 task, 1 run or start.",
               "minimumHealthyPercent 100 keeps 1 healthy, so nothing can stop either: change "
               "minimumHealthyPercent or maximumPercent.",
               "1 task of older deployments still run: minimumHealthyPercent 100 keeps 1 healthy, 1 are."}));
  story.service.maximum_percent = 200;
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
}

TEST(ServicePlan, drops_what_an_update_left_pending_when_another_update_follows) {
  ServiceStory story(3);
  story.steady();
  story.deploy("2");
  story.settle();
  story.deploy("3");
  const auto events = story.settle();
  EXPECT_EQ(events, of_web({"stopped 3 pending tasks.", "has started {count} tasks: {tasks}."}));
  EXPECT_EQ(story.alive("1"), 3);
  EXPECT_EQ(story.alive("2"), 0);
  EXPECT_EQ(story.alive("3"), 3);
}

TEST(ServicePlan, drops_settling_tasks_between_two_updates_before_healthy_ones) {
  ServiceStory story(3);
  story.steady();
  story.deploy("2");
  story.settle();
  story.run("2");
  story.deploy("3");
  story.settle();
  EXPECT_EQ(story.alive("1"), 3);
  EXPECT_EQ(story.alive("2"), 0);
  EXPECT_EQ(story.alive("3"), 3);
}

TEST(ServicePlan, keeps_the_settling_tasks_of_a_first_deployment_that_is_updated_at_once) {
  ServiceStory story(3);
  story.settle();
  story.run("1");
  story.deploy("2");
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.alive("1"), 3) << "nothing better is there";
}

TEST(ServicePlan, replaces_a_task_that_was_stopped_and_is_steady_again) {
  ServiceStory story(3);
  story.steady();
  story.advance(minutes{5});
  story.crash("1", 1);
  EXPECT_EQ(story.settle(), (Strings{kStarted}));
  EXPECT_EQ(story.primary().rollout, RolloutState::Completed) << "stays so through churn";
  EXPECT_EQ(story.primary().failed_tasks, 0);
  story.run("1");
  story.advance(kSettleTime);
  EXPECT_EQ(story.settle(), of_web({"has reached a steady state."}));
}

TEST(ServicePlan, scales_out_within_the_new_bound) {
  ServiceStory story(2);
  story.steady();
  story.service.desired_count = 5;
  EXPECT_EQ(story.plan().start, 3U);
}

TEST(ServicePlan, scales_in_what_is_not_running_then_the_fullest_zone_then_the_newest) {
  ServiceStory story(6);
  story.steady();
  const std::vector<std::string> zones{"a", "a", "a", "b", "b", "c"};
  for (std::size_t i = 0; i < zones.size(); ++i) {
    story.tasks.at(i).zone = zones[i];
    story.tasks.at(i).created_at += Seconds{static_cast<int>(i)};
  }
  story.service.desired_count = 7;
  story.settle();
  story.service.desired_count = 4;
  Strings stopped;
  for (const auto& order : story.plan().stop) stopped.push_back(order.task_arn);
  EXPECT_EQ(stopped, (Strings{"arn:t7", "arn:t3", "arn:t5"}));
}

TEST(ServicePlan, scales_in_at_once_whatever_the_minimum_is) {
  ServiceStory story(4);
  story.steady();
  story.service.desired_count = 0;
  EXPECT_EQ(story.plan().stop.size(), 4U);
  story.settle();
  EXPECT_FALSE(story.plan().reasons.empty());
  story.finish_stops();
  EXPECT_EQ(story.settle(), of_web({"has reached a steady state."}));
}

TEST(ServicePlan, completes_a_deployment_of_no_tasks_at_once) {
  ServiceStory story(0);
  EXPECT_EQ(story.settle(),
            of_web({"(deployment ecs-svc/1) deployment completed.", "has reached a steady state."}));
}

TEST(ServicePlan, passes_protected_tasks_over_and_says_so_once) {
  ServiceStory story(3);
  story.steady();
  for (auto& task : story.tasks) task.protected_until = story.now.control + minutes{30};
  story.task("t2").protected_until.reset();
  story.service.desired_count = 1;
  EXPECT_EQ(story.settle(),
            of_web({"has stopped 1 running tasks: (task t2).",
                    "was unable to reach steady state because (taskSet ecs-svc/1) was unable to "
                    "scale in due to (reason 2 tasks under protection)"}));
  story.finish_stops();
  EXPECT_TRUE(story.settle().empty());
  EXPECT_EQ(story.plan().reasons.at(0),
            "Task t1 of deployment ecs-svc/1 should stop, but is protected until 08:30:40 UTC.");
  EXPECT_EQ(story.plan().look_again, story.now.control + minutes{30});
  story.advance(minutes{30});
  EXPECT_EQ(story.plan().stop.size(), 1U);
}

TEST(ServicePlan, stays_in_progress_while_old_tasks_are_protected) {
  ServiceStory story(1);
  story.steady();
  story.task("t1").protected_until = story.now.control + minutes{30};
  story.deploy("2");
  story.settle();
  story.run("2");
  story.advance(kSettleTime);
  EXPECT_EQ(story.settle(),
            of_web({"was unable to reach steady state because (taskSet ecs-svc/1) was unable to "
                    "scale in due to (reason 1 tasks under protection)"}));
  EXPECT_EQ(story.primary().rollout, RolloutState::InProgress);
  story.advance(minutes{30});
  EXPECT_EQ(story.settle(), of_web({"has stopped 1 running tasks: (task t1)."}));
}

TEST(ServicePlan, shows_each_change_of_counts_in_the_deployments_time) {
  ServiceStory story(2);
  story.steady();
  story.advance(minutes{1});
  story.crash("1", 1);
  story.settle();
  EXPECT_EQ(story.primary().updated_at, story.now.control);
}

}  // namespace
}  // namespace slipway::scheduler::test
