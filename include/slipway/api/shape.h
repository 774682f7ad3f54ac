// Shape tables: what the generated code says of each AWS shape, so that one codec per protocol can read and
// write every structure by walking a table. Generated structures hold every member in a std::optional; the
// tables reach into them through type-erased functions. Nothing here knows a wire format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/base/time.h"

namespace slipway::api {

// C++ type of a value of each kind: Structure: the generated struct; List: std::vector<T>; Map:
// std::map<std::string, T>; String, Blob (decoded bytes) and Document (JSON text): std::string; Boolean:
// bool; Integer: std::int32_t; Long: std::int64_t; Double and Float: double; Timestamp: TimePoint.
// Enumerations are strings: the codecs do not refuse unknown values, the services do, with their own words.
enum class Kind : std::uint8_t {
  Structure,
  List,
  Map,
  String,
  Boolean,
  Integer,
  Long,
  Double,
  Float,
  Timestamp,
  Blob,
  Document
};

enum class Location : std::uint8_t { Body, Header, Headers, Uri, QueryString, StatusCode };

struct Shape;

struct Member {
  std::string_view name;           // in the model and, unless location_name says otherwise, on the wire
  std::string_view location_name;  // locationName, or empty
  std::string_view query_name;     // queryName (ec2), or empty
  std::string_view xml_namespace;  // or empty
  Location location = Location::Body;
  bool required = false;
  bool flattened = false;
  bool host_label = false;
  const Shape* shape = nullptr;
  void* (*field)(void* structure) = nullptr;  // the address of the member, a std::optional<T>
};

// Access to std::optional<T>, for the T of a shape.
struct OptionalOps {
  const void* (*get)(const void* optional);  // the value, nullptr when absent
  void* (*emplace)(void* optional);          // a new default value
  void (*reset)(void* optional);
};
struct ListOps {
  std::size_t (*size)(const void* list);
  const void* (*at)(const void* list, std::size_t index);
  void* (*push)(void* list);  // appends a default value
};
using MapVisitor = std::function<void(const std::string& key, const void* value)>;
struct MapOps {
  void (*visit)(const void* map, const MapVisitor& visitor);
  void* (*put)(void* map, std::string key);  // inserts or resets to a default value
};
// Only for shapes that are created on their own: operation inputs and outputs, errors.
struct ObjectOps {
  void* (*create)();
  void (*destroy)(void* object);
};

struct Shape {
  Kind kind = Kind::String;
  std::string_view name;
  std::span<const Member> members;         // Structure
  const Shape* element = nullptr;          // List, Map (its values)
  std::string_view element_location_name;  // List: locationName of its member, or empty ("member" / "item")
  std::string_view key_location_name;      // Map (query), or empty ("key")
  std::string_view value_location_name;    // Map (query), or empty ("value")
  bool flattened = false;
  std::span<const std::string_view> enum_values;
  std::optional<std::int64_t> min;  // length, size or value
  std::optional<std::int64_t> max;
  std::string_view pattern;
  std::string_view timestamp_format;  // "iso8601", "rfc822", "unixTimestamp", or empty: the protocol's own
  std::string_view xml_namespace;
  std::string_view payload;  // the member that is the whole body, or empty
  bool event_stream = false;
  bool sensitive = false;
  std::string_view error_code;  // error.code, or empty: the shape's name is the code
  int error_status = 0;         // error.httpStatusCode; 0: not an error shape or not given
  OptionalOps optional{};
  ListOps list{};
  MapOps map{};
  ObjectOps object{};
};

struct Operation {
  std::string_view name;
  std::string_view http_method;
  std::string_view http_uri;
  std::string_view host_prefix;
  bool served = false;            // listed in operations.txt; only then are input and output set
  const Shape* input = nullptr;   // nullptr when the operation has no input
  const Shape* output = nullptr;  // nullptr when the operation has no output
  std::string_view result_wrapper;
  std::span<const std::string_view> errors;  // codes that the model declares for it
};

struct Service {
  std::string_view name;           // botocore's: "ecs"
  std::string_view service_id;     // "ECS"
  std::string_view api_version;    // "2014-11-13"
  std::string_view protocol;       // "json", "query", "ec2", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"
  std::string_view json_version;   // "1.1", or empty
  std::string_view target_prefix;  // "AmazonEC2ContainerServiceV20141113", or empty
  std::string_view signing_name;
  std::string_view endpoint_prefix;
  std::string_view xml_namespace;
  std::span<const Operation> operations;  // all of the model, sorted by name
};

// The operation of that name, or nullptr. Exact case.
const Operation* find_operation(const Service& service, std::string_view name);

template <class T>
inline constexpr OptionalOps kOptionalOps{
    [](const void* o) -> const void* {
      const auto& optional = *static_cast<const std::optional<T>*>(o);
      return optional ? &*optional : nullptr;
    },
    [](void* o) -> void* { return &static_cast<std::optional<T>*>(o)->emplace(); },
    [](void* o) { static_cast<std::optional<T>*>(o)->reset(); }};

template <class T>
inline constexpr ListOps kListOps{
    [](const void* l) { return static_cast<const std::vector<T>*>(l)->size(); },
    [](const void* l, std::size_t i) -> const void* { return &(*static_cast<const std::vector<T>*>(l))[i]; },
    [](void* l) -> void* { return &static_cast<std::vector<T>*>(l)->emplace_back(); }};

template <class T>
inline constexpr MapOps kMapOps{
    [](const void* m, const MapVisitor& visitor) {
      for (const auto& [key, value] : *static_cast<const std::map<std::string, T>*>(m)) visitor(key, &value);
    },
    [](void* m, std::string key) -> void* {
      return &static_cast<std::map<std::string, T>*>(m)->insert_or_assign(std::move(key), T{}).first->second;
    }};

template <class T>
inline constexpr ObjectOps kObjectOps{[]() -> void* { return new T; },
                                      [](void* object) { delete static_cast<T*>(object); }};

// The table of a generated structure: specialised (declared) beside each structure.
template <class T>
const Shape& shape_of();

}  // namespace slipway::api
