#include "unit/protocol/toy_shapes.h"

namespace slipway::toy {
namespace {

template <class T>
Shape scalar(Kind kind, std::string_view name, std::string_view format = {}) {
  Shape shape;
  shape.kind = kind;
  shape.name = name;
  shape.timestamp_format = format;
  shape.optional = api::kOptionalOps<T>;
  return shape;
}

template <class T>
Shape list(std::string_view name, const Shape& element, std::string_view element_name = {}) {
  Shape shape;
  shape.kind = Kind::List;
  shape.name = name;
  shape.element = &element;
  shape.element_location_name = element_name;
  shape.optional = api::kOptionalOps<std::vector<T>>;
  shape.list = api::kListOps<T>;
  return shape;
}

template <class T>
Shape map(std::string_view name, const Shape& element, std::string_view key = {},
          std::string_view value = {}) {
  Shape shape;
  shape.kind = Kind::Map;
  shape.name = name;
  shape.element = &element;
  shape.key_location_name = key;
  shape.value_location_name = value;
  shape.optional = api::kOptionalOps<std::map<std::string, T>>;
  shape.map = api::kMapOps<T>;
  return shape;
}

template <class T>
Shape structure(std::string_view name, std::span<const Member> members) {
  Shape shape;
  shape.kind = Kind::Structure;
  shape.name = name;
  shape.members = members;
  shape.optional = api::kOptionalOps<T>;
  shape.object = api::kObjectOps<T>;
  return shape;
}

Member member(std::string_view name, const Shape& shape, void* (*field)(void*), bool flattened = false) {
  Member made;
  made.name = name;
  made.shape = &shape;
  made.field = field;
  made.flattened = flattened;
  return made;
}

Member renamed(Member made, std::string_view location_name) {
  made.location_name = location_name;
  return made;
}

template <auto kField, class Owner>
void* at(void* owner) {
  return &(static_cast<Owner*>(owner)->*kField);
}
template <auto kField>
constexpr auto kOfPoint = &at<kField, Point>;
template <auto kField>
constexpr auto kOf = &at<kField, Everything>;

const Shape kText = scalar<std::string>(Kind::String, "Text");
const Shape kFlag = scalar<bool>(Kind::Boolean, "Flag");
const Shape kSmall = scalar<std::int32_t>(Kind::Integer, "Small");
const Shape kLarge = scalar<std::int64_t>(Kind::Long, "Large");
const Shape kReal = scalar<double>(Kind::Double, "Real");
const Shape kTime = scalar<TimePoint>(Kind::Timestamp, "Time");
const Shape kIsoTime = scalar<TimePoint>(Kind::Timestamp, "IsoTime", "iso8601");
const Shape kUnixTime = scalar<TimePoint>(Kind::Timestamp, "UnixTime", "unixTimestamp");
const Shape kBlob = scalar<std::string>(Kind::Blob, "Blob");
const Shape kDocument = scalar<std::string>(Kind::Document, "Document");

const std::array kPointMembers = {member("x", kSmall, kOfPoint<&Point::x>),
                                  member("y", kReal, kOfPoint<&Point::y>)};

}  // namespace

const Shape kPoint = structure<Point>("Point", kPointMembers);

namespace {

const Shape kNames = list<std::string>("Names", kText);
const Shape kPoints = list<Point>("Points", kPoint, "Point");
const Shape kFlatNames = list<std::string>("FlatNames", kText, "FlatName");
const Shape kByName = map<Point>("ByName", kPoint);
const Shape kFlatMap = map<std::string>("FlatMap", kText, "Name", "Value");
const Shape kRow = list<std::int32_t>("Row", kSmall);
const Shape kMatrix = list<std::vector<std::int32_t>>("Matrix", kRow);

const std::array kEverythingMembers = {member("text", kText, kOf<&Everything::text>),
                                       member("flag", kFlag, kOf<&Everything::flag>),
                                       renamed(member("small", kSmall, kOf<&Everything::small>), "Small"),
                                       member("large", kLarge, kOf<&Everything::large>),
                                       member("real", kReal, kOf<&Everything::real>),
                                       member("time", kTime, kOf<&Everything::time>),
                                       member("isoTime", kIsoTime, kOf<&Everything::iso_time>),
                                       member("unixTime", kUnixTime, kOf<&Everything::unix_time>),
                                       member("blob", kBlob, kOf<&Everything::blob>),
                                       member("document", kDocument, kOf<&Everything::document>),
                                       member("names", kNames, kOf<&Everything::names>),
                                       member("points", kPoints, kOf<&Everything::points>),
                                       member("flatNames", kFlatNames, kOf<&Everything::flat_names>, true),
                                       member("byName", kByName, kOf<&Everything::by_name>),
                                       member("flatMap", kFlatMap, kOf<&Everything::flat_map>, true),
                                       member("matrix", kMatrix, kOf<&Everything::matrix>),
                                       member("origin", kPoint, kOf<&Everything::origin>)};

}  // namespace

const Shape kEverything = structure<Everything>("Everything", kEverythingMembers);

namespace {

const std::array kOperations = [] {
  api::Operation operation;
  operation.name = "Do";
  operation.served = true;
  operation.input = &kEverything;
  operation.output = &kEverything;
  api::Operation quiet;
  quiet.name = "Quiet";
  quiet.served = true;
  return std::array{operation, quiet};
}();

}  // namespace

const api::Service kServiceTable = [] {
  api::Service service;
  service.name = "toy";
  service.protocol = "query";
  service.api_version = "2020-01-01";
  service.xml_namespace = "https://toy.example/doc/";
  service.operations = kOperations;
  return service;
}();

}  // namespace slipway::toy
