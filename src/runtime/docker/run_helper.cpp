// Starts a credential helper without blocking the control thread.
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "runtime/docker/credentials.h"

namespace slipway::runtime::docker {
namespace asio = boost::asio;
namespace {

using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t kLongestAnswer = 1024 * 1024;
constexpr Millis kExitPoll{10};

// A child process that is ended and collected when its owner goes.
class Child final {
 public:
  Child() = default;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // `stream` becomes its standard input and output; its errors are dropped. Its environment is ours: helpers
  // need PATH and HOME.
  bool start(const std::string& program, int stream) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, stream, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, stream, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
    std::string name = program;
    std::string verb = "get";
    const std::array<char*, 3> arguments{name.data(), verb.data(), nullptr};
    const int failed = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) pid_ = -1;
    return failed == 0;
  }

  // Its exit code once it has ended.
  std::optional<int> exit_code() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }

 private:
  pid_t pid_ = -1;
};

async::Awaitable<std::optional<std::string>> converse(Socket& socket, Child& child, async::Clock& clock,
                                                      std::string input) {
  auto writing = asio::async_write(socket, asio::buffer(input), asio::as_tuple(asio::use_awaitable));
  co_await std::move(writing);
  boost::system::error_code error;
  socket.shutdown(Socket::shutdown_send, error);
  std::string answer;
  std::array<char, 4096> space{};
  while (answer.size() < kLongestAnswer) {
    auto reading = socket.async_read_some(asio::buffer(space), asio::as_tuple(asio::use_awaitable));
    const auto [ended, size] = co_await std::move(reading);
    answer.append(space.data(), size);
    if (ended) break;
  }
  for (;;) {
    if (const auto code = child.exit_code()) {
      co_return *code == 0 ? std::optional(answer) : std::nullopt;
    }
    auto waiting = clock.sleep_real(kExitPoll);
    co_await std::move(waiting);
  }
}

}  // namespace

async::Awaitable<std::optional<std::string>> run_helper(asio::any_io_executor executor, async::Clock& clock,
                                                        std::string program, std::string input,
                                                        Millis limit) {
  using namespace asio::experimental::awaitable_operators;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) co_return std::nullopt;
  Socket socket(executor, asio::local::stream_protocol(), ends[0]);
  Child child;
  const bool started = child.start(program, ends[1]);
  ::close(ends[1]);
  if (!started) co_return std::nullopt;
  auto either = converse(socket, child, clock, std::move(input)) || clock.sleep_real(limit);
  auto outcome = co_await std::move(either);
  if (outcome.index() != 0) co_return std::nullopt;
  co_return std::get<0>(std::move(outcome));
}

}  // namespace slipway::runtime::docker
