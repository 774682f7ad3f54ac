#include "slipway/base/log.h"

#include <gtest/gtest.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

namespace slipway {
namespace {

std::string written(LogLevel least, LogFormat format, const std::function<void(Log&)>& write) {
  testing::internal::CaptureStderr();
  {
    Log log(least, format);
    write(log);
  }
  return testing::internal::GetCapturedStderr();
}

TEST(Log, writes_time_level_event_and_fields_on_one_line) {
  const std::string text = written(LogLevel::Info, LogFormat::Text, [](Log& log) {
    log.warn("image not pulled", {{"image", "a:1"}, {"error", "no \"such\" thing\n"}});
  });
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn  image not pulled image=a:1 )"
                       R"(error="no \\"such\\" thing\\u000a"\n)")))
      << text;
}

TEST(Log, writes_json_that_parsers_take) {
  const std::string text =
      written(LogLevel::Info, LogFormat::Json, [](Log& log) { log.error("bad", {{"quote", "a\"b\\c"}}); });
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\{"time":"[^"]+Z","level":"error","event":"bad","quote":"a\\"b\\\\c"\}\n)")))
      << text;
}

TEST(Log, keeps_every_line_of_every_thread_whole_and_in_order) {
  constexpr int kThreads = 4, kLines = 2000;
  const std::string text = written(LogLevel::Info, LogFormat::Text, [](Log& log) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&log, thread] {
        for (int line = 0; line < kLines; ++line) {
          const auto level = line % 100 == 0 ? LogLevel::Warn : LogLevel::Info;
          log.write(level, "line", {{"thread", std::to_string(thread)}, {"n", std::to_string(line)}});
        }
      });
    }
    for (auto& thread : threads) thread.join();
  });
  std::array<int, kThreads> next{};
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const auto at = line.find("thread=");
    ASSERT_NE(at, std::string::npos) << line;
    const auto thread = static_cast<std::size_t>(line[at + 7] - '0');
    EXPECT_EQ(line.substr(at + 8), " n=" + std::to_string(next[thread]++));
  }
  EXPECT_EQ(next, (std::array<int, kThreads>{kLines, kLines, kLines, kLines}));
}

// Standard error as a pipe that this test reads.
struct Pipe {
  std::array<int, 2> ends{};
  int kept = ::dup(STDERR_FILENO);
  Pipe() {
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::dup2(ends[1], STDERR_FILENO);
  }
  ~Pipe() {
    ::dup2(kept, STDERR_FILENO);
    for (const int end : {ends[0], ends[1], kept}) ::close(end);
  }
  // What comes within the time; empty: nothing.
  std::string read(int milliseconds) const {
    pollfd ready{ends[0], POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) <= 0) return "";
    std::array<char, 4096> bytes{};
    const auto size = ::read(ends[0], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
};

TEST(Log, writes_a_warning_at_once_and_what_came_before_it_too) {
  const Pipe pipe;
  Log log(LogLevel::Info, LogFormat::Text);
  log.info("first");
  log.warn("second");
  const std::string text = pipe.read(0);
  EXPECT_NE(text.find("info  first\n"), std::string::npos) << text;
  EXPECT_LT(text.find("first"), text.find("second"));
}

TEST(Log, writes_other_lines_soon_without_being_asked) {
  const Pipe pipe;
  Log log(LogLevel::Info, LogFormat::Text);
  for (const char* event : {"one", "two"}) {
    log.info(event);
    EXPECT_NE(pipe.read(5000).find(event), std::string::npos);
  }
}

TEST(Log, leaves_out_what_is_below_its_level) {
  EXPECT_EQ(written(LogLevel::Warn, LogFormat::Text, [](Log& log) { log.info("quiet"); }), "");
}

}  // namespace
}  // namespace slipway
