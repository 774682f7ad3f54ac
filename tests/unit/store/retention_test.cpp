#include <gtest/gtest.h>

#include "store/memory_model.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

model::Task a_finished_task(int number) {
  auto task = a_task(number);
  task.last_status = model::TaskStatus::Stopped;
  task.desired_status = model::DesiredStatus::Stopped;
  task.stopped_at = at(number);
  task.cleaned = true;
  return task;
}

void finish(Store& store, int count) {
  store.write([&](Transaction& transaction) {
    for (int i = 0; i < count; ++i) transaction.put(a_finished_task(i));
  });
}

std::size_t listed(const Store& store) {
  TaskQuery query;
  query.cluster_arn = model::cluster_arn(kScope, "main");
  query.desired = model::DesiredStatus::Stopped;
  query.limit = 100'000;
  return store.model().tasks(query).size();
}

constexpr int kOld = 100;
constexpr int kMany = static_cast<int>(kYoungFinished) + kOld;

TEST(Retention, keeps_only_young_finished_tasks_in_memory_and_answers_old_ones_from_sqlite) {
  const TempDir directory;
  auto store = open_store(directory.str());
  finish(*store, kMany);
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(store->model().find_task(a_task(0).arn));
    EXPECT_FALSE(store->model().find_task(a_task(kOld - 1).arn));
    EXPECT_TRUE(store->model().find_task(a_task(kOld).arn));
    EXPECT_TRUE(store->find_task(a_task(0).arn));
    store->write([](Transaction& transaction) { EXPECT_TRUE(transaction.find_task(a_task(0).arn)); });
    EXPECT_EQ(listed(*store), static_cast<std::size_t>(kMany));
    TaskQuery page;
    page.cluster_arn = model::cluster_arn(kScope, "main");
    page.desired = model::DesiredStatus::Stopped;
    page.after_arn = a_task(kOld - 5).arn;
    page.limit = 10;
    const auto tasks = store->model().tasks(page);
    ASSERT_EQ(tasks.size(), 10u);
    EXPECT_EQ(tasks.front()->arn, a_task(kOld - 4).arn);
    EXPECT_EQ(tasks.back()->arn, a_task(kOld + 5).arn);
    store.reset();
    store = open_store(directory.str());
  }
}

TEST(Retention, changes_an_old_task_without_a_new_event_and_without_a_second_row) {
  auto store = open_store();
  finish(*store, kMany);
  const auto events = store->outbox_after(0, 100'000).size();
  store->write([](Transaction& transaction) {
    auto task = *transaction.find_task(a_task(0).arn);
    task.tags = {{.key = "late", .value = "tag"}};
    transaction.put(task);
  });
  EXPECT_EQ(store->outbox_after(0, 100'000).size(), events);
  EXPECT_EQ(store->find_task(a_task(0).arn)->tags.size(), 1u);
  EXPECT_EQ(listed(*store), static_cast<std::size_t>(kMany));
}

TEST(Retention, keeps_stopped_tasks_that_are_not_cleaned_in_memory_however_many) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    for (int i = 0; i < kMany; ++i) {
      auto task = a_finished_task(i);
      task.cleaned = false;
      transaction.put(task);
    }
  });
  EXPECT_EQ(store->model().unfinished_tasks().size(), static_cast<std::size_t>(kMany));
  store->purge(at(1'000'000), at(1'000'000));
  EXPECT_EQ(store->model().unfinished_tasks().size(), static_cast<std::size_t>(kMany));
}

TEST(Retention, purges_by_end_in_memory_and_in_sqlite) {
  const TempDir directory;
  auto store = open_store(directory.str());
  finish(*store, kMany);
  store->write([](Transaction& transaction) { transaction.put(a_task(5000)); });
  store->purge(at(kMany - 10), at(0));
  EXPECT_EQ(listed(*store), 10u);
  EXPECT_FALSE(store->find_task(a_task(0).arn));
  EXPECT_FALSE(store->find_task(a_task(kMany - 11).arn));
  EXPECT_TRUE(store->find_task(a_task(kMany - 10).arn));
  EXPECT_TRUE(store->find_task(a_task(5000).arn));
  store.reset();
  EXPECT_EQ(listed(*open_store(directory.str())), 10u);
}

