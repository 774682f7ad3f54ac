// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"

namespace slipway::api {
namespace toy_box {

struct GetToyRequest {
  std::optional<std::string> id{};
  bool operator==(const GetToyRequest&) const = default;
};

}  // namespace toy_box

template <>
const Shape& shape_of<toy_box::GetToyRequest>();

}  // namespace slipway::api
