#include "base/log_sink.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace slipway {
namespace {

using namespace std::chrono;

constexpr milliseconds kDelay{20};

// A reader that is gone takes nothing: its lines are lost, and the program goes on.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{STDERR_FILENO, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace

LogSink::~LogSink() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (writer_.joinable()) writer_.join();
  flush();
}

// With mutex_ held, as all that touches what it guards.
std::string_view LogSink::time() {
  const auto now = system_clock::now();
  const std::time_t second = system_clock::to_time_t(floor<seconds>(now));
  if (second != second_) {
    std::tm parts{};
    gmtime_r(&second, &parts);
    std::array<char, 32> text{};
    time_.assign(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts));
    second_ = second;
  }
  auto millis = static_cast<unsigned>(duration_cast<milliseconds>(now - floor<seconds>(now)).count());
  for (std::size_t place = time_.size() - 2; millis != 0 || time_[place] != '.'; millis /= 10, --place) {
    time_[place] = static_cast<char>('0' + millis % 10);
  }
  return time_;
}

void LogSink::wake_writer() {
  if (writer_.joinable()) {
    changed_.notify_one();
  } else {
    writer_ = std::thread([this] { write_later(); });
  }
}

void LogSink::flush() {
  const std::lock_guard output(output_);
  {
    const std::lock_guard lock(mutex_);
    batch_.swap(waiting_);
  }
  write_all(batch_);
  batch_.clear();
}

void LogSink::write_later() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    changed_.wait_for(lock, kDelay, [this] { return ending_; });
    lock.unlock();
    flush();
    lock.lock();
  }
}

}  // namespace slipway
