// Hash maps by string that are asked with a string_view, without making a string.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace slipway::store {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

// The value of `key`, made when missing.
template <class Value>
Value& at_key(StringMap<Value>& map, std::string_view key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : map.emplace(std::string(key), Value()).first->second;
}

}  // namespace slipway::store
