// Structures to JSON, appended straight to the answer: no document tree is built.
#include <charconv>
#include <cmath>
#include <utility>

#include "protocol/base64.h"
#include "protocol/timestamp.h"
#include "protocol/utf8.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

using api::Kind;
using api::Member;
using api::Shape;

void append_value(std::string& out, const Shape& shape, const void* value);

template <class Number>
void append_number(std::string& out, Number value) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_double(std::string& out, double value) {
  if (std::isfinite(value)) return append_number(out, value);
  // JSON has no such numbers; AWS writes them as strings (Smithy, awsJson1.1).
  out += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
}

void append_structure(std::string& out, const Shape& shape, const void* structure) {
  out += '{';
  bool first = true;
  for (const Member& member : shape.members) {
    // The accessors take a mutable structure because decoding shares them; get() only reads.
    const void* value = member.shape->optional.get(member.field(const_cast<void*>(structure)));
    if (!value) continue;
    out += first ? "\"" : ",\"";
    first = false;
    out += member.location_name.empty() ? member.name : member.location_name;
    out += "\":";
    append_value(out, *member.shape, value);
  }
  out += '}';
}

void append_list(std::string& out, const Shape& shape, const void* list) {
  out += '[';
  const std::size_t size = shape.list.size(list);
  for (std::size_t i = 0; i < size; ++i) {
    if (i != 0) out += ',';
    append_value(out, *shape.element, shape.list.at(list, i));
  }
  out += ']';
}

void append_map(std::string& out, const Shape& shape, const void* map) {
  out += '{';
  const std::size_t start = out.size();
  shape.map.visit(map, [&](const std::string& key, const void* value) {
    if (out.size() != start) out += ',';
    append_json_string(out, key);
    out += ':';
    append_value(out, *shape.element, value);
  });
  out += '}';
}

void append_time(std::string& out, const Shape& shape, TimePoint time) {
  if (shape.timestamp_format != "iso8601") return append_epoch_seconds(out, time);
  out += '"';
  append_iso8601(out, time);
  out += '"';
}

void append_value(std::string& out, const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::Structure:
      return append_structure(out, shape, value);
    case Kind::List:
      return append_list(out, shape, value);
    case Kind::Map:
      return append_map(out, shape, value);
    case Kind::String:
      return append_json_string(out, *static_cast<const std::string*>(value));
    case Kind::Boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      return;
    case Kind::Integer:
      return append_number(out, *static_cast<const std::int32_t*>(value));
    case Kind::Long:
      return append_number(out, *static_cast<const std::int64_t*>(value));
    case Kind::Double:
    case Kind::Float:
      return append_double(out, *static_cast<const double*>(value));
    case Kind::Timestamp:
      return append_time(out, shape, *static_cast<const TimePoint*>(value));
    case Kind::Blob:
      out += '"' + base64_encode(*static_cast<const std::string*>(value)) + '"';
      return;
    case Kind::Document:
      out += *static_cast<const std::string*>(value);
      return;
  }
}

// The escape of a character that may not stand in a string as it is.
void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;  // everything before is in `out`
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    const std::size_t length = c < 0x80 ? 0 : utf8_length(text, i);
    if (length != 0) {
      i += length;
      continue;
    }
    out.append(text, copied, i - copied);
    if (c < 0x80) {
      append_escape(out, c);
    } else {
      out += kReplacementCharacter;
    }
    copied = ++i;
  }
  out.append(text, copied);
  out += '"';
}

std::string encode_json(const Shape& shape, const void* object) {
  std::string out;
  out.reserve(256);
  append_value(out, shape, object);
  return out;
}

std::string encode_json_error(std::string_view code, std::string_view message,
                              std::span<const std::string> resource_ids) {
  std::string out = "{\"__type\":";
  append_json_string(out, code);
  out += ",\"message\":";
  append_json_string(out, message);
  char before = '[';
  if (!resource_ids.empty()) out += ",\"resourceIds\":";
  for (const auto& id : resource_ids) {
    out += std::exchange(before, ',');
    append_json_string(out, id);
  }
  out += resource_ids.empty() ? "}" : "]}";
  return out;
}

}  // namespace slipway::protocol
