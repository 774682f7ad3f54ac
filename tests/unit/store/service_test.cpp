#include <gtest/gtest.h>

#include <algorithm>

#include "slipway/base/error.h"
#include "store/json_reader.h"
#include "store/service_document.h"
#include "store/sqlite.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

const std::string kMain = model::cluster_arn(kScope, "main");

void put(Store& store, const model::Service& service) {
  store.write([&](Transaction& transaction) { transaction.put(service); });
}

model::ServiceEvent an_event(int number, TimePoint time = at(0)) {
  return {.id = "e" + std::to_string(number), .created_at = time, .message = "m" + std::to_string(number)};
}

void expect_same(const model::Service& a, const model::Service& b) {
  EXPECT_EQ(a.arn, b.arn);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.cluster, b.cluster);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.desired_count, b.desired_count);
  EXPECT_EQ(a.minimum_healthy_percent, b.minimum_healthy_percent);
  EXPECT_EQ(a.maximum_percent, b.maximum_percent);
  EXPECT_EQ(a.circuit_breaker, b.circuit_breaker);
  EXPECT_EQ(a.rollback, b.rollback);
  EXPECT_EQ(a.health_check_grace_seconds, b.health_check_grace_seconds);
  EXPECT_EQ(a.deployments, b.deployments);
  EXPECT_EQ(a.last_completed, b.last_completed);
  EXPECT_EQ(a.current_deployment, b.current_deployment);
  EXPECT_EQ(a.placement_failure, b.placement_failure);
  EXPECT_EQ(a.steady_since, b.steady_since);
  EXPECT_EQ(a.blocked_told, b.blocked_told);
  EXPECT_EQ(a.protection_told, b.protection_told);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.updated_at, b.updated_at);
  EXPECT_EQ(a.inactive_at, b.inactive_at);
  EXPECT_EQ(a.created_by, b.created_by);
  EXPECT_EQ(a.tags, b.tags);
  ASSERT_EQ(a.document != nullptr, b.document != nullptr);
  if (a.document) EXPECT_EQ(*a.document, *b.document);
}

void expect_same(const model::ServiceDeployment& a, const model::ServiceDeployment& b) {
  EXPECT_EQ(a.arn, b.arn);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.service_arn, b.service_arn);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.status_reason, b.status_reason);
  EXPECT_EQ(a.target_revision, b.target_revision);
  EXPECT_EQ(a.source_revisions, b.source_revisions);
  EXPECT_EQ(a.rolled_back, b.rolled_back);
  EXPECT_EQ(a.breaker, b.breaker);
  EXPECT_EQ(a.breaker_failures, b.breaker_failures);
  EXPECT_EQ(a.breaker_threshold, b.breaker_threshold);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.updated_at, b.updated_at);
  EXPECT_EQ(a.started_at, b.started_at);
  EXPECT_EQ(a.finished_at, b.finished_at);
  EXPECT_EQ(a.stopped_at, b.stopped_at);
  ASSERT_EQ(a.configuration != nullptr, b.configuration != nullptr);
  if (a.configuration) EXPECT_EQ(*a.configuration, *b.configuration);
}

TEST(Services, survive_a_restart_with_every_member_and_with_none) {
  const TempDir directory;
  const auto service = a_full_service();
  const auto revision = a_revision(service, "1");
  const auto deployment = a_full_deployment();
  model::Service bare;
  bare.arn = model::service_arn(kScope, "c", "bare");
  model::ServiceDeployment bare_deployment;
  bare_deployment.arn = model::service_deployment_arn(kScope, "c", "bare", "x");
  {
    auto store = open_store(directory.str());
    store->write([&](Transaction& transaction) {
      transaction.put(service);
      transaction.put(bare);
      transaction.put(revision);
      transaction.put(deployment);
      transaction.put(bare_deployment);
      transaction.add_event(service.arn, an_event(1, at(30)));
    });
    EXPECT_EQ(store->latest_timestamp(), at(30));
  }
  const auto store = open_store(directory.str());
  const auto& model = store->model();
  expect_same(*model.find_service(service.arn), service);
  expect_same(*model.find_service(bare.arn), bare);
  expect_same(*model.find_service_deployment(deployment.arn), deployment);
  expect_same(*model.find_service_deployment(bare_deployment.arn), bare_deployment);
  const auto found = model.find_revision(revision.arn);
  EXPECT_EQ(found->arn, revision.arn);
  EXPECT_EQ(found->id, revision.id);
  EXPECT_EQ(found->scope, revision.scope);
  EXPECT_EQ(found->service_arn, revision.service_arn);
  EXPECT_EQ(found->created_at, revision.created_at);
  EXPECT_EQ(*found->document, *revision.document);
  const auto events = model.service_events(service.arn);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].id, "e1");
  EXPECT_EQ(events[0].message, "m1");
  EXPECT_EQ(events[0].created_at, at(30));
  // Times that are still to come (the next start, the next try) do not count.
  EXPECT_EQ(store->latest_timestamp(), at(30));
}

