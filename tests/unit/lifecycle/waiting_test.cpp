// What a task waits for, in the words of `slipway why`.
#include "slipway/lifecycle/waiting.h"

#include <gtest/gtest.h>

namespace slipway::lifecycle {
namespace {

using model::ContainerState;
using model::DesiredStatus;
using model::HealthStatus;
using model::TaskStatus;
using Sentences = std::vector<std::string>;

constexpr TimePoint kReal{Millis{1'000'000}};
constexpr Now kNow{TimePoint{Millis{5'000'000}}, kReal};

struct Scene {
  model::Task task;
  TaskSpec spec;

  // PENDING, with web after db.
  explicit Scene(Condition condition = Condition::Start) {
    task.last_status = TaskStatus::Pending;
    task.containers.resize(2);
    task.containers[0].name = "db";
    task.containers[1].name = "web";
    ContainerSpec db, web;
    db.name = "db";
    web.name = "web";
    web.dependencies.push_back({"db", condition});
    spec.containers = {db, web};
  }
  model::Container& db() { return task.containers[0]; }
  model::Container& web() { return task.containers[1]; }
  Sentences tell() const {
    Sentences sentences;
    for (const auto& wait : waiting(task, spec, kNow)) sentences.push_back(wait.sentence);
    return sentences;
  }
};

TEST(Waiting, names_what_each_container_needs_next) {
  Scene scene;
  EXPECT_EQ(scene.tell(),
            (Sentences{"Container db needs its image.", "Container web waits for db to start."}));
  scene.db().known = ContainerState::Pulled;
  EXPECT_EQ(scene.tell()[0], "Container db has its image and is to be created.");
  scene.db().known = ContainerState::Created;
  EXPECT_EQ(scene.tell()[0], "Container db is created and is to be started.");
  scene.db().known = ContainerState::Running;
  EXPECT_EQ(scene.tell(), (Sentences{"Container web needs its image."}));
}

TEST(Waiting, says_which_condition_of_a_dependency_is_not_met) {
  const std::pair<Condition, const char*> cases[] = {
      {Condition::Created, "Container web waits for db to be created."},
      {Condition::Start, "Container web waits for db to start."},
      {Condition::Complete, "Container web waits for db to end."},
      {Condition::Success, "Container web waits for db to end with exit code 0."},
      {Condition::Healthy, "Container web waits for db to be HEALTHY."}};
  for (const auto& [condition, sentence] : cases) EXPECT_EQ(Scene(condition).tell()[1], sentence);
}

TEST(Waiting, tells_all_dependencies_that_are_not_met_and_the_time_that_is_left) {
  Scene scene(Condition::Complete);
  scene.db().known = ContainerState::Running;
  scene.db().started_at = kReal - Seconds{20};
  scene.spec.containers[0].start_timeout = Seconds{30};
  EXPECT_EQ(scene.tell(), (Sentences{"Container web waits for db to end (startTimeout in 10 s)."}));
  ContainerSpec cache;
  cache.name = "cache";
  scene.spec.containers.push_back(cache);
  scene.spec.containers[1].dependencies.push_back({"cache", Condition::Start});
  scene.task.containers.emplace_back().name = "cache";
  EXPECT_EQ(scene.tell()[0],
            "Container web waits for db to end and waits for cache to start (startTimeout in 10 s).");
}

TEST(Waiting, says_when_a_dependency_will_never_be_healthy) {
  Scene scene(Condition::Healthy);
  scene.db().known = ContainerState::Stopped;
  EXPECT_EQ(scene.tell(),
            (Sentences{"Container web waits for db to be HEALTHY, which has stopped and never will be."}));
}

TEST(Waiting, tells_of_health_checks_that_are_not_passed_and_of_none_where_there_is_none) {
  Scene scene;
  scene.task.last_status = TaskStatus::Running;
  scene.db().known = scene.web().known = ContainerState::Running;
  EXPECT_EQ(scene.tell(), Sentences());
  scene.spec.containers[1].health_check = true;
  EXPECT_EQ(scene.tell(), (Sentences{"Container web has not passed its health check yet."}));
  scene.web().health = HealthStatus::Unhealthy;
  EXPECT_EQ(scene.tell(), (Sentences{"Container web is UNHEALTHY."}));
  scene.web().health = HealthStatus::Healthy;
  EXPECT_EQ(scene.tell(), Sentences());
}

TEST(Waiting, tells_in_which_order_containers_stop) {
  Scene scene;
  scene.task.last_status = TaskStatus::Stopping;
  scene.task.desired_status = DesiredStatus::Stopped;
  scene.db().known = scene.web().known = ContainerState::Running;
  EXPECT_EQ(scene.tell(), (Sentences{"Container db stops after the containers that need it: web.",
                                     "Container web is to stop."}));
  scene.web().known = ContainerState::Stopped;
  EXPECT_EQ(scene.tell(), (Sentences{"Container db is to stop."}));
}

TEST(Waiting, tells_of_the_interface_before_and_after_and_nothing_at_the_end) {
  Scene scene;
  scene.task.last_status = TaskStatus::Provisioning;
  EXPECT_EQ(scene.tell(), (Sentences{"It waits for its network interface."}));
  scene.task.last_status = TaskStatus::Deprovisioning;
  EXPECT_EQ(scene.tell(), (Sentences{"Its network interface is being detached."}));
  scene.task.last_status = TaskStatus::Stopped;
  EXPECT_EQ(scene.tell(), Sentences());
}

}  // namespace
}  // namespace slipway::lifecycle
