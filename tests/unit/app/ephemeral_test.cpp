#include "app/ephemeral.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace slipway::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFirst = "1111111111111111";
constexpr const char* kSecond = "2222222222222222";

class Slots : public testing::Test {
 protected:
  Slots() {
    std::string name = (fs::temp_directory_path() / "slipway-slots-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~Slots() override { fs::remove_all(root_); }
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  std::string directory() const { return (root_ / "data").string(); }

  fs::path root_;
};

TEST_F(Slots, keep_their_id_after_the_end_of_their_server) {
  {
    const EphemeralSlot slot(directory(), kFirst);
  }
  const EphemeralSlot slot(directory(), kSecond);
  EXPECT_EQ(slot.server_id(), kFirst);
}

TEST_F(Slots, are_not_shared_by_two_who_run) {
  const EphemeralSlot one(directory(), kFirst);
  const EphemeralSlot two(directory(), kSecond);
  EXPECT_EQ(one.server_id(), kFirst);
  EXPECT_EQ(two.server_id(), kSecond);
}

TEST_F(Slots, name_the_id_and_the_process) {
  const EphemeralSlot slot(directory(), kFirst);
  std::ifstream file(directory() + "/ephemeral-0");
  std::string id;
  pid_t pid = 0;
  file >> id >> pid;
  EXPECT_EQ(id, kFirst);
  EXPECT_EQ(pid, getpid());
}

TEST_F(Slots, with_half_an_id_get_a_new_one) {
  fs::create_directories(directory());
  std::ofstream(directory() + "/ephemeral-0") << "1111";
  const EphemeralSlot slot(directory(), kSecond);
  EXPECT_EQ(slot.server_id(), kSecond);
}

TEST_F(Slots, that_cannot_be_written_say_what_to_do) {
  std::ofstream(directory()) << "a file, not a directory";
  EXPECT_THROW(EphemeralSlot(directory(), kFirst), std::exception);
}

}  // namespace
}  // namespace slipway::app