TEST(Services, have_documents_that_tolerate_what_they_do_not_know_and_refuse_bad_words) {
  model::Service service;
  read_service_document(R"({"desired":2,"later":{"a":[1]},"deployments":[{"id":"1","new":true}]})", service);
  EXPECT_EQ(service.desired_count, 2);
  EXPECT_EQ(service.minimum_healthy_percent, 100);
  ASSERT_EQ(service.deployments.size(), 1u);
  EXPECT_EQ(service.deployments[0].status, model::DeploymentStatus::Primary);
  for (const auto* text : {R"({"deployments":[{"status":"ODD"}]})", R"({"lastCompleted":{"rollout":"ODD"}})",
                           R"({"maximum":99999999999})", R"({"desired":"2"})", ""}) {
    EXPECT_THROW(read_service_document(text, service), JsonError) << text;
  }
  model::ServiceDeployment deployment;
  EXPECT_THROW(read_deployment_document(R"({"breaker":"ODD"})", deployment), JsonError);
  EXPECT_THROW(read_service_document(R"({"asked":{"launchType":5}})", service), AwsError);
  EXPECT_LT(write_service_document(a_full_service()).size(), 2000u);
}

TEST(Services, are_listed_by_name_without_inactive_ones) {
  auto store = open_store();
  for (const auto* name : {"c", "a", "d", "b"}) put(*store, a_service(name));
  put(*store, a_service("z", "other"));
  auto service = a_service("d");
  service.status = model::ServiceStatus::Inactive;
  put(*store, service);
  service = a_service("b");
  service.status = model::ServiceStatus::Draining;
  put(*store, service);
  service = a_service("c");
  auto document = *service.document;
  document.launch_type = "FARGATE";
  service.document = std::make_shared<const api::ecs::Service>(document);
  put(*store, service);
  const auto names = [&](const ServiceQuery& query) {
    std::string text;
    for (const auto& found : store->model().services(query)) text += found->name;
    return text;
  };
  auto query = services_of(kMain);
  EXPECT_EQ(names(query), "abc");
  query.launch_type = model::LaunchType::Fargate;
  EXPECT_EQ(names(query), "c");
  query.launch_type = model::LaunchType::Ec2;
  EXPECT_EQ(names(query), "ab");
  query.after_name = "a";
  EXPECT_EQ(names(query), "b");
  query = services_of(kMain);
  query.limit = 2;
  EXPECT_EQ(names(query), "ab");
  EXPECT_EQ(names(services_of(model::cluster_arn(kScope, "none"))), "");
  EXPECT_EQ(store->model().active_services(kMain), 2u);
  EXPECT_EQ(store->model().live_services(kMain), 3u);
  EXPECT_EQ(store->model().all_services().size(), 5u);
}

