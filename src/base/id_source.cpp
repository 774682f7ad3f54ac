#include "slipway/base/id_source.h"

namespace slipway {

std::string IdSource::hex(std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(digits);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = next();
    text.push_back(kDigits[bits & 15U]);
    bits >>= 4U;
  }
  return text;
}

std::string IdSource::uuid() {
  std::string text = hex(32);
  text[12] = '4';
  text[16] = "89ab"[next() & 3U];
  text.insert(20, "-").insert(16, "-").insert(12, "-").insert(8, "-");
  return text;
}

RandomIdSource::RandomIdSource() {
  std::random_device entropy;
  std::seed_seq seed{entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy()};
  engine_.seed(seed);
}

std::uint64_t RandomIdSource::next() { return engine_(); }

// SplitMix64 (public domain, Sebastiano Vigna).
std::uint64_t SequenceIdSource::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

}  // namespace slipway
