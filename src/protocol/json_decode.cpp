// JSON to structures: a parser drives a reader that walks the shape table, so that no document tree is built.
// Both keep their own stacks, so hostile nesting ends at kMaxDepth and not at the end of ours.
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "protocol/base64.h"
#include "protocol/json_parser.h"
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

// What the parser finds, piece by piece. A frame is an open list, map or structure; one without a shape is
// ignored or belongs to the document that is being written.
class Reader {
 public:
  Reader(const Shape& root, void* object) : root_{&root, object} {}

  void null() {
    if (document_.active()) return document_.token("null");
    if (depth_ == 0) throw serialization_error("The request body is null, not an object.");
    const Place& frame = frames_[depth_ - 1];
    if (!frame.shape) return;
    if (frame.shape->kind == Kind::List) throw serialization_error("A list may not contain null.");
    if (frame.shape->kind == Kind::Map) throw serialization_error("A map may not contain null.");
    if (member_) member_->shape->optional.reset(member_->field(frame.value));
  }

  void boolean(bool value) {
    const Place place = next_scalar(value ? "true" : "false");
    if (!place.shape) return;
    if (place.shape->kind != Kind::Boolean)
      throw wrong_scalar(value ? "TRUE_VALUE" : "FALSE_VALUE", place.shape->kind);
    *static_cast<bool*>(place.value) = value;
  }

  void integer(std::int64_t value) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    const Place place = next_scalar(std::string_view(text, end));
    if (place.shape) store_integer(place, value);
  }

  void real(double value, std::string_view raw) {
    const Place place = next_scalar(raw);
    if (!place.shape) return;
    const Kind kind = place.shape->kind;
    if (kind == Kind::Double || kind == Kind::Float) {
      *static_cast<double*>(place.value) = value;
    } else if (kind == Kind::Timestamp && !is_iso8601(*place.shape)) {
      store_time(place, time_from_seconds(value));
    } else {
      // A whole number that fits no 64 bits arrives here too.
      const bool fraction = raw.find_first_of(".eE") != std::string_view::npos;
      throw wrong_scalar(fraction && kind != Kind::String ? "DECIMAL_VALUE" : "NUMBER_VALUE", kind);
    }
  }

  void string(std::string_view value) {
    if (document_.active()) return document_.text(value);
    const Place place = next();
    if (!place.shape) return;
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
  }

  void begin_object() {
    open("{", [](const Shape& shape) {
      if (shape.kind == Kind::Structure || shape.kind == Kind::Map) return;
      throw unexpected_structure();
    });
  }

  void key(std::string_view name) {
    if (document_.active()) return document_.key(name);
    const Shape* shape = frames_[depth_ - 1].shape;
    if (!shape) return;
    if (shape->kind == Kind::Map) {
      key_ = name;
      return;
    }
    member_ = nullptr;
    for (const Member& member : shape->members) {
      if (name == (member.location_name.empty() ? member.name : member.location_name)) member_ = &member;
    }
  }

  void end_object() { close('}'); }

  void begin_array() {
    open("[", [](const Shape& shape) {
      if (shape.kind != Kind::List) throw unexpected_list();
    });
  }

  void end_array() { close(']'); }

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

  void close(char bracket) {
    --depth_;
    if (document_.active()) {
      document_.close(bracket);
      if (depth_ == document_depth_) document_.end();
    }
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
  JsonParser(body, reader).run();
}

}  // namespace slipway::protocol
