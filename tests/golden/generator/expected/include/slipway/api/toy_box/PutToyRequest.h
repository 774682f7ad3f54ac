// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#pragma once

#include "slipway/api/shape.h"
#include "slipway/api/toy_box/Part.h"

namespace slipway::api {
namespace toy_box {

struct PutToyRequest {
  std::optional<std::string> name{};
  std::optional<bool> default_{};
  std::optional<std::vector<std::string>> gpu_ids{};
  std::optional<std::string> efs_arn{};
  std::optional<std::string> private_ipv4_address{};
  std::optional<std::vector<std::string>> ipv6_cidrs{};
  std::optional<std::vector<Part>> parts{};
  std::optional<std::map<std::string, Part>> labels{};
  std::optional<std::string> secret{};
  std::optional<TimePoint> when{};
  std::optional<std::string> data{};
  std::optional<std::string> free{};
  std::optional<std::int64_t> size{};
  std::optional<double> weight{};
  std::optional<std::int32_t> count{};
  bool operator==(const PutToyRequest&) const = default;
};

}  // namespace toy_box

template <>
const Shape& shape_of<toy_box::PutToyRequest>();

}  // namespace slipway::api
