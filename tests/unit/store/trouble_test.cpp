// A full disk and a killed process.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "slipway/base/error.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

// Files of this process may not grow beyond `bytes`, as on a disk without room.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    before_signal_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_signal_);
  }

 private:
  rlimit before_{};
  void (*before_signal_)(int) = nullptr;
};

TEST(FullDisk, fails_the_write_changes_nothing_and_goes_on_when_there_is_room) {
  const TempDir directory;
  auto store = open_store(directory.str());
  store->write([](Transaction& transaction) { transaction.put(a_task(0)); });
  std::string before;
  int written = 1;
  {
    const FileSizeLimit limit(256 * 1024);
    try {
      for (; written < 10'000; ++written) {
        before = describe(store->model());
        store->write([&](Transaction& transaction) { transaction.put(a_task(written)); });
      }
      FAIL() << "the disk was never full";
    } catch (const AwsError& error) {
      EXPECT_EQ(error.code(), "ServerException");
      EXPECT_EQ(error.status(), 500);
      EXPECT_NE(std::string(error.what()).find("Nothing was changed"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(directory.str()), std::string::npos) << error.what();
    }
    EXPECT_EQ(describe(store->model()), before);
    EXPECT_FALSE(store->find_task(a_task(written).arn));
  }
  store->write([&](Transaction& transaction) { transaction.put(a_task(written)); });
  before = describe(store->model());
  store.reset();
  store = open_store(directory.str());
  EXPECT_EQ(describe(store->model()), before);
  EXPECT_EQ(store->model().unfinished_tasks().size(), static_cast<std::size_t>(written) + 1);
  EXPECT_EQ(store->outbox_after(0, 100'000).back().seq, written + 1);
}

// Runs in a process and mount namespace of its own, so that a file system of 512 KiB can be mounted. Exit
// codes: 0 as it should be, 77 not possible on this machine, others the place that went wrong.
int fill_a_small_disk(const std::string& directory) {
  if (::unshare(::getuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=512k") != 0) return 77;
  auto store = open_store(directory);
  int written = 0;
  try {
    for (; written < 10'000; ++written) store->write([&](Transaction& t) { t.put(a_task(written)); });
    return 1;
  } catch (const AwsError& error) {
    if (std::string(error.what()).find("The disk is full") == std::string::npos) return 2;
  }
  if (store->model().unfinished_tasks().size() != static_cast<std::size_t>(written)) return 3;
  if (::mount("tmpfs", directory.c_str(), "tmpfs", MS_REMOUNT, "size=8m") != 0) return 4;
  store->write([&](Transaction& t) { t.put(a_task(written)); });
  store.reset();
  return open_store(directory)->model().unfinished_tasks().size() == static_cast<std::size_t>(written) + 1
             ? 0
             : 5;
}

TEST(FullDisk, is_named_in_the_error_and_mended_by_room) {
  const TempDir directory;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(fill_a_small_disk(directory.str()));
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no right to mount a small file system";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(FullDisk, says_so_at_start) {
  const TempDir directory;
  const FileSizeLimit limit(1024);
  try {
    open_store(directory.str());
    FAIL() << "opened";
  } catch (const OpenError& error) {
    EXPECT_NE(std::string(error.what()).find("state.db"), std::string::npos) << error.what();
  }
}

// Commits tasks until it is killed, telling the number of each one once it is acknowledged.
[[noreturn]] void commit_for_ever(const std::string& directory, int acknowledged) {
  const auto store = open_store(directory);
  for (int number = 0;; ++number) {
    store->write([&](Transaction& transaction) {
      transaction.put(a_task(number));
      transaction.put(a_task(number, "other"));
      auto service = a_service("web");
      service.desired_count = number;
      transaction.put(service);
      transaction.add_event(service.arn, {.id = std::to_string(number), .created_at = at(0), .message = "m"});
    });
    if (::write(acknowledged, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

TEST(Killed, keeps_every_acknowledged_commit_and_none_by_half) {
  for (int round = 0; round < 4; ++round) {
    const TempDir directory;
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      commit_for_ever(directory.str(), pipe[1]);
    }
    ::close(pipe[1]);
    int last = -1;
    // The last rounds go far enough for checkpoints to be under way.
    const int enough = 20 + round * 700;
    for (int number = 0; number < enough && ::read(pipe[0], &number, sizeof number) == sizeof number;)
      last = number;
    ::kill(child, SIGKILL);
    for (int number = 0; ::read(pipe[0], &number, sizeof number) == sizeof number;) last = number;
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    ASSERT_GE(last, 0);
    const auto store = open_store(directory.str());
    for (int number = 0; number <= last; ++number) {
      ASSERT_TRUE(store->find_task(a_task(number).arn)) << number;
      ASSERT_TRUE(store->find_task(a_task(number, "other").arn)) << number;
    }
    const auto unacknowledged = a_task(last + 1);
    const auto service = store->model().find_service(a_service("web").arn);
    const auto events = store->model().service_events(service->arn);
    EXPECT_EQ(service->desired_count, store->find_task(unacknowledged.arn) ? last + 1 : last);
    EXPECT_EQ(events.size(),
              static_cast<std::size_t>(std::min<std::int64_t>(100, service->desired_count + 1)));
    EXPECT_EQ(events.front().id, std::to_string(service->desired_count));
    EXPECT_EQ(store->find_task(unacknowledged.arn) != nullptr,
              store->find_task(a_task(last + 1, "other").arn) != nullptr);
    EXPECT_FALSE(store->find_task(a_task(last + 2).arn));
  }
}

}  // namespace
}  // namespace slipway::store::testing
