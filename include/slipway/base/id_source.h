// Where new identifiers come from: random in the program, counted in tests so that golden files are stable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace slipway {

class IdSource {
 public:
  virtual ~IdSource() = default;
  // The next 64 random bits.
  virtual std::uint64_t next() = 0;

  // `digits` lower-case hexadecimal digits. Task ids have 32, container name suffixes 20.
  std::string hex(std::size_t digits);
  // A version 4 UUID in its 36-character form.
  std::string uuid();
};

// Seeded from the operating system's entropy.
class RandomIdSource final : public IdSource {
 public:
  RandomIdSource();
  std::uint64_t next() override;

 private:
  std::mt19937_64 engine_;
};

// Deterministic: a seeded sequence, the same in every run.
class SequenceIdSource final : public IdSource {
 public:
  explicit SequenceIdSource(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

}  // namespace slipway
