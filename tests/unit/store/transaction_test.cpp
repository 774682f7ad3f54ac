#include <gtest/gtest.h>

#include "slipway/base/error.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

TEST(Transaction, sees_its_own_changes_before_they_are_committed) {
  auto store = open_store();
  const auto task = a_task(1);
  store->write([&](Transaction& transaction) {
    transaction.put(a_cluster("main"));
    transaction.put(a_definition("web", 1));
    transaction.put(an_instance("i1"));
    transaction.put(task);
    EXPECT_TRUE(transaction.find_cluster(model::cluster_arn(kScope, "main")));
    EXPECT_TRUE(transaction.find_definition(task.definition_arn));
    EXPECT_TRUE(transaction.find_instance(an_instance("i1").arn));
    EXPECT_TRUE(transaction.find_task(task.arn));
    EXPECT_FALSE(transaction.model().find_task(task.arn));
    transaction.remove_task(task.arn);
    EXPECT_FALSE(transaction.find_task(task.arn));
    transaction.put(task);
  });
  EXPECT_TRUE(store->model().find_task(task.arn));
  EXPECT_TRUE(store->model().find_instance(an_instance("i1").arn));
  store->write([&](Transaction& transaction) {
    transaction.remove_instance(an_instance("i1").arn);
    transaction.remove_definition(task.definition_arn);
    EXPECT_FALSE(transaction.find_instance(an_instance("i1").arn));
    EXPECT_FALSE(transaction.find_definition(task.definition_arn));
  });
  EXPECT_FALSE(store->model().find_instance(an_instance("i1").arn));
  EXPECT_TRUE(store->model().instances(model::cluster_arn(kScope, "main")).empty());
}

TEST(Transaction, changes_nothing_when_the_body_throws) {
  auto store = open_store();
  store->write([](Transaction& transaction) { transaction.put(a_task(1)); });
  const auto before = describe(store->model());
  const auto events = store->outbox_after(0, 100).size();
  EXPECT_THROW(store->write([](Transaction& transaction) {
    auto task = a_task(1);
    task.version = 2;
    transaction.put(task);
    transaction.put(a_task(2));
    transaction.put(a_cluster("main"));
    transaction.next_revision(kScope, "web");
    throw AwsError("ClientException", "no");
  }),
               AwsError);
  EXPECT_EQ(describe(store->model()), before);
  EXPECT_EQ(store->outbox_after(0, 100).size(), events);
  EXPECT_EQ(store->write([](Transaction& transaction) { return transaction.next_revision(kScope, "web"); }),
            1);
}

TEST(Transaction, gives_no_revision_twice) {
  const TempDir directory;
  {
    auto store = open_store(directory.str());
    store->write([](Transaction& transaction) {
      EXPECT_EQ(transaction.next_revision(kScope, "web"), 1);
      transaction.put(a_definition("web", 1));
      EXPECT_EQ(transaction.next_revision(kScope, "web"), 2);
      transaction.put(a_definition("web", 2));
      EXPECT_EQ(transaction.next_revision(kOtherScope, "web"), 1);
      EXPECT_EQ(transaction.next_revision(kScope, "api"), 1);
    });
    store->write([](Transaction& transaction) {
      transaction.remove_definition(a_definition("web", 1).arn);
      transaction.remove_definition(a_definition("web", 2).arn);
      transaction.put(a_definition("given", 9));
    });
    EXPECT_EQ(store->model().find_family(kScope, "web")->last_revision, 2);
    EXPECT_TRUE(store->model().find_family(kScope, "web")->known.empty());
  }
  auto store = open_store(directory.str());
  store->write([](Transaction& transaction) {
    EXPECT_EQ(transaction.next_revision(kScope, "web"), 3);
    EXPECT_EQ(transaction.next_revision(kScope, "given"), 10);
    EXPECT_EQ(transaction.next_revision(kOtherScope, "web"), 2);
  });
}

TEST(Transaction, lists_families_with_their_active_revisions) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    auto inactive = a_definition("web", 1);
    inactive.status = model::DefinitionStatus::Inactive;
    transaction.put(inactive);
    transaction.put(a_definition("web", 2));
    transaction.put(a_definition("api", 1));
  });
  std::vector<std::string> names;
  store->model().visit_families(kScope, "b", [&](const std::string& name, const Family& family) {
    names.push_back(name);
    EXPECT_EQ(family.active, (std::set<std::int64_t>{2}));
    EXPECT_EQ(family.known, (std::set<std::int64_t>{1, 2}));
    return true;
  });
  EXPECT_EQ(names, std::vector<std::string>{"web"});
  EXPECT_EQ(store->model().find_family(kOtherScope, "web"), nullptr);
}

