// AWS query requests to structures. The fields (`Tags.member.1.Key=a`) become a tree by their dots, which is
// then read along the shape table; fields that no member asks for are ignored.
#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "protocol/base64.h"
#include "protocol/form.h"
#include "protocol/serialization_error.h"
#include "protocol/timestamp.h"
#include "protocol/utf8.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

using api::Kind;
using api::Member;
using api::Shape;

// Shorter first: indices (`2`, `10`) then come in numeric order without a limit on their size.
struct IndexOrder {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

struct Node {
  std::optional<std::string> value;
  std::map<std::string, Node, IndexOrder> children;

  const Node* child(std::string_view name) const {
    const auto found = children.find(name);
    return found == children.end() ? nullptr : &found->second;
  }
};

std::string decoded(std::string_view text) {
  auto out = form_decode(text);
  if (!out) throw serialization_error("The form has a % that is not followed by two hexadecimal digits.");
  if (!is_utf8(*out)) throw serialization_error("The form is not UTF-8.");
  return std::move(*out);
}

// A node takes fifty times the bytes of its text, so a hostile body must not make as many as it likes.
constexpr std::size_t kMaxNodes = 100'000;

Node parse(std::string_view form) {
  Node root;
  std::size_t nodes = 0;
  while (const auto field = take_form_field(form)) {
    const std::string name = decoded(field->name);
    if (static_cast<std::size_t>(std::ranges::count(name, '.')) >= 2 * kMaxDepth) throw too_deep();
    Node* node = &root;
    std::string_view rest = name;
    while (true) {
      const std::size_t dot = rest.find('.');
      const auto [child, inserted] = node->children.try_emplace(std::string(rest.substr(0, dot)));
      if (inserted && ++nodes > kMaxNodes)
        throw serialization_error("The form has more than 100000 parameters.");
      node = &child->second;
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    node->value = decoded(field->value);  // of duplicates the last wins
  }
  return root;
}

void read_value(const Shape& shape, bool flattened, const Node& node, void* value);

bool is_index(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The items of a list or map in the order of their indices. `level` stands between name and index ("member",
// "entry") unless the shape is flattened; both spellings of an empty list (`A=` and nothing below) have none.
std::vector<const Node*> items(const Node& node, bool flattened, std::string_view level) {
  const Node* parent = flattened ? &node : node.child(level);
  std::vector<const Node*> found;
  if (!parent) return found;
  for (const auto& [name, child] : parent->children) {
    if (is_index(name)) found.push_back(&child);
  }
  return found;
}

std::string_view or_default(std::string_view name, std::string_view standard) {
  return name.empty() ? standard : name;
}

// A flattened list goes by the name of its items, when they have one.
std::string_view wire_name(const Member& member) {
  const bool by_item = member.flattened && member.shape->kind == Kind::List;
  return or_default(by_item ? member.shape->element_location_name : std::string_view(),
                    or_default(member.location_name, member.name));
}

void read_structure(const Shape& shape, const Node& node, void* structure) {
  for (const Member& member : shape.members) {
    const Node* child = node.child(wire_name(member));
    if (!child) continue;
    read_value(*member.shape, member.flattened, *child,
               member.shape->optional.emplace(member.field(structure)));
  }
}

void read_map(const Shape& shape, bool flattened, const Node& node, void* map) {
  for (const Node* entry : items(node, flattened, "entry")) {
    const Node* key = entry->child(or_default(shape.key_location_name, "key"));
    const Node* value = entry->child(or_default(shape.value_location_name, "value"));
    if (!key || !key->value || !value) throw serialization_error("A map entry lacks its key or its value.");
    read_value(*shape.element, shape.element->flattened, *value, shape.map.put(map, *key->value));
  }
}

template <class Number>
void read_number(const Shape& shape, std::string_view text, void* value) {
  Number& number = *static_cast<Number*>(value);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw wrong_scalar("STRING_VALUE", shape.kind);
}

void read_time(const Shape& shape, std::string_view text, void* value) {
  std::optional<TimePoint> time;
  if (shape.timestamp_format == "unixTimestamp") {
    double seconds = 0;
    read_number<double>(shape, text, &seconds);
    time = time_from_seconds(seconds);
  } else {
    time = parse_iso8601(text);
  }
  if (!time) throw wrong_scalar("STRING_VALUE", Kind::Timestamp);
  *static_cast<TimePoint*>(value) = *time;
}

void read_scalar(const Shape& shape, const std::string& text, void* value) {
  switch (shape.kind) {
    case Kind::Boolean:
      if (text != "true" && text != "false") throw wrong_scalar("STRING_VALUE", Kind::Boolean);
      *static_cast<bool*>(value) = text == "true";
      return;
    case Kind::Integer:
      return read_number<std::int32_t>(shape, text, value);
    case Kind::Long:
      return read_number<std::int64_t>(shape, text, value);
    case Kind::Double:
    case Kind::Float:
      return read_number<double>(shape, text, value);
    case Kind::Timestamp:
      return read_time(shape, text, value);
    case Kind::Blob: {
      auto bytes = base64_decode(text);
      if (!bytes) throw serialization_error("A blob is not base64.");
      *static_cast<std::string*>(value) = std::move(*bytes);
      return;
    }
    default:
      *static_cast<std::string*>(value) = text;
      return;
  }
}

void read_list(const Shape& shape, bool flattened, const Node& node, void* list) {
  for (const Node* item : items(node, flattened, or_default(shape.element_location_name, "member"))) {
    read_value(*shape.element, shape.element->flattened, *item, shape.list.push(list));
  }
}

void read_value(const Shape& shape, bool flattened, const Node& node, void* value) {
  switch (shape.kind) {
    case Kind::Structure:
      return read_structure(shape, node, value);
    case Kind::Map:
      return read_map(shape, flattened, node, value);
    case Kind::List:
      return read_list(shape, flattened, node, value);
    default:
      break;
  }
  if (!node.value) throw unexpected_structure();
  read_scalar(shape, *node.value, value);
}

}  // namespace

void decode_query(const Shape& shape, std::string_view form, void* object) {
  const Node root = parse(form);
  read_structure(shape, root, object);
}

}  // namespace slipway::protocol
