#include "unit/protocol/random_value.h"

#include <array>
#include <charconv>

namespace slipway::toy {
namespace {

using api::Kind;
using api::Member;
using api::Shape;

const void* get(const Member& member, const void* structure) {
  return member.shape->optional.get(member.field(const_cast<void*>(structure)));
}

template <class T>
bool equal(const void* a, const void* b) {
  return *static_cast<const T*>(a) == *static_cast<const T*>(b);
}

bool same_members(const Shape& shape, const void* a, const void* b) {
  for (const Member& member : shape.members) {
    const void* left = get(member, a);
    const void* right = get(member, b);
    if ((left == nullptr) != (right == nullptr)) return false;
    if (left && !same(*member.shape, left, right)) return false;
  }
  return true;
}

bool same_items(const Shape& shape, const void* a, const void* b) {
  if (shape.list.size(a) != shape.list.size(b)) return false;
  for (std::size_t i = 0; i < shape.list.size(a); ++i) {
    if (!same(*shape.element, shape.list.at(a, i), shape.list.at(b, i))) return false;
  }
  return true;
}

using Entries = std::vector<std::pair<std::string, const void*>>;

Entries entries(const Shape& shape, const void* map) {
  Entries found;
  shape.map.visit(map, [&](const std::string& key, const void* value) { found.emplace_back(key, value); });
  return found;
}

bool same_entries(const Shape& shape, const void* a, const void* b) {
  const Entries left = entries(shape, a);
  const Entries right = entries(shape, b);
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].first != right[i].first || !same(*shape.element, left[i].second, right[i].second))
      return false;
  }
  return true;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    char buffer[4];
    std::snprintf(buffer, sizeof buffer, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += c == ' ' ? "+" : buffer;
  }
  return out;
}

std::string scalar_text(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::Boolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::Integer:
      return std::to_string(*static_cast<const std::int32_t*>(value));
    case Kind::Long:
      return std::to_string(*static_cast<const std::int64_t*>(value));
    case Kind::Double:
    case Kind::Float: {
      char buffer[40];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, *static_cast<const double*>(value)).ptr;
      return {buffer, end};
    }
    default:
      return *static_cast<const std::string*>(value);
  }
}

}  // namespace

std::string RandomValue::text() {
  static constexpr std::array<std::string_view, 12> kPieces = {
      "a", "task-1", " ", "\"", "\\", "\n", "\x01", "ü", "日本", "\xF0\x9F\x9A\xA2", "<&>", ""};
  std::string out;
  for (int i = below(6); i > 0; --i) out += kPieces[static_cast<std::size_t>(below(kPieces.size()))];
  return out;
}

void RandomValue::fill(const Shape& shape, void* value) {
  switch (shape.kind) {
    case Kind::Structure:
      for (const Member& member : shape.members) {
        if (below(3) != 0) fill(*member.shape, member.shape->optional.emplace(member.field(value)));
      }
      break;
    case Kind::List:
      for (int i = below(4); i > 0; --i) fill(*shape.element, shape.list.push(value));
      break;
    case Kind::Map:
      for (int i = below(4); i > 0; --i) fill(*shape.element, shape.map.put(value, text()));
      break;
    case Kind::Boolean:
      *static_cast<bool*>(value) = below(2) == 1;
      break;
    case Kind::Integer:
      *static_cast<std::int32_t*>(value) = static_cast<std::int32_t>(generator_());
      break;
    case Kind::Long:
      *static_cast<std::int64_t*>(value) =
          std::uniform_int_distribution<std::int64_t>(INT64_MIN, INT64_MAX)(generator_);
      break;
    case Kind::Double:
    case Kind::Float:
      *static_cast<double*>(value) = static_cast<double>(generator_()) / (1 + below(1000));
      break;
    case Kind::Timestamp:
      *static_cast<TimePoint*>(value) = TimePoint{Seconds{generator_()} + Millis{below(1000)}};
      break;
    case Kind::Document:
      *static_cast<std::string*>(value) = R"({"a":[1,2.5,"x",null,true,{}]})";
      break;
    case Kind::String:
    case Kind::Blob:
      *static_cast<std::string*>(value) = text();
      break;
  }
}

bool same(const Shape& shape, const void* a, const void* b) {
  switch (shape.kind) {
    case Kind::Structure:
      return same_members(shape, a, b);
    case Kind::List:
      return same_items(shape, a, b);
    case Kind::Map:
      return same_entries(shape, a, b);
    case Kind::Boolean:
      return equal<bool>(a, b);
    case Kind::Integer:
      return equal<std::int32_t>(a, b);
    case Kind::Long:
      return equal<std::int64_t>(a, b);
    case Kind::Double:
    case Kind::Float:
      return equal<double>(a, b);
    case Kind::Timestamp:
      return equal<TimePoint>(a, b);
    default:
      return equal<std::string>(a, b);
  }
}

void append_form(std::string& out, const std::string& prefix, const Shape& shape, const void* value,
                 bool flattened) {
  if (shape.kind == Kind::Structure) {
    for (const Member& member : shape.members) {
      const void* field = get(member, value);
      if (!field) continue;
      std::string_view name = member.location_name.empty() ? member.name : member.location_name;
      const bool by_item = member.flattened && member.shape->kind == Kind::List;
      if (by_item && !member.shape->element_location_name.empty()) name = member.shape->element_location_name;
      append_form(out, (prefix.empty() ? "" : prefix + ".") + std::string(name), *member.shape, field,
                  member.flattened);
    }
  } else if (shape.kind == Kind::List) {
    const std::string item =
        shape.element_location_name.empty() ? "member" : std::string(shape.element_location_name);
    const std::string base = flattened ? prefix : prefix + "." + item;
    if (shape.list.size(value) == 0) out += "&" + prefix + "=";
    for (std::size_t i = 0; i < shape.list.size(value); ++i) {
      append_form(out, base + "." + std::to_string(i + 1), *shape.element, shape.list.at(value, i), false);
    }
  } else if (shape.kind == Kind::Map) {
    const std::string base = flattened ? prefix : prefix + ".entry";
    if (entries(shape, value).empty()) out += "&" + prefix + "=";
    int index = 0;
    for (const auto& [key, item] : entries(shape, value)) {
      const std::string entry = base + "." + std::to_string(++index) + ".";
      out += "&" + entry + (shape.key_location_name.empty() ? "key" : std::string(shape.key_location_name)) +
             "=" + percent_encoded(key);
      append_form(
          out, entry + (shape.value_location_name.empty() ? "value" : std::string(shape.value_location_name)),
          *shape.element, item, false);
    }
  } else {
    out += "&" + prefix + "=" + percent_encoded(scalar_text(shape, value));
  }
}

std::string to_form(const Shape& shape, const void* structure) {
  std::string out = "Action=Do&Version=2020-01-01";
  append_form(out, "", shape, structure, false);
  return out;
}

}  // namespace slipway::toy
