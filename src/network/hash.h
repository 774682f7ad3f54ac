// FNV-1a, 64 bits: for names and addresses that must come out the same on every machine and in every version.
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace slipway::network {

inline constexpr std::uint64_t kFnvBegin = 0xcbf29ce484222325ULL;

// Continues `hash` by `text`.
constexpr std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace slipway::network