TEST(Services, keep_the_newest_hundred_events_with_strictly_increasing_times) {
  const TempDir directory;
  const auto service = a_service("web"), quiet = a_service("quiet");
  auto store = open_store(directory.str());
  store->write([&](Transaction& transaction) {
    transaction.put(service);
    transaction.put(quiet);
    transaction.add_event(quiet.arn, an_event(0));
    for (int i = 0; i < 90; ++i) transaction.add_event(service.arn, an_event(i));
  });
  for (int i = 90; i < 130; ++i) {
    store->write([&](Transaction& transaction) { transaction.add_event(service.arn, an_event(i)); });
  }
  store->write([&](Transaction& transaction) {
    for (int i = 130; i < 135; ++i) transaction.add_event(service.arn, an_event(i, at(i == 130 ? 1000 : 0)));
  });
  for (int round = 0; round < 2; ++round) {
    const auto events = store->model().service_events(service.arn);
    ASSERT_EQ(events.size(), 100u);
    EXPECT_EQ(store->model().service_event_count(service.arn), 100u);
    EXPECT_EQ(store->model().last_service_event_at(service.arn), at(1004));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(events[static_cast<std::size_t>(i)].id, an_event(134 - i).id);
    EXPECT_TRUE(std::is_sorted(events.begin(), events.end(),
                               [](const auto& a, const auto& b) { return a.created_at > b.created_at; }));
    EXPECT_EQ(events[4].created_at, at(1000));
    EXPECT_EQ(events[5].created_at, at(129));
    EXPECT_EQ(store->model().service_events(quiet.arn).size(), 1u);
    store.reset();
    EXPECT_EQ(Connection((directory / "state.db").string()).integer("SELECT count(*) FROM service_events"),
              101);
    store = open_store(directory.str());
  }
}

TEST(Services, leave_nothing_behind_when_they_are_removed) {
  const TempDir directory;
  auto store = open_store(directory.str());
  const auto empty = describe(store->model());
  const auto service = a_service("web"), other = a_service("s");
  const auto fill = [](Transaction& transaction, const model::Service& of) {
    transaction.put(of);
    transaction.put(a_revision(of, "1"));
    transaction.put(a_deployment(of, "1"));
    transaction.add_event(of.arn, an_event(1));
  };
  store->write([&](Transaction& transaction) { fill(transaction, other); });
  const auto without = describe(store->model());
  store->write([&](Transaction& transaction) { fill(transaction, service); });
  store->write([&](Transaction& transaction) {
    transaction.put(a_revision(service, "2"));
    transaction.remove_service(service.arn);
    EXPECT_FALSE(transaction.find_service(service.arn));
    EXPECT_FALSE(transaction.find_revision(a_revision(service, "1").arn));
    EXPECT_FALSE(transaction.find_revision(a_revision(service, "2").arn));
    EXPECT_FALSE(transaction.find_service_deployment(a_deployment(service, "1").arn));
    EXPECT_TRUE(transaction.find_service(other.arn));
  });
  EXPECT_EQ(describe(store->model()), without);
  store.reset();
  store = open_store(directory.str());
  EXPECT_EQ(describe(store->model()), without);
  store->write([&](Transaction& transaction) { transaction.remove_service(other.arn); });
  EXPECT_EQ(describe(store->model()), empty);
}

TEST(Services, begin_anew_when_removed_and_put_in_one_transaction) {
  const TempDir directory;
  auto store = open_store(directory.str());
  const auto service = a_service("web");
  store->write([&](Transaction& transaction) {
    transaction.put(service);
    transaction.put(a_revision(service, "1"));
    transaction.put(a_deployment(service, "1"));
    transaction.add_event(service.arn, an_event(1, at(500)));
  });
  store->write([&](Transaction& transaction) {
    transaction.remove_service(service.arn);
    transaction.put(service);
    transaction.put(a_revision(service, "2"));
    transaction.add_event(service.arn, an_event(2, at(100)));
  });
  for (int round = 0; round < 2; ++round) {
    const auto& model = store->model();
    EXPECT_TRUE(model.find_service(service.arn));
    EXPECT_FALSE(model.find_revision(a_revision(service, "1").arn));
    EXPECT_TRUE(model.find_revision(a_revision(service, "2").arn));
    EXPECT_TRUE(model.service_deployments(service.arn).empty());
    ASSERT_EQ(model.service_events(service.arn).size(), 1u);
    EXPECT_EQ(model.service_events(service.arn)[0].created_at, at(100));
    EXPECT_EQ(model.live_services(kMain), 1u);
    store.reset();
    store = open_store(directory.str());
  }
}

TEST(Services, list_their_deployments_from_new_to_old) {
  auto store = open_store();
  const auto service = a_service("web");
  store->write([&](Transaction& transaction) {
    for (const int i : {2, 1, 3}) {
      auto deployment = a_deployment(service, std::to_string(i));
      deployment.created_at = at(i);
      transaction.put(deployment);
    }
  });
  store->write([&](Transaction& transaction) {
    auto deployment = *transaction.find_service_deployment(a_deployment(service, "2").arn);
    deployment.status = model::ServiceDeploymentStatus::Successful;
    transaction.put(deployment);
  });
  std::string order;
  for (const auto& deployment : store->model().service_deployments(service.arn))
    order += deployment->arn.back();
  EXPECT_EQ(order, "321");
}

