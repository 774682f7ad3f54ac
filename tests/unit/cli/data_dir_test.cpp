#include "cli/data_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "slipway/app/config.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

class DataDir : public testing::Test {
 protected:
  DataDir() {
    std::string name = (fs::temp_directory_path() / "slipway-data-dir-XXXXXX").string();
    root_ = mkdtemp(name.data());
    fs::create_directory(root_ / "data");
  }
  ~DataDir() override { fs::remove_all(root_); }
  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  std::string directory() const { return (root_ / "data").string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / "data" / name) << text;
  }
  ServerState state_of(const std::string& id) const { return server_state(directory(), id); }

  fs::path root_;
};

// As a running server holds its file.
class Lock final {
 public:
  explicit Lock(const fs::path& path) : file_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    EXPECT_EQ(flock(file_, LOCK_EX | LOCK_NB), 0);
  }
  ~Lock() { close(file_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

TEST_F(DataDir, with_the_state_of_that_server_is_present_whether_it_runs_or_not) {
  write("state.db", "x");
  write("id", "1234567890abcdef\n");
  EXPECT_EQ(state_of("1234567890abcdef"), ServerState::Present);
  EXPECT_EQ(state_of("ffffffffffffffff"), ServerState::Gone);
}

TEST_F(DataDir, whose_state_has_no_id_proves_nothing) {
  write("state.db", "x");
  EXPECT_EQ(state_of("1234567890abcdef"), ServerState::Unknown);
}

TEST_F(DataDir, that_was_removed_is_gone_but_not_when_its_parent_is_out_of_sight) {
  EXPECT_EQ(server_state((root_ / "removed").string(), "id"), ServerState::Gone);
  EXPECT_EQ(server_state((root_ / "elsewhere" / "data").string(), "id"), ServerState::Unknown);
  EXPECT_EQ(server_state("", "id"), ServerState::Unknown);
  EXPECT_EQ(server_state(directory(), ""), ServerState::Unknown);
}

TEST_F(DataDir, of_an_ephemeral_server_keeps_it_as_long_as_it_runs) {
  write("ephemeral-0", "1234567890abcdef\n77\n");
  EXPECT_EQ(state_of("1234567890abcdef"), ServerState::Gone);
  const Lock running(root_ / "data" / "ephemeral-0");
  EXPECT_EQ(state_of("1234567890abcdef"), ServerState::Present);
}

TEST_F(DataDir, names_the_processes_that_run_with_it) {
  EXPECT_EQ(lock_holder(directory()), 0);
  write("lock", "4711\n");
  write("ephemeral-0", "1234567890abcdef\n77\n");
  write("ephemeral-1", "234567890abcdef1\n78\n");
  EXPECT_EQ(lock_holder(directory()), 0);
  EXPECT_TRUE(ephemeral_holders(directory()).empty());
  const Lock server(root_ / "data" / "lock");
  const Lock ephemeral(root_ / "data" / "ephemeral-1");
  EXPECT_EQ(lock_holder(directory()), 4711);
  EXPECT_EQ(ephemeral_holders(directory()), std::vector<pid_t>{78});
}

TEST_F(DataDir, is_found_again_by_its_label_on_this_machine_only) {
  EXPECT_EQ(labelled_directory(app::data_dir_label(directory())), directory());
  EXPECT_EQ(labelled_directory("another-machine:" + directory()), "");
  EXPECT_EQ(labelled_directory(directory()), "");
}

}  // namespace
}  // namespace slipway::cli
