// What `slipway why` puts together from the store, the planner, the rules of tasks and the agent.
#include "app/why.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slipway/base/log.h"
#include "slipway/store/store.h"
#include "support/task_builder.h"

namespace slipway::app {
namespace {

using lifecycle::Wait;
using nlohmann::json;
using test::ContainerBuilder;

constexpr Now kNow{TimePoint{Seconds{1'000'000}}, TimePoint{Seconds{2'000'000}}};

class Why : public testing::Test {
 protected:
  Why() {
    store::StoreOptions options;
    options.server_id = "1234567890abcdef";
    store_ = store::Store::open(options, log_);
    service_.scope = test::test_scope();
    service_.cluster = "default";
    service_.name = "web";
    service_.arn = model::service_arn(service_.scope, "default", "web");
    service_.desired_count = 2;
    auto& deployment = service_.deployments.emplace_back();
    deployment.id = "1";
    deployment.definition_arn = model::task_definition_arn(service_.scope, "app", 1);
    put();
    define({ContainerBuilder("db"), ContainerBuilder("web").after("db", "START")});
  }

  void put() {
    store_->write([this](store::Transaction& transaction) { transaction.put(service_); });
  }
  void define(const std::vector<ContainerBuilder>& containers) {
    definition_ = test::task_definition(containers, model::NetworkMode::Bridge);
    store_->write([this](store::Transaction& transaction) {
      model::TaskDefinition definition;
      definition.scope = test::test_scope();
      definition.family = "app";
      definition.revision = 1;
      definition.arn = model::task_definition_arn(definition.scope, "app", 1);
      definition.document = std::make_shared<const api::ecs::TaskDefinition>(definition_);
      transaction.put(definition);
    });
  }
  model::Task task(model::TaskStatus status) {
    model::Task made = test::new_task(definition_, model::LaunchType::Ec2, kNow.control, ids_);
    made.definition_arn = model::task_definition_arn(made.scope, "app", 1);
    made.group = "service:web";
    made.started_by = "ecs-svc/1";
    made.last_status = status;
    if (status == model::TaskStatus::Running) {
      made.started_at = kNow.control - Seconds{30};
      for (auto& container : made.containers) container.known = model::ContainerState::Running;
    }
    if (status == model::TaskStatus::Stopped) {
      made.desired_status = model::DesiredStatus::Stopped;
      made.stop_code = model::StopCode::EssentialContainerExited;
      made.stopped_reason = "Essential container in task exited";
      made.stopped_at = kNow.control;
      for (auto& container : made.containers) container.known = model::ContainerState::Stopped;
      made.containers[0].exit_code = 137;
    }
    return made;
  }
  void put(const model::Task& task) {
    store_->write([&task](store::Transaction& transaction) { transaction.put(task); });
  }
  json service() const { return why_service(store_->model(), service_, sources_, kNow); }
  json about(const model::Task& task) const { return why_task(store_->model(), task, sources_, kNow); }

