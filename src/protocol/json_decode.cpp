// JSON to structures: nlohmann's lexer drives a handler that walks the shape table, so that no document tree
// is built. The parser keeps its own stack, so hostile nesting ends at kMaxDepth and not at the end of ours.
#include <array>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/base64.h"
#include "protocol/serialization_error.h"
#include "protocol/timestamp.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

using api::Kind;
using api::Member;
using api::Shape;

// Writes the JSON text of a document value again, event by event. Whether a comma is due shows in the last
// character: only these three can stand before a first item or a value.
class DocumentWriter {
 public:
  void begin(std::string& out) { out_ = &out; }
  void end() { out_ = nullptr; }
  bool active() const { return out_ != nullptr; }
  void token(std::string_view text) {
    separate();
    *out_ += text;
  }
  void text(std::string_view value) {
    separate();
    append_json_string(*out_, value);
  }
  void key(std::string_view value) {
    text(value);
    *out_ += ':';
  }
  void close(char bracket) { *out_ += bracket; }

 private:
  void separate() {
    if (out_->empty()) return;
    const char last = out_->back();
    if (last != '{' && last != '[' && last != ':') *out_ += ',';
  }

  std::string* out_ = nullptr;
};

// nlohmann's SAX interface. A frame is an open list, map or structure; one without a shape is ignored or
// belongs to the document that is being written.
class Reader {
 public:
  Reader(const Shape& root, void* object) : root_{&root, object} {}

  bool null() {
    if (document_.active()) return document_.token("null"), true;
    if (depth_ == 0) throw serialization_error("The request body is null, not an object.");
    const Place& frame = frames_[depth_ - 1];
    if (!frame.shape) return true;
    if (frame.shape->kind == Kind::List) throw serialization_error("A list may not contain null.");
    if (frame.shape->kind == Kind::Map) throw serialization_error("A map may not contain null.");
    if (member_) member_->shape->optional.reset(member_->field(frame.value));
    return true;
  }

  bool boolean(bool value) {
    const Place place = next_scalar(value ? "true" : "false");
    if (!place.shape) return true;
    if (place.shape->kind != Kind::Boolean)
      throw wrong_scalar(value ? "TRUE_VALUE" : "FALSE_VALUE", place.shape->kind);
    *static_cast<bool*>(place.value) = value;
    return true;
  }

