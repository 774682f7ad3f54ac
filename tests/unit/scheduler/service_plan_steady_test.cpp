// What is told of a steady service, how a service ends, and what is noted of tasks without a place
// (control-plane.md 5.9, 5.10).
#include <gtest/gtest.h>

#include "unit/scheduler/service_story.h"

namespace slipway::scheduler::test {
namespace {

using model::ServiceDeploymentStatus;
using model::ServiceStatus;
using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* kSteady = "(service web) has reached a steady state.";

TEST(SteadyService, is_told_again_every_six_hours_and_has_no_reasons) {
  ServiceStory story(2);
  story.steady();
  EXPECT_TRUE(story.plan().reasons.empty());
  EXPECT_EQ(story.plan().look_again, story.now.control + hours{6});
  story.advance(hours{5});
  EXPECT_TRUE(story.settle().empty());
  story.advance(hours{1});
  EXPECT_EQ(story.settle(), (Strings{kSteady}));
  EXPECT_TRUE(story.settle().empty());
}

TEST(SteadyService, is_not_told_again_when_nothing_was_told_in_between) {
  ServiceStory story(1);
  story.checked = true;
  story.service.health_check_grace_seconds = 3600;
  story.steady();
  story.advance(minutes{1});
  story.set_health("1", model::HealthStatus::Unhealthy);
  story.settle();
  EXPECT_FALSE(story.plan().reasons.empty());
  story.set_health("1", model::HealthStatus::Healthy);
  EXPECT_TRUE(story.settle().empty());
}

TEST(ServicePlan, changes_nothing_when_there_is_nothing_to_do) {
  ServiceStory story(2);
  story.settle();
  EXPECT_TRUE(story.plan().empty());
  story.run("1");
  EXPECT_TRUE(story.plan().empty());
  story.steady();
  const auto plan = story.plan();
  EXPECT_TRUE(plan.empty());
  EXPECT_FALSE(plan.service);
  EXPECT_FALSE(plan.deployment);
}

TEST(ServicePlan, says_what_it_waits_for) {
  ServiceStory story(4);
  story.settle();
  EXPECT_EQ(story.plan().reasons, (Strings{"4 of 4 tasks of deployment ecs-svc/1 not RUNNING yet."}));
  story.run("1");
  story.task("t4").last_status = model::TaskStatus::Activating;
  story.advance(Seconds{10});
  EXPECT_EQ(
      story.plan().reasons,
      (Strings{"1 of 4 tasks of deployment ecs-svc/1 not RUNNING yet.",
               "3 of 4 tasks of deployment ecs-svc/1 run for less than 40 s and do not count as healthy yet "
               "(next at 08:00:40 UTC)."}));
  EXPECT_EQ(story.plan().look_again, story.now.control + Seconds{30});
}

TEST(ServicePlan, works_without_the_row_of_its_deployment) {
  ServiceStory story(1);
  ServiceSnapshot snapshot{story.service, nullptr, {}, false};
  const auto plan = plan_service(snapshot, story.now);
  EXPECT_EQ(plan.start, 1U);
  EXPECT_FALSE(plan.deployment);
}

TEST(DeletedService, stops_everything_and_is_inactive_when_all_is_gone) {
  ServiceStory story(3);
  story.steady();
  story.task("t1").protected_until = story.now.control + hours{1};
  story.deploy("2");
  story.settle();
  story.service.status = ServiceStatus::Draining;
  story.service.desired_count = 0;
  EXPECT_EQ(story.settle(), of_web({"has stopped 3 running tasks: (task t1) (task t2) (task t3).",
                                    "stopped 3 pending tasks."}));
  EXPECT_EQ(story.row.status, ServiceDeploymentStatus::Stopped);
  EXPECT_EQ(story.service.status, ServiceStatus::Draining);
  EXPECT_EQ(story.plan().reasons, (Strings{"The service is deleted: 6 tasks still stopping."}));
  story.finish_stops();
  story.settle();
  EXPECT_EQ(story.service.status, ServiceStatus::Inactive);
  EXPECT_EQ(story.service.inactive_at, story.now.control);
  EXPECT_TRUE(story.service.deployments.empty());
  EXPECT_TRUE(story.tasks.empty()) << "all are accounted for";
  EXPECT_TRUE(story.plan().empty());
}

TEST(PlacementFailure, is_told_when_it_is_new_or_six_hours_old) {
  ServiceStory story(1);
  auto note = note_placement_failure(story.service, "was unable to place a task. Reason: A.", story.now);
  ASSERT_TRUE(note.event);
  EXPECT_EQ(note.event->message, "(service web) was unable to place a task. Reason: A.");
  story.advance(hours{5});
  note = note_placement_failure(note.service, "was unable to place a task. Reason: A.", story.now);
  EXPECT_FALSE(note.event);
  note = note_placement_failure(note.service, "was unable to place a task. Reason: B.", story.now);
  EXPECT_TRUE(note.event);
  story.advance(hours{6});
  note = note_placement_failure(note.service, "was unable to place a task. Reason: B.", story.now);
  EXPECT_TRUE(note.event);
}

TEST(PlacementFailure, is_tried_again_after_5_seconds_up_to_a_minute) {
  ServiceStory story(1);
  story.settle();
  story.tasks.clear();
  for (const int delay : {5, 5, 10, 20, 40, 60, 60}) {
    EXPECT_EQ(story.plan().start, 1U);
    story.service = note_placement_failure(story.service, "was unable to place a task.", story.now).service;
    EXPECT_EQ(story.plan().start, 0U);
    EXPECT_EQ(story.plan().look_again, story.now.control + Seconds{delay});
    EXPECT_EQ(story.plan().reasons.at(0).find(
                  "1 task to start: the service was unable to place a task. Tried again "),
              0U);
    story.advance(Seconds{delay});
  }
  story.service = note_placed(story.service);
  EXPECT_FALSE(story.service.placement_failure);
}

TEST(PlacementFailure, is_over_when_nothing_is_to_be_placed) {
  ServiceStory story(2);
  story.steady();
  story.service.desired_count = 3;
  story.service = note_placement_failure(story.service, "was unable to place a task.", story.now).service;
  story.service.desired_count = 2;
  story.settle();
  EXPECT_FALSE(story.service.placement_failure);
}

TEST(PlacementFailure, of_a_replacement_makes_the_unhealthy_task_give_way) {
  ServiceStory story(1);
  story.checked = true;
  story.steady();
  story.set_health("1", model::HealthStatus::Unhealthy);
  EXPECT_TRUE(story.plan().stop.empty());
  story.service = note_placement_failure(story.service, "was unable to place a task.", story.now).service;
  EXPECT_EQ(story.plan().stop.size(), 1U);
}

}  // namespace
}  // namespace slipway::scheduler::test
