#include "store/task_document.h"

#include <gtest/gtest.h>

#include "store/json_reader.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

TEST(TaskDocument, survives_a_restart_with_every_member) {
  const TempDir directory;
  const model::Task task = a_full_task();
  {
    auto store = open_store(directory.str());
    store->write([&](Transaction& transaction) { transaction.put(task); });
  }
  const auto found = open_store(directory.str())->find_task(task.arn);
  ASSERT_TRUE(found);
  expect_same(*found, task);
}

TEST(TaskDocument, survives_a_restart_with_no_member_set) {
  const TempDir directory;
  model::Task task;
  task.scope = kScope;
  task.cluster = "c";
  task.id = "x";
  task.arn = model::task_arn(kScope, "c", "x");
  {
    auto store = open_store(directory.str());
    store->write([&](Transaction& transaction) { transaction.put(task); });
  }
  const auto found = open_store(directory.str())->find_task(task.arn);
  ASSERT_TRUE(found);
  expect_same(*found, task);
}

TEST(TaskDocument, tolerates_missing_and_unknown_members) {
  model::Task task;
  read_task_document(
      R"({"future":{"a":[1,2]},"cpu":"256","containers":[{"name":"app","later":null}],"soonAt":5})", task);
  EXPECT_EQ(task.cpu, "256");
  ASSERT_EQ(task.containers.size(), 1u);
  EXPECT_EQ(task.containers[0].name, "app");
  EXPECT_EQ(task.containers[0].known, model::ContainerState::None);
}

TEST(TaskDocument, refuses_unknown_words_and_numbers_out_of_range) {
  for (const auto* text :
       {R"({"stopCode":"Bored"})", R"({"networkMode":"carrier-pigeon"})",
        R"({"containers":[{"known":"ODD"}]})", R"({"containers":[{"bindings":[{"port":70000}]}]})",
        R"({"containers":[{"exitCode":99999999999}]})", R"({"eni":{"status":"?"}})", R"({"cpu":256})",
        R"({"tags":[["only key"]]})", "", "{} {}"}) {
    model::Task task;
    EXPECT_THROW(read_task_document(text, task), JsonError) << text;
  }
}

TEST(TaskDocument, is_small) {
  model::Task task = a_task(1);
  task.last_status = model::TaskStatus::Running;
  EXPECT_LT(write_task_document(task).size(), 200u);
}

}  // namespace
}  // namespace slipway::store::testing
