// Structures to the XML of the AWS query protocol, appended straight to the answer.
#include <charconv>
#include <cmath>

#include "protocol/base64.h"
#include "protocol/timestamp.h"
#include "protocol/utf8.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

using api::Kind;
using api::Member;
using api::Shape;

// What an element is: its name, and whether a list or map repeats it instead of standing inside it.
struct Element {
  std::string_view name;
  bool flattened;
};

void append_element(std::string& out, Element element, const Shape& shape, const void* value);

// Text of an element or attribute. Characters that XML 1.0 cannot carry at all, and invalid UTF-8, become
// U+FFFD; a carriage return is written as a reference because parsers would make a line feed of it.
void append_text(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    const std::string_view character = text.substr(i, length == 0 ? 1 : length);
    i += character.size();
    const auto first = static_cast<unsigned char>(character.front());
    if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else if (character == "\r") {
      out += "&#xD;";
    } else if (length == 0 || (first < 0x20 && first != '\t' && first != '\n') ||
               character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") {
      out += kReplacementCharacter;
    } else {
      out += character;
    }
  }
}

void open_tag(std::string& out, std::string_view name) {
  out += '<';
  out += name;
  out += '>';
}

void close_tag(std::string& out, std::string_view name) {
  out += "</";
  out += name;
  out += '>';
}

void append_text_element(std::string& out, std::string_view name, std::string_view text) {
  open_tag(out, name);
  append_text(out, text);
  close_tag(out, name);
}

std::string_view or_default(std::string_view name, std::string_view standard) {
  return name.empty() ? standard : name;
}

void append_members(std::string& out, const Shape& shape, const void* structure) {
  for (const Member& member : shape.members) {
    // The accessors take a mutable structure because decoding shares them; get() only reads.
    const void* value = member.shape->optional.get(member.field(const_cast<void*>(structure)));
    const Element element{or_default(member.location_name, member.name), member.flattened};
    if (value) append_element(out, element, *member.shape, value);
  }
}

void append_items(std::string& out, std::string_view name, const Shape& shape, const void* list) {
  const std::size_t size = shape.list.size(list);
  const Element item{name, shape.element->flattened};
  for (std::size_t i = 0; i < size; ++i) append_element(out, item, *shape.element, shape.list.at(list, i));
}

void append_entries(std::string& out, std::string_view name, const Shape& shape, const void* map) {
  shape.map.visit(map, [&](const std::string& key, const void* value) {
    open_tag(out, name);
    append_text_element(out, or_default(shape.key_location_name, "key"), key);
    const Element item{or_default(shape.value_location_name, "value"), shape.element->flattened};
    append_element(out, item, *shape.element, value);
    close_tag(out, name);
  });
}

template <class Number>
void append_number(std::string& out, Number value) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_double(std::string& out, double value) {
  if (std::isfinite(value)) return append_number(out, value);
  out += std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

void append_time(std::string& out, const Shape& shape, TimePoint time) {
  if (shape.timestamp_format == "unixTimestamp") return append_epoch_seconds(out, time);
  append_iso8601(out, time);
}

void append_content(std::string& out, const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::Structure:
      return append_members(out, shape, value);
    case Kind::List:
      return append_items(out, or_default(shape.element_location_name, "member"), shape, value);
    case Kind::Map:
      return append_entries(out, "entry", shape, value);
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
      out += base64_encode(*static_cast<const std::string*>(value));
      return;
    case Kind::String:
    case Kind::Document:
      return append_text(out, *static_cast<const std::string*>(value));
  }
}

void append_element(std::string& out, Element element, const Shape& shape, const void* value) {
  if (element.flattened && shape.kind == Kind::List) {
    return append_items(out, or_default(shape.element_location_name, element.name), shape, value);
  }
  if (element.flattened && shape.kind == Kind::Map) return append_entries(out, element.name, shape, value);
  open_tag(out, element.name);
  append_content(out, shape, value);
  close_tag(out, element.name);
}

void open_document(std::string& out, std::string_view name, const api::Service& service) {
  out += '<';
  out += name;
  out += " xmlns=\"";
  append_text(out, service.xml_namespace);
  out += "\">";
}

}  // namespace

std::string encode_query(const api::Service& service, const api::Operation& operation, const void* output,
                         std::string_view request_id) {
  const std::string response = std::string(operation.name) + "Response";
  std::string out;
  open_document(out, response, service);
  if (operation.output) {
    const std::string wrapper = operation.result_wrapper.empty() ? std::string(operation.name) + "Result"
                                                                 : std::string(operation.result_wrapper);
    open_tag(out, wrapper);
    append_members(out, *operation.output, output);
    close_tag(out, wrapper);
  }
  out += "<ResponseMetadata>";
  append_text_element(out, "RequestId", request_id);
  out += "</ResponseMetadata>";
  close_tag(out, response);
  return out;
}

std::string encode_query_error(const api::Service& service, std::string_view code, std::string_view message,
                               int status, std::string_view request_id) {
  std::string out;
  open_document(out, "ErrorResponse", service);
  out += "<Error>";
  append_text_element(out, "Type", status >= 500 ? "Receiver" : "Sender");
  append_text_element(out, "Code", code);
  append_text_element(out, "Message", message);
  out += "</Error>";
  append_text_element(out, "RequestId", request_id);
  close_tag(out, "ErrorResponse");
  return out;
}

}  // namespace slipway::protocol
