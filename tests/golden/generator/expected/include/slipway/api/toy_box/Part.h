// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"

namespace slipway::api {
namespace toy_box {

struct Part {
  std::optional<std::string> kind{};
  bool operator==(const Part&) const = default;
};

}  // namespace toy_box

template <>
const Shape& shape_of<toy_box::Part>();

}  // namespace slipway::api
