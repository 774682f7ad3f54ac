// Random values of any shape, and their comparison, by walking the tables.
#pragma once

#include <random>
#include <string>

#include "slipway/api/shape.h"

namespace slipway::toy {

class RandomValue {
 public:
  explicit RandomValue(std::uint32_t seed) : generator_(seed) {}

  // Fills `value`, a default value of the shape's C++ type.
  void fill(const api::Shape& shape, void* value);

 private:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(generator_); }
  std::string text();

  std::mt19937 generator_;
};

// Whether two values of the shape are the same; absent and empty differ.
bool same(const api::Shape& shape, const void* a, const void* b);

// The fields of an AWS query request that mean this value: `&<prefix>.member.1=…`, percent-encoded.
void append_form(std::string& out, const std::string& prefix, const api::Shape& shape, const void* value,
                 bool flattened);
std::string to_form(const api::Shape& shape, const void* structure);

}  // namespace slipway::toy
