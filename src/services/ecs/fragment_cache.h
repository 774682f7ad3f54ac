// Encoded JSON of objects of the model (decisions.md 5), so that DescribeTasks and DescribeClusters splice
// text instead of walking shape tables. An entry belongs to one immutable object and one variant of showing
// it; it is dropped when the object was replaced (nobody asks for the old pointer again), made anew when its
// stamp (what is shown besides the object) differs, and forgotten when it was not used for a while. Control
// thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace slipway::services::ecs {

class FragmentCache final {
 public:
  using Stamp = std::array<std::int64_t, 8>;

  // `limit` in bytes of text and of the objects that entries keep alive (estimated).
  explicit FragmentCache(std::size_t limit = std::size_t{16} << 20) : limit_(limit) {}

  // The text of that very object in that variant; `render` makes it when it is not here. The reference holds
  // until the next call.
  template <class T, class Render>
  const std::string& get(const std::shared_ptr<const T>& object, unsigned variant, const Stamp& stamp,
                         Render&& render) {
    if (const std::string* text = find({object.get(), variant}, stamp)) return *text;
    return insert({object.get(), variant}, object, stamp, std::forward<Render>(render)());
  }

  std::size_t bytes() const { return young_bytes_ + old_bytes_; }

 private:
  struct Key {
    const void* object;
    unsigned variant;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    // Kept alive: its address means this object as long as the entry lives.
    std::shared_ptr<const void> object;
    Stamp stamp;
    std::string text;
  };
  using Entries = std::unordered_map<Key, Entry, Hash>;

  const std::string* find(const Key& key, const Stamp& stamp);
  const std::string& insert(const Key& key, std::shared_ptr<const void> object, const Stamp& stamp,
                            std::string text);
  void make_room(std::size_t bytes);

  // Two generations stand for "least recently used": what is asked for moves to the young one; when that is
  // full it becomes the old one, and what was old and not asked for goes.
  std::size_t limit_;
  Entries young_, old_;
  std::size_t young_bytes_ = 0, old_bytes_ = 0;
};

}  // namespace slipway::services::ecs
