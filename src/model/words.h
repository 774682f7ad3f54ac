// The words of an enumeration, kept in the order of its values: how they are looked up, both ways. Part of
// the model; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace slipway::model {

template <class Enum>
std::string_view word(std::span<const std::string_view> words, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < words.size() ? words[index] : std::string_view();
}

template <class Enum>
std::optional<Enum> value_of(std::span<const std::string_view> words, std::string_view text) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace slipway::model
