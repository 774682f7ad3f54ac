// At most so many launches at once over all tasks, first come, first served (engine-notes.md 3: beyond 4
// nothing is won). Plain bookkeeping: who gets a slot later is told by a call and asks again. Control thread
// only.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace slipway::agent {

class LaunchSlots final {
 public:
  // `granted` is called with the task that may ask again.
  LaunchSlots(std::size_t limit, std::function<void(const std::string& task)> granted)
      : limit_(limit), granted_call_(std::move(granted)) {}

  // True: the launch may begin, release() when it is over. False: remembered in the queue.
  bool take(const std::string& task, const std::string& container);
  void release();
  // The task was looked at: grants that it made no use of go to the next in the queue.
  void settle(const std::string& task);
  void clear();

  // How many launches come before this one; nullopt when it is not queued. O(queue).
  std::optional<std::size_t> ahead(const std::string& task, const std::string& container) const;
  std::size_t limit() const { return limit_; }
  std::size_t used() const { return used_; }
  std::size_t waiting() const { return queue_.size(); }

 private:
  using Key = std::pair<std::string, std::string>;

  std::size_t limit_;
  std::function<void(const std::string&)> granted_call_;
  std::size_t used_ = 0;  // begun or granted
  std::deque<Key> queue_;
  std::set<Key> queued_;
  std::set<Key> granted_;
};

}  // namespace slipway::agent
