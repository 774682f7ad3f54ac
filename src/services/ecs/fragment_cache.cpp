#include "services/ecs/fragment_cache.h"

namespace slipway::services::ecs {

namespace {

// What an entry costs besides its text: itself and the object that it keeps alive, which may be the last one
// to know it. A task of two containers takes about this much.
constexpr std::size_t kEntryBytes = 2048;

}  // namespace

std::size_t FragmentCache::Hash::operator()(const Key& key) const {
  // Objects are at least 16 bytes apart; the multiplier spreads the rest of the address (Fibonacci hashing).
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(key.object));
  return static_cast<std::size_t>(((address >> 4) * 4 + key.variant) * 0x9e3779b97f4a7c15ULL);
}

const std::string* FragmentCache::find(const Key& key, const Stamp& stamp) {
  if (const auto it = young_.find(key); it != young_.end()) {
    return it->second.stamp == stamp ? &it->second.text : nullptr;
  }
  const auto it = old_.find(key);
  if (it == old_.end() || it->second.stamp != stamp) return nullptr;
  auto node = old_.extract(it);
  const auto bytes = kEntryBytes + node.mapped().text.size();
  old_bytes_ -= bytes;
  make_room(bytes);
  young_bytes_ += bytes;
  return &young_.insert(std::move(node)).position->second.text;
}

const std::string& FragmentCache::insert(const Key& key, std::shared_ptr<const void> object,
                                         const Stamp& stamp, std::string text) {
  if (const auto it = young_.find(key); it != young_.end()) {
    young_bytes_ -= kEntryBytes + it->second.text.size();
    young_.erase(it);
  }
  if (const auto it = old_.find(key); it != old_.end()) {
    old_bytes_ -= kEntryBytes + it->second.text.size();
    old_.erase(it);
  }
  const auto bytes = kEntryBytes + text.size();
  make_room(bytes);
  young_bytes_ += bytes;
  return young_.insert_or_assign(key, Entry{std::move(object), stamp, std::move(text)}).first->second.text;
}

void FragmentCache::make_room(std::size_t bytes) {
  if (young_bytes_ + bytes <= limit_ / 2) return;
  old_ = std::exchange(young_, {});
  old_bytes_ = std::exchange(young_bytes_, 0);
}

}  // namespace slipway::services::ecs
