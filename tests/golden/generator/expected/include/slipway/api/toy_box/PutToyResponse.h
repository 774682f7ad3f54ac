// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"
#include "slipway/api/toy_box/Part.h"

namespace slipway::api {
namespace toy_box {

struct PutToyResponse {
  std::optional<Part> toy{};
  bool operator==(const PutToyResponse&) const = default;
};

}  // namespace toy_box

template <>
const Shape& shape_of<toy_box::PutToyResponse>();

}  // namespace slipway::api
