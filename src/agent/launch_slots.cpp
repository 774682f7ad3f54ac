#include "agent/launch_slots.h"

#include <algorithm>

namespace slipway::agent {

bool LaunchSlots::take(const std::string& task, const std::string& container) {
  Key key(task, container);
  if (granted_.erase(key) > 0) return true;
  if (queue_.empty() && used_ < limit_) {
    ++used_;
    return true;
  }
  if (queued_.insert(key).second) queue_.push_back(std::move(key));
  return false;
}

void LaunchSlots::release() {
  if (queue_.empty()) {
    --used_;
    return;
  }
  Key next = std::move(queue_.front());
  queue_.pop_front();
  queued_.erase(next);
  const std::string task = next.first;
  granted_.insert(std::move(next));
  granted_call_(task);
}

void LaunchSlots::settle(const std::string& task) {
  // Collected first: release() may grant to this same task, which then looks again.
  std::set<Key> unused;
  for (auto it = granted_.lower_bound(Key(task, "")); it != granted_.end() && it->first == task; ++it) {
    unused.insert(*it);
  }
  for (const auto& key : unused) granted_.erase(key);
  for (std::size_t i = 0; i < unused.size(); ++i) release();
}

std::optional<std::size_t> LaunchSlots::ahead(const std::string& task, const std::string& container) const {
  const auto found = std::ranges::find(queue_, Key(task, container));
  if (found == queue_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - queue_.begin());
}

void LaunchSlots::clear() {
  used_ = 0;
  queue_.clear();
  queued_.clear();
  granted_.clear();
}

}  // namespace slipway::agent