TEST(Services, tell_the_outbox_of_events_and_of_deployments_that_change_their_status) {
  auto store = open_store();
  const auto service = a_service("web");
  auto deployment = a_deployment(service, "d");
  store->write([&](Transaction& transaction) {
    transaction.put(service);
    transaction.put(deployment);
    deployment.breaker_failures = 1;
    transaction.put(deployment);
    deployment.status = model::ServiceDeploymentStatus::InProgress;
    transaction.put(deployment);
  });
  store->write([&](Transaction& transaction) {
    deployment.breaker_failures = 2;
    transaction.put(deployment);
    transaction.add_event(service.arn, an_event(1, at(40)));
  });
  const auto events = store->outbox_after(0, 10);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, "service-deployment");
  EXPECT_EQ(events[0].json, R"({"arn":")" + deployment.arn + R"(","serviceArn":")" + service.arn +
                                R"(","status":"PENDING"})");
  EXPECT_EQ(events[1].json, R"({"arn":")" + deployment.arn + R"(","serviceArn":")" + service.arn +
                                R"(","status":"IN_PROGRESS"})");
  EXPECT_EQ(events[1].at, deployment.updated_at);
  EXPECT_EQ(events[2].kind, "service-event");
  EXPECT_EQ(events[2].json, R"({"serviceArn":")" + service.arn + R"(","id":"e1","message":"m1"})");
  EXPECT_EQ(events[2].scope, kScope);
  EXPECT_EQ(events[2].at, at(40));
}

TEST(Services, are_announced_once_per_commit_whatever_of_them_changed) {
  auto store = open_store();
  std::vector<std::string> changed;
  store->subscribe([&](const Change& change) {
    if (change.kind == ObjectKind::Service) changed.push_back(change.arn);
  });
  const auto told = [&](auto body) {
    changed.clear();
    store->write(body);
    return changed;
  };
  const auto service = a_service("web");
  const std::vector<std::string> once{service.arn};
  EXPECT_EQ(told([&](Transaction& t) {
              t.put(service);
              t.put(a_revision(service, "1"));
              t.put(a_deployment(service, "1"));
              t.add_event(service.arn, an_event(1));
            }),
            once);
  EXPECT_EQ(told([&](Transaction& t) { t.put(a_revision(service, "1")); }), once);
  EXPECT_EQ(told([&](Transaction& t) { t.put(a_deployment(service, "1")); }), once);
  EXPECT_EQ(told([&](Transaction& t) { t.add_event(service.arn, an_event(2)); }), once);
  EXPECT_EQ(told([&](Transaction& t) { t.remove_service(service.arn); }), once);
  EXPECT_TRUE(told([&](Transaction& t) { t.put(a_task(1)); }).empty());
}

TEST(Services, look_at_their_tasks_until_the_end_of_each_is_noted) {
  auto store = open_store();
  const auto service = a_service("web");
  auto task = a_service_task(1, service), by_hand = a_service_task(2, service);
  by_hand.started_by = "me";
  auto elsewhere = a_service_task(3, a_service("web", "other"));
  const auto write = [&](const model::Task& changed) {
    store->write([&](Transaction& transaction) { transaction.put(changed); });
    return store->model().service_tasks(service.arn).size();
  };
  put(*store, service);
  EXPECT_EQ(write(task), 1u);
  EXPECT_EQ(write(by_hand), 1u);
  EXPECT_EQ(write(elsewhere), 1u);
  task.last_status = model::TaskStatus::Stopped;
  EXPECT_EQ(write(task), 1u);
  task.cleaned = true;
  EXPECT_EQ(write(task), 1u);
  task.noted = true;
  EXPECT_EQ(write(task), 0u);
  EXPECT_TRUE(store->model().find_task(task.arn));
  EXPECT_TRUE(store->model().service_tasks("not an ARN").empty());
  EXPECT_TRUE(store->model().service_tasks("arn:aws:ecs:r:1:service/short").empty());
}

}  // namespace
}  // namespace slipway::store::testing
