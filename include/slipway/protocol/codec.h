// The codecs: one pair of functions per wire protocol, walking shape tables. They are pure; no codec checks a
// service's constraints (required, ranges, enumerations): services do, in their own order and words. All
// throw AwsError SerializationException (400) for a body that is not of the shape: malformed text, wrong JSON
// type, a number out of the C++ type's range, nesting deeper than 64.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "slipway/api/shape.h"
#include "slipway/base/error.h"

namespace slipway::protocol {

// JSON 1.0 and 1.1. `object` points to a value of the shape's C++ type.
// Decoding: an empty body is {}; null members are absent (null list items and map values are refused);
// unknown members are ignored; of duplicate keys the last wins; numbers are accepted for Timestamp (epoch
// seconds, int or float).
void decode_json(const api::Shape& shape, std::string_view body, void* object);
// Absent members are left out; Timestamp as epoch seconds with a millisecond fraction (1700000000.123);
// Document as is.
std::string encode_json(const api::Shape& shape, const void* object);

// AWS query: form-encoded request (`Action`, `Version` and members `A.member.1.B=`), XML answer.
// `form` is the body or the query string, still percent-encoded.
void decode_query(const api::Shape& shape, std::string_view form, void* object);
// <OpResponse xmlns=…><OpResult>…</OpResult><ResponseMetadata><RequestId>…: the whole document.
std::string encode_query(const api::Service& service, const api::Operation& operation, const void* output,
                         std::string_view request_id);

// The value of one form field, decoded, or empty.
std::string form_value(std::string_view form, std::string_view name);

// Error bodies. `resource_ids` is left out when there are none.
std::string encode_json_error(std::string_view code, std::string_view message,
                              std::span<const std::string> resource_ids = {});
std::string encode_query_error(const api::Service& service, std::string_view code, std::string_view message,
                               int status, std::string_view request_id);
// For clients that ask in Smithy RPC v2 CBOR: the map of `__type` and `message`.
std::string encode_cbor_error(std::string_view code, std::string_view message);

template <class T>
T from_json(std::string_view text) {
  T value;
  decode_json(api::shape_of<T>(), text, &value);
  return value;
}
template <class T>
std::string to_json(const T& value) {
  return encode_json(api::shape_of<T>(), &value);
}

// Appends `text` as a JSON string, with its quotes. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace slipway::protocol
