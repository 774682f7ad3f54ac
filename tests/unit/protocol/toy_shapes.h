// A hand-written service with every kind and trait that the codecs handle and that no served AWS shape has:
// documents, blobs, flattened lists and maps, renamed members, timestamp formats, maps of structures.
#pragma once

#include <array>

#include "slipway/api/shape.h"

namespace slipway::toy {

using api::Kind;
using api::Member;
using api::Shape;

struct Point {
  std::optional<std::int32_t> x;
  std::optional<double> y;
  bool operator==(const Point&) const = default;
};

struct Everything {
  std::optional<std::string> text;
  std::optional<bool> flag;
  std::optional<std::int32_t> small;
  std::optional<std::int64_t> large;
  std::optional<double> real;
  std::optional<TimePoint> time;
  std::optional<TimePoint> iso_time;
  std::optional<TimePoint> unix_time;
  std::optional<std::string> blob;
  std::optional<std::string> document;
  std::optional<std::vector<std::string>> names;
  std::optional<std::vector<Point>> points;
  std::optional<std::vector<std::string>> flat_names;
  std::optional<std::map<std::string, Point>> by_name;
  std::optional<std::map<std::string, std::string>> flat_map;
  std::optional<std::vector<std::vector<std::int32_t>>> matrix;
  std::optional<Point> origin;
  bool operator==(const Everything&) const = default;
};

extern const Shape kPoint;
extern const Shape kEverything;

// An operation `Do` with Everything as input and output, of a service named "toy" that speaks query.
extern const api::Service kServiceTable;

}  // namespace slipway::toy

template <>
inline const slipway::api::Shape& slipway::api::shape_of<slipway::toy::Everything>() {
  return slipway::toy::kEverything;
}