  bool number_integer(std::int64_t value) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    const Place place = next_scalar(std::string_view(text, end));
    return !place.shape || (store_integer(place, value), true);
  }

  bool number_unsigned(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) return number_integer(static_cast<std::int64_t>(value));
    return number_float(static_cast<double>(value), std::to_string(value));
  }

  bool number_float(double value, const std::string& raw) {
    const Place place = next_scalar(raw);
    if (!place.shape) return true;
    const Kind kind = place.shape->kind;
    if (kind == Kind::Double || kind == Kind::Float) {
      *static_cast<double*>(place.value) = value;
    } else if (kind == Kind::Timestamp && !is_iso8601(*place.shape)) {
      store_time(place, time_from_seconds(value));
    } else {
      // A whole number that fits no 64 bits arrives here too.
      const bool fraction = raw.find_first_of(".eE") != std::string::npos;
      throw wrong_scalar(fraction && kind != Kind::String ? "DECIMAL_VALUE" : "NUMBER_VALUE", kind);
    }
    return true;
  }

  bool string(std::string& value) {
    if (document_.active()) return document_.text(value), true;
    const Place place = next();
    if (!place.shape) return true;
    switch (place.shape->kind) {
      case Kind::String:
        *static_cast<std::string*>(place.value) = value;
        break;
      case Kind::Document:
        append_json_string(*static_cast<std::string*>(place.value), value);
        break;
      case Kind::Blob:
        store_blob(place, value);
        break;
      case Kind::Double:
      case Kind::Float:
        store_special(place, value);
        break;
      case Kind::Timestamp:
        if (!is_iso8601(*place.shape)) throw wrong_scalar("STRING_VALUE", Kind::Timestamp);
        store_time(place, parse_iso8601(value));
        break;
      default:
        throw wrong_scalar("STRING_VALUE", place.shape->kind);
    }
    return true;
  }

  bool binary(nlohmann::json::binary_t&) { throw BugError("JSON text has no binary values"); }

  bool start_object(std::size_t) {
    open("{", [](const Shape& shape) {
      if (shape.kind == Kind::Structure || shape.kind == Kind::Map) return;
      throw unexpected_structure();
    });
    return true;
  }

  bool key(std::string& name) {
    if (document_.active()) return document_.key(name), true;
    const Shape* shape = frames_[depth_ - 1].shape;
    if (!shape) return true;
    if (shape->kind == Kind::Map) {
      key_ = name;
      return true;
    }
    member_ = nullptr;
    for (const Member& member : shape->members) {
      if (name == (member.location_name.empty() ? member.name : member.location_name)) member_ = &member;
    }
    return true;
  }

  bool end_object() { return close('}'); }

  bool start_array(std::size_t) {
    open("[", [](const Shape& shape) {
      if (shape.kind != Kind::List) throw unexpected_list();
    });
    return true;
  }

  bool end_array() { return close(']'); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    throw serialization_error("The request body is not valid JSON: it breaks at byte " +
                              std::to_string(position) + ".");
  }

 private:
  // A value of a shape that is being read. Without a shape: ignored.
  struct Place {
    const Shape* shape;
    void* value;
  };

  static bool is_iso8601(const Shape& shape) { return shape.timestamp_format == "iso8601"; }

  // Where the value that begins now goes: a fresh default value.
  Place next() {
    if (depth_ == 0) return root_;
    const Place& frame = frames_[depth_ - 1];
    if (!frame.shape) return {nullptr, nullptr};
    switch (frame.shape->kind) {
      case Kind::List:
        count_item(*frame.shape->element);
        return {frame.shape->element, frame.shape->list.push(frame.value)};
      case Kind::Map:
        return {frame.shape->element, frame.shape->map.put(frame.value, std::move(key_))};
      default:
        break;
    }
    if (!member_) return {nullptr, nullptr};
    return {member_->shape, member_->shape->optional.emplace(member_->field(frame.value))};
  }

  // `{},` makes a structure of a few kilobytes: without a limit a body of megabytes would take gigabytes.
  void count_item(const Shape& element) {
    if (element.kind != Kind::Structure || ++structures_ <= kMaxStructures) return;
    throw serialization_error("The request has more than 20000 structures in its lists.");
  }

  // next() for a scalar whose JSON text is `text`; inside documents, and for one, the text is all that
  // counts.
  Place next_scalar(std::string_view text) {
    if (document_.active()) {
      document_.token(text);
      return {nullptr, nullptr};
    }
    const Place place = next();
    if (!place.shape || place.shape->kind != Kind::Document) return place;
    static_cast<std::string*>(place.value)->append(text);
    return {nullptr, nullptr};
  }

  template <class Check>
  void open(std::string_view bracket, const Check& check) {
    if (depth_ == kMaxDepth) throw too_deep();
    Place place{nullptr, nullptr};
    if (document_.active()) {
      document_.token(bracket);
    } else {
      place = next();
      if (place.shape && place.shape->kind == Kind::Document) {
        document_.begin(*static_cast<std::string*>(place.value));
        document_.token(bracket);
        document_depth_ = depth_;
        place.shape = nullptr;
      } else if (place.shape) {
        check(*place.shape);
      }
    }
    frames_[depth_++] = place;
  }

  bool close(char bracket) {
    --depth_;
    if (document_.active()) {
      document_.close(bracket);
      if (depth_ == document_depth_) document_.end();
    }
    return true;
  }

  static void store_integer(const Place& place, std::int64_t value) {
    switch (place.shape->kind) {
      case Kind::Integer:
        if (!std::in_range<std::int32_t>(value)) throw wrong_scalar("NUMBER_VALUE", Kind::Integer);
        *static_cast<std::int32_t*>(place.value) = static_cast<std::int32_t>(value);
        break;
      case Kind::Long:
        *static_cast<std::int64_t*>(place.value) = value;
        break;
      case Kind::Double:
      case Kind::Float:
        *static_cast<double*>(place.value) = static_cast<double>(value);
        break;
      case Kind::Timestamp:
        if (is_iso8601(*place.shape)) throw wrong_scalar("NUMBER_VALUE", Kind::Timestamp);
        store_time(place, time_from_seconds(value));
        break;
      default:
        throw wrong_scalar("NUMBER_VALUE", place.shape->kind);
    }
  }

  static void store_time(const Place& place, std::optional<TimePoint> time) {
    if (!time) throw serialization_error("A timestamp is not within the years 1 to 9999.");
    *static_cast<TimePoint*>(place.value) = *time;
  }

  static void store_blob(const Place& place, std::string_view text) {
    auto bytes = base64_decode(text);
    if (!bytes) throw serialization_error("A blob is not base64.");
    *static_cast<std::string*>(place.value) = std::move(*bytes);
  }

  // The values that JSON has no number for.
  static void store_special(const Place& place, std::string_view text) {
    using Limits = std::numeric_limits<double>;
    double& value = *static_cast<double*>(place.value);
    if (text == "NaN") {
      value = Limits::quiet_NaN();
    } else if (text == "Infinity") {
      value = Limits::infinity();
    } else if (text == "-Infinity") {
      value = -Limits::infinity();
    } else {
      throw wrong_scalar("STRING_VALUE", place.shape->kind);
    }
  }

  static constexpr std::size_t kMaxStructures =
      20'000;  // twice what any AWS operation takes (PutLogEvents: 10,000)

  Place root_;
  std::size_t structures_ = 0;
  std::array<Place, kMaxDepth> frames_;
  std::size_t depth_ = 0;
  const Member* member_ = nullptr;  // of the structure on top, after its key; nullptr: unknown
  std::string key_;                 // of the map on top
  DocumentWriter document_;
  std::size_t document_depth_ = 0;
};

}  // namespace

void decode_json(const Shape& shape, std::string_view body, void* object) {
  if (body.empty()) return;
  Reader reader(shape, object);
  nlohmann::json::sax_parse(body.begin(), body.end(), &reader);
}

}  // namespace slipway::protocol
