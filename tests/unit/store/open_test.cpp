#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/sqlite.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

std::string refusal(const std::string& directory) {
  try {
    open_store(directory);
  } catch (const OpenError& error) {
    return error.what();
  }
  return "(opened)";
}

void expect_refused_untouched(const TempDir& directory, const std::string& words) {
  const auto before = file_bytes(directory / "state.db");
  const auto log_before = file_bytes(directory / "state.db-wal");
  const auto text = refusal(directory.str());
  EXPECT_NE(text.find(words), std::string::npos) << text;
  EXPECT_EQ(file_bytes(directory / "state.db"), before);
  EXPECT_EQ(file_bytes(directory / "state.db-wal"), log_before);
}

void make_state(const TempDir& directory) {
  auto store = open_store(directory.str());
  store->write([](Transaction& transaction) {
    transaction.put(a_cluster("main"));
    for (int i = 0; i < 50; ++i) transaction.put(a_task(i));
  });
}

void exec(const TempDir& directory, const char* sql) {
  Connection connection((directory / "state.db").string());
  connection.exec(sql);
}

void overwrite(const TempDir& directory, std::size_t offset, const std::string& bytes) {
  std::fstream file(directory / "state.db", std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

TEST(Open, refuses_a_directory_in_use_and_names_its_holder) {
  const TempDir directory;
  auto store = open_store(directory.str());
  EXPECT_EQ(file_bytes(directory / "lock"), std::to_string(::getpid()) + "\n");
  const auto text = refusal(directory.str());
  EXPECT_NE(text.find("in use by process " + std::to_string(::getpid())), std::string::npos) << text;
  EXPECT_NE(text.find("slipway stop"), std::string::npos) << text;
  store->write([](Transaction& transaction) { transaction.put(a_task(1)); });
  store.reset();
  EXPECT_EQ(file_bytes(directory / "lock"), "");
  EXPECT_TRUE(open_store(directory.str())->find_task(a_task(1).arn));
}

TEST(Open, refuses_a_second_process) {
  const TempDir directory;
  const auto store = open_store(directory.str());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(refusal(directory.str()).find("in use by process") != std::string::npos ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Open, refuses_a_newer_schema_without_touching_the_file) {
  const TempDir directory;
  make_state(directory);
  exec(directory, "PRAGMA user_version=99; PRAGMA wal_checkpoint(TRUNCATE)");
  expect_refused_untouched(directory, "written by a newer Slipway (schema 99");
}

TEST(Open, refuses_a_newer_schema_that_is_still_in_the_log) {
  const TempDir directory;
  make_state(directory);
  exec(directory, "PRAGMA user_version=98");
  ASSERT_FALSE(file_bytes(directory / "state.db-wal").empty());
  ASSERT_NE(file_bytes(directory / "state.db")[63], 98);
  expect_refused_untouched(directory, "written by a newer Slipway (schema 98");
}

TEST(Open, takes_no_notice_of_a_newer_schema_that_was_not_committed) {
  const TempDir directory;
  make_state(directory);
  exec(directory, "PRAGMA user_version=98");
  // The log's last frame holds the commit: without its last byte the change never happened.
  const auto log = directory / "state.db-wal";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
  EXPECT_EQ(open_store(directory.str())->model().unfinished_tasks().size(), 50u);
}

TEST(Open, refuses_what_is_not_a_database) {
  const TempDir directory;
  make_state(directory);
  overwrite(directory, 0, "garbage garbage ");
  expect_refused_untouched(directory, "is damaged (not an SQLite database)");
  std::filesystem::resize_file(directory / "state.db", 50);
  expect_refused_untouched(directory, "shorter than a header");
}

TEST(Open, refuses_a_truncated_database_and_says_how_to_begin_anew) {
  const TempDir directory;
  make_state(directory);
  const auto file = directory / "state.db";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4096);
  expect_refused_untouched(directory, "mv " + file.string());
}

TEST(Open, refuses_a_database_with_damaged_pages) {
  const TempDir directory;
  make_state(directory);
  const auto size = std::filesystem::file_size(directory / "state.db");
  for (std::size_t page = 1; page < size / 4096; ++page)
    overwrite(directory, page * 4096, std::string(512, '\x5a'));
  expect_refused_untouched(directory, "is damaged");
}

TEST(Open, refuses_a_database_of_another_program) {
  const TempDir directory;
  exec(directory, "CREATE TABLE theirs (a)");
  expect_refused_untouched(directory, "a database of another program");
  exec(directory, "PRAGMA application_id=7; PRAGMA user_version=1");
  expect_refused_untouched(directory, "a database of another program");
}

TEST(Open, refuses_words_that_it_does_not_know_and_names_the_row) {
  const char* changes[] = {"UPDATE tasks SET last_status='DREAMING' WHERE id=3",
                           "UPDATE tasks SET document='{\"stopCode\":\"Bored\"}' WHERE id=3",
                           "UPDATE tasks SET document='{' WHERE id=3",
                           "UPDATE tasks SET doc_version=2 WHERE id=3"};
  for (const auto* change : changes) {
    const TempDir directory;
    make_state(directory);
    exec(directory, change);
    exec(directory, "PRAGMA wal_checkpoint(TRUNCATE)");
    expect_refused_untouched(directory, "table tasks, row " + a_task(2).arn + ": ");
  }
  const TempDir directory;
  make_state(directory);
  exec(directory, "UPDATE clusters SET status='ASLEEP'; PRAGMA wal_checkpoint(TRUNCATE)");
  expect_refused_untouched(directory, "unknown status 'ASLEEP'");
}

TEST(Open, refuses_a_place_that_cannot_be_a_directory) {
  const TempDir directory;
  std::ofstream(directory / "file") << "x";
  EXPECT_NE(refusal((directory / "file").string()).find("Give another --data-dir"), std::string::npos);
  EXPECT_NE(refusal((directory / "file" / "below").string()).find("Cannot make the data directory"),
            std::string::npos);
}

TEST(Open, starts_empty_on_an_empty_file) {
  const TempDir directory;
  std::ofstream(directory / "state.db").flush();
  EXPECT_TRUE(open_store(directory.str())->model().all_clusters().empty());
}

}  // namespace
}  // namespace slipway::store::testing