  Log log_{LogLevel::Error, LogFormat::Text};
  SequenceIdSource ids_{1};
  std::unique_ptr<store::Store> store_;
  model::Service service_;
  api::ecs::TaskDefinition definition_;
  std::vector<std::string> planned_;
  std::vector<Wait> doing_;
  bool answers_ = true;
  WhySources sources_{[this](const std::string&) { return planned_; },
                      [this](const std::string&) { return doing_; }, [this] { return answers_; }};
};

TEST_F(Why, a_steady_service_has_nothing_to_say) {
  put(task(model::TaskStatus::Running));
  put(task(model::TaskStatus::Running));
  const json seen = service();
  EXPECT_EQ(seen["steady"], true);
  EXPECT_EQ(seen["runningCount"], 2);
  EXPECT_EQ(seen["reasons"], json::array());
  EXPECT_EQ(seen["deployments"][0]["taskDefinition"], "app:1");
}

TEST_F(Why, a_service_tells_the_planners_reasons_and_those_of_its_tasks) {
  planned_ = {"1 task to start now."};
  put(task(model::TaskStatus::Running));
  const auto pending = task(model::TaskStatus::Pending);
  put(pending);
  const json seen = service();
  EXPECT_EQ(seen["steady"], false);
  EXPECT_EQ(seen["reasons"], json(planned_));
  ASSERT_EQ(seen["tasks"].size(), 1U);
  EXPECT_EQ(seen["tasks"][0]["id"], pending.id);
  EXPECT_EQ(seen["tasks"][0]["reasons"],
            (json{"Container db needs its image.", "Container web waits for db to start."}));
}

TEST_F(Why, a_service_tells_its_last_events_and_ended_tasks_newest_first) {
  store_->write([this](store::Transaction& transaction) {
    for (int i = 0; i < 7; ++i) {
      transaction.add_event(service_.arn, {"id", kNow.control + Seconds{i}, "event " + std::to_string(i)});
    }
  });
  for (int i = 0; i < 7; ++i) {
    auto ended = task(model::TaskStatus::Stopped);
    ended.stopped_at = kNow.control + Seconds{i};
    ended.noted = true;
    put(ended);
  }
  const json seen = service();
  ASSERT_EQ(seen["events"].size(), 5U);
  EXPECT_EQ(seen["events"][0]["message"], "event 6");
  ASSERT_EQ(seen["stopped"].size(), 5U);
  EXPECT_GT(seen["stopped"][0]["stoppedAt"], seen["stopped"][1]["stoppedAt"]);
  EXPECT_EQ(seen["stopped"][0]["stopCode"], "EssentialContainerExited");
  EXPECT_EQ(seen["stopped"][0]["containers"][0]["exitCode"], 137);
}

TEST_F(Why, nothing_is_planned_for_a_service_that_is_gone) {
  planned_ = {"nonsense"};
  service_.status = model::ServiceStatus::Inactive;
  EXPECT_EQ(service()["reasons"], json::array());
  EXPECT_EQ(service()["steady"], false);
}

TEST_F(Why, the_agents_words_stand_for_the_rules_where_it_is_at_work) {
  doing_ = {{"", "Its network is made."}, {"db", "Container db waits for image app:1."}};
  EXPECT_EQ(about(task(model::TaskStatus::Pending))["reasons"],
            (json{"Its network is made.", "Container db waits for image app:1.",
                  "Container web waits for db to start."}));
}

TEST_F(Why, a_lost_engine_is_said_first_and_only_where_something_waits) {
  answers_ = false;
  EXPECT_EQ(about(task(model::TaskStatus::Pending))["reasons"][0],
            "The container engine does not answer: nothing starts or stops.");
  auto running = task(model::TaskStatus::Running);
  running.group = "family:app";
  EXPECT_EQ(about(running)["reasons"], json::array());
}

TEST_F(Why, a_young_task_of_a_service_says_when_it_counts) {
  const auto young = task(model::TaskStatus::Running);
  EXPECT_EQ(about(young)["reasons"],
            (json{"It runs and counts as healthy for its service in 10 s, when it has run for 40 s."}));
  auto old = young;
  old.started_at = kNow.control - Seconds{41};
  EXPECT_EQ(about(old)["reasons"], json::array());
}

TEST_F(Why, a_task_that_stops_says_who_wanted_it) {
  auto stopping = task(model::TaskStatus::Running);
  stopping.desired_status = model::DesiredStatus::Stopped;
  stopping.stop_code = model::StopCode::UserInitiated;
  stopping.stopped_reason = "enough";
  const json reasons = about(stopping)["reasons"];
  EXPECT_EQ(reasons[0], "It is being stopped (UserInitiated): enough");
  EXPECT_EQ(reasons.size(), 3U);
}

TEST_F(Why, an_ended_task_has_no_reasons_but_an_end) {
  const json seen = about(task(model::TaskStatus::Stopped));
  EXPECT_EQ(seen["reasons"], json::array());
  EXPECT_EQ(seen["stoppedReason"], "Essential container in task exited");
  EXPECT_EQ(seen["containers"][0]["exitCode"], 137);
  EXPECT_FALSE(seen["containers"][1].contains("exitCode"));
}

}  // namespace
}  // namespace slipway::app
