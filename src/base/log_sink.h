// Lines on their way to standard error. A line costs its own bytes and no system call: a thread writes what
// has come together. Made by Log; called from any thread.
#pragma once

#include <condition_variable>
#include <ctime>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace slipway {

class LogSink final {
 public:
  LogSink() = default;
  ~LogSink();  // writes what waits
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  // Calls `append(buffer, time)`, which adds one whole line; `time` is now as "2026-01-31T12:00:00.000Z".
  // Returns when the line is written if it is `urgent`, with all lines before it; else it is written within
  // kDelay.
  template <class Append>
  void write(bool urgent, const Append& append) {
    std::unique_lock lock(mutex_);
    const bool first = waiting_.empty();
    append(waiting_, time());
    if (urgent || waiting_.size() >= kMostWaiting) {
      lock.unlock();
      flush();
    } else if (first) {
      wake_writer();
    }
  }

 private:
  static constexpr std::size_t kMostWaiting =
      std::size_t{256} * 1024;  // then whoever logs waits for the reader

  std::string_view time();
  void wake_writer();
  void flush();
  void write_later();

  std::mutex output_;  // held while writing, so that lines stay in order; taken before mutex_
  std::string batch_;
  std::mutex mutex_;  // of all below
  std::string waiting_;
  std::string time_;
  std::time_t second_ = -1;  // that time_ stands for, milliseconds aside
  bool ending_ = false;
  std::condition_variable changed_;
  std::thread writer_;  // since the first line that nobody waits for
};

}  // namespace slipway