TEST(Transaction, remembers_tokens_by_scope_and_operation) {
  const TempDir directory;
  const TokenRecord token{
      .operation = "RunTask", .token = "t", .request_hash = "h", .result = "arn1 arn2", .created_at = at(5)};
  {
    auto store = open_store(directory.str());
    store->write([&](Transaction& transaction) {
      EXPECT_FALSE(transaction.find_token(kScope, "RunTask", "t"));
      transaction.put(kScope, token);
      EXPECT_EQ(transaction.find_token(kScope, "RunTask", "t")->result, "arn1 arn2");
    });
  }
  auto store = open_store(directory.str());
  store->write([](Transaction& transaction) {
    const auto found = transaction.find_token(kScope, "RunTask", "t");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->request_hash, "h");
    EXPECT_EQ(found->created_at, at(5));
    EXPECT_FALSE(transaction.find_token(kOtherScope, "RunTask", "t"));
    EXPECT_FALSE(transaction.find_token(kScope, "StartTask", "t"));
  });
}

TEST(Transaction, appends_an_event_for_each_transition_of_a_task_in_order) {
  auto store = open_store();
  auto task = a_task(1);
  const auto put = [&] { store->write([&](Transaction& transaction) { transaction.put(task); }); };
  put();
  task.tags = {{.key = "k", .value = "v"}};
  put();
  task.last_status = model::TaskStatus::Running;
  ++task.version;
  task.updated_at = at(50);
  put();
  store->write([&](Transaction& transaction) {
    task.desired_status = model::DesiredStatus::Stopped;
    transaction.put(task);
    transaction.put(task);
    transaction.append({.seq = 0, .scope = kScope, .kind = "other", .json = "{}", .at = at(60)});
    ++task.version;
    transaction.put(task);
  });
  const auto events = store->outbox_after(0, 100);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].kind, "task");
  EXPECT_EQ(events[0].json, R"({"taskArn":")" + task.arn +
                                R"(","lastStatus":"PENDING","desiredStatus":"RUNNING","version":1})");
  EXPECT_EQ(events[1].json, R"({"taskArn":")" + task.arn +
                                R"(","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":2})");
  EXPECT_EQ(events[1].at, at(50));
  EXPECT_EQ(events[1].scope, kScope);
  EXPECT_EQ(events[3].kind, "other");
  for (std::size_t i = 1; i < events.size(); ++i) EXPECT_EQ(events[i].seq, events[i - 1].seq + 1);
  EXPECT_EQ(store->outbox_after(events[1].seq, 2).front().seq, events[2].seq);
  EXPECT_EQ(store->outbox_after(events[1].seq, 2).size(), 2u);
}

TEST(Transaction, counts_warnings_of_the_same_kind_and_resource) {
  const TempDir directory;
  model::Warning warning{.scope = kScope,
                         .kind = "adopted-subnet",
                         .resource = "subnet-1",
                         .text = "first",
                         .first_at = at(1),
                         .last_at = at(1)};
  std::string before;
  {
    auto store = open_store(directory.str());
    store->write([&](Transaction& transaction) { transaction.put(warning); });
    warning.text = "second";
    warning.first_at = warning.last_at = at(9);
    store->write([&](Transaction& transaction) {
      transaction.put(warning);
      transaction.put(warning);
    });
    ASSERT_EQ(store->model().warnings().size(), 1u);
    const auto found = store->model().warnings().front();
    EXPECT_EQ(found.count, 3);
    EXPECT_EQ(found.first_at, at(1));
    EXPECT_EQ(found.last_at, at(9));
    EXPECT_EQ(found.text, "second");
    before = describe(store->model());
  }
  EXPECT_EQ(describe(open_store(directory.str())->model()), before);
}

TEST(Transaction, announces_each_changed_object_once_after_the_commit) {
  auto store = open_store();
  std::vector<std::string> heard;
  store->subscribe([&](const Change& change) {
    EXPECT_TRUE(change.kind != ObjectKind::Task || store->model().find_task(change.arn));
    heard.push_back(change.arn);
  });
  store->write([](Transaction& transaction) {
    transaction.put(a_task(1));
    transaction.put(a_task(1));
    transaction.put(a_cluster("main"));
  });
  EXPECT_EQ(heard, (std::vector<std::string>{a_cluster("main").arn, a_task(1).arn}));
  store->write([](Transaction&) {});
  EXPECT_EQ(heard.size(), 2u);
}

}  // namespace
}  // namespace slipway::store::testing