TEST(Retention, keeps_what_a_service_has_not_noted_whatever_its_age) {
  const TempDir directory;
  const auto service = a_service("web");
  const auto ended = [&](int number) {
    auto task = a_finished_task(number);
    task.group = "service:web";
    task.started_by = "ecs-svc/1";
    return task;
  };
  auto store = open_store(directory.str());
  store->write([&](Transaction& transaction) {
    transaction.put(service);
    for (int i = 0; i < 3; ++i) transaction.put(ended(-10 - i));
  });
  finish(*store, kMany);
  for (int round = 0; round < 2; ++round) {
    store->purge(at(kMany - 10), at(0));
    EXPECT_EQ(listed(*store), 13u);
    EXPECT_EQ(store->model().service_tasks(service.arn).size(), 3u);
    EXPECT_TRUE(store->model().unfinished_tasks().empty());  // nothing is left to clean
    store.reset();
    store = open_store(directory.str());
  }
  store->write([&](Transaction& transaction) {
    auto task = ended(-10);
    task.noted = true;
    transaction.put(task);
  });
  EXPECT_EQ(store->model().service_tasks(service.arn).size(), 2u);
  EXPECT_EQ(listed(*store), 13u);
  store->purge(at(kMany - 10), at(0));
  EXPECT_EQ(listed(*store), 12u);
  EXPECT_FALSE(store->find_task(ended(-10).arn));
}

TEST(Retention, waits_for_no_service_that_is_gone) {
  const TempDir directory;
  const auto service = a_service("web");
  auto task = a_service_task(1, service), late = a_service_task(2, service);
  for (auto* ended : {&task, &late}) {
    ended->last_status = model::TaskStatus::Stopped;
    ended->stopped_at = at(1);
    ended->cleaned = true;
  }
  auto store = open_store(directory.str());
  store->write([&](Transaction& transaction) {
    transaction.put(service);
    transaction.put(task);
  });
  EXPECT_FALSE(store->find_task(task.arn)->noted);
  store->write([&](Transaction& transaction) { transaction.remove_service(service.arn); });
  EXPECT_TRUE(store->find_task(task.arn)->noted);
  store->write([&](Transaction& transaction) { transaction.put(late); });
  EXPECT_TRUE(store->find_task(late.arn)->noted);
  EXPECT_TRUE(store->model().service_tasks(service.arn).empty());
  store.reset();
  store = open_store(directory.str());
  store->purge(at(10), at(0));
  EXPECT_FALSE(store->find_task(task.arn));
  EXPECT_FALSE(store->find_task(late.arn));
}

TEST(Retention, forgets_old_events_and_tokens_but_never_gives_a_number_again) {
  const TempDir directory;
  auto store = open_store(directory.str());
  store->write([](Transaction& transaction) {
    for (int i = 0; i < 5; ++i) transaction.put(a_task(i));
    TokenRecord token{
        .operation = "RunTask", .token = "old", .request_hash = "h", .result = "r", .created_at = at(1)};
    transaction.put(kScope, token);
    token.token = "new";
    token.created_at = at(100);
    transaction.put(kScope, token);
  });
  store->purge(at(0), at(3));
  EXPECT_EQ(store->outbox_after(0, 100).size(), 2u);
  store->purge(at(0), at(50));
  EXPECT_TRUE(store->outbox_after(0, 100).empty());
  store->write([](Transaction& transaction) {
    EXPECT_FALSE(transaction.find_token(kScope, "RunTask", "old"));
    EXPECT_TRUE(transaction.find_token(kScope, "RunTask", "new"));
  });
  store.reset();
  store = open_store(directory.str());
  store->write([](Transaction& transaction) { transaction.put(a_task(9)); });
  EXPECT_EQ(store->outbox_after(0, 100).front().seq, 6);
}

}  // namespace
}  // namespace slipway::store::testing
