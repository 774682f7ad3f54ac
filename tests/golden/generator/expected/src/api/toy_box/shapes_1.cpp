// Written by scripts/generate_api.py from api-specs/toy-box. Changes here are lost.
#include "tables.h"
#include "slipway/api/toy_box/GetToyRequest.h"
#include "slipway/api/toy_box/Part.h"
#include "slipway/api/toy_box/PutToyRequest.h"
#include "slipway/api/toy_box/PutToyResponse.h"

// Members that are not named keep their defaults.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace slipway::api {
namespace toy_box {
namespace {
void* GetToyRequest_0(void* s) { return &static_cast<GetToyRequest*>(s)->id; }
constexpr Member GetToyRequest_members[] = {
    {.name = "id", .location = Location::Uri, .host_label = true, .shape = &kName, .field = GetToyRequest_0},
};
constexpr std::string_view PartKind_values[] = {"WHEEL", "motor \"x\""};
void* Part_0(void* s) { return &static_cast<Part*>(s)->kind; }
constexpr Member Part_members[] = {
    {.name = "kind", .shape = &kPartKind, .field = Part_0},
};
void* PutToyRequest_0(void* s) { return &static_cast<PutToyRequest*>(s)->name; }
void* PutToyRequest_1(void* s) { return &static_cast<PutToyRequest*>(s)->default_; }
void* PutToyRequest_2(void* s) { return &static_cast<PutToyRequest*>(s)->gpu_ids; }
void* PutToyRequest_3(void* s) { return &static_cast<PutToyRequest*>(s)->efs_arn; }
void* PutToyRequest_4(void* s) { return &static_cast<PutToyRequest*>(s)->private_ipv4_address; }
void* PutToyRequest_5(void* s) { return &static_cast<PutToyRequest*>(s)->ipv6_cidrs; }
void* PutToyRequest_6(void* s) { return &static_cast<PutToyRequest*>(s)->parts; }
void* PutToyRequest_7(void* s) { return &static_cast<PutToyRequest*>(s)->labels; }
void* PutToyRequest_8(void* s) { return &static_cast<PutToyRequest*>(s)->secret; }
void* PutToyRequest_9(void* s) { return &static_cast<PutToyRequest*>(s)->when; }
void* PutToyRequest_10(void* s) { return &static_cast<PutToyRequest*>(s)->data; }
void* PutToyRequest_11(void* s) { return &static_cast<PutToyRequest*>(s)->free; }
void* PutToyRequest_12(void* s) { return &static_cast<PutToyRequest*>(s)->size; }
void* PutToyRequest_13(void* s) { return &static_cast<PutToyRequest*>(s)->weight; }
void* PutToyRequest_14(void* s) { return &static_cast<PutToyRequest*>(s)->count; }
constexpr Member PutToyRequest_members[] = {
    {.name = "name", .required = true, .shape = &kName, .field = PutToyRequest_0},
    {.name = "default", .shape = &kFlag, .field = PutToyRequest_1},
    {.name = "gpuIds", .location_name = "GpuId", .query_name = "gpu", .flattened = true, .shape = &kIds, .field = PutToyRequest_2},
    {.name = "efsARN", .location_name = "x-efs", .location = Location::Header, .shape = &kName, .field = PutToyRequest_3},
    {.name = "privateIpv4Address", .xml_namespace = "https://member.example/", .shape = &kName, .field = PutToyRequest_4},
    {.name = "IPv6CIDRs", .shape = &kIds, .field = PutToyRequest_5},
    {.name = "parts", .shape = &kParts, .field = PutToyRequest_6},
    {.name = "labels", .flattened = true, .shape = &kLabels, .field = PutToyRequest_7},
    {.name = "secret", .shape = &kSecret, .field = PutToyRequest_8},
    {.name = "when", .shape = &kTime, .field = PutToyRequest_9},
    {.name = "data", .shape = &kData, .field = PutToyRequest_10},
    {.name = "free", .shape = &kFree, .field = PutToyRequest_11},
    {.name = "size", .shape = &kSize, .field = PutToyRequest_12},
    {.name = "weight", .shape = &kWeight, .field = PutToyRequest_13},
    {.name = "count", .shape = &kCount, .field = PutToyRequest_14},
};
void* PutToyResponse_0(void* s) { return &static_cast<PutToyResponse*>(s)->toy; }
constexpr Member PutToyResponse_members[] = {
    {.name = "toy", .shape = &kPart, .field = PutToyResponse_0},
};
}  // namespace

constinit const Shape kName{.kind = Kind::String, .name = "Name", .min = std::int64_t{1}, .max = std::int64_t{255}, .pattern = "^[\\w\"?\?/]+$", .optional = kOptionalOps<std::string>};
constinit const Shape kGetToyRequest{.kind = Kind::Structure, .name = "GetToyRequest", .members = GetToyRequest_members, .object = kObjectOps<GetToyRequest>};
constinit const Shape kFlag{.kind = Kind::Boolean, .name = "Flag", .optional = kOptionalOps<bool>};
constinit const Shape kIds{.kind = Kind::List, .name = "Ids", .element = &kName, .max = std::int64_t{10}, .optional = kOptionalOps<std::vector<std::string>>, .list = kListOps<std::string>};
constinit const Shape kPartKind{.kind = Kind::String, .name = "PartKind", .enum_values = PartKind_values, .optional = kOptionalOps<std::string>};
constinit const Shape kPart{.kind = Kind::Structure, .name = "Part", .members = Part_members, .optional = kOptionalOps<Part>};
constinit const Shape kParts{.kind = Kind::List, .name = "Parts", .element = &kPart, .element_location_name = "item", .optional = kOptionalOps<std::vector<Part>>, .list = kListOps<Part>};
constinit const Shape kLabels{.kind = Kind::Map, .name = "Labels", .element = &kPart, .key_location_name = "Key", .value_location_name = "Value", .flattened = true, .optional = kOptionalOps<std::map<std::string, Part>>, .map = kMapOps<Part>};
constinit const Shape kSecret{.kind = Kind::String, .name = "Secret", .sensitive = true, .optional = kOptionalOps<std::string>};
constinit const Shape kTime{.kind = Kind::Timestamp, .name = "Time", .timestamp_format = "iso8601", .optional = kOptionalOps<TimePoint>};
constinit const Shape kData{.kind = Kind::Blob, .name = "Data", .optional = kOptionalOps<std::string>};
constinit const Shape kFree{.kind = Kind::Document, .name = "Free", .optional = kOptionalOps<std::string>};
constinit const Shape kSize{.kind = Kind::Long, .name = "Size", .optional = kOptionalOps<std::int64_t>};
constinit const Shape kWeight{.kind = Kind::Double, .name = "Weight", .optional = kOptionalOps<double>};
constinit const Shape kCount{.kind = Kind::Integer, .name = "Count", .optional = kOptionalOps<std::int32_t>};
constinit const Shape kPutToyRequest{.kind = Kind::Structure, .name = "PutToyRequest", .members = PutToyRequest_members, .payload = "name", .object = kObjectOps<PutToyRequest>};
constinit const Shape kPutToyResponse{.kind = Kind::Structure, .name = "PutToyResponse", .members = PutToyResponse_members, .object = kObjectOps<PutToyResponse>};
}  // namespace toy_box
template <>
const Shape& shape_of<toy_box::GetToyRequest>() {
  return toy_box::kGetToyRequest;
}
template <>
const Shape& shape_of<toy_box::Part>() {
  return toy_box::kPart;
}
template <>
const Shape& shape_of<toy_box::PutToyRequest>() {
  return toy_box::kPutToyRequest;
}
template <>
const Shape& shape_of<toy_box::PutToyResponse>() {
  return toy_box::kPutToyResponse;
}
}  // namespace slipway::api
