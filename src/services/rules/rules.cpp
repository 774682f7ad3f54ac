#include "services/rules/rules.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "slipway/base/error.h"

namespace slipway::services::rules {
namespace {

// A value that a rule's path leads to, and the way there.
struct Place {
  const api::Shape* shape = nullptr;
  const void* value = nullptr;  // nullptr: absent
  std::size_t index = 0;        // in the innermost list
  std::string_view name;        // of the outermost named thing on the way: a container, a volume
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool matches(const Rule& rule, std::string_view text) {
  const auto length = static_cast<std::int64_t>(characters(text));
  if (length < rule.least || length > rule.limit) return false;
  return std::ranges::all_of(text, [&rule](char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 128) return rule.characters.beyond;
    return (rule.characters.ascii[byte / 64] >> (byte % 64) & 1U) != 0;
  });
}

const std::string* as_text(const Place& place) {
  return place.shape->kind == api::Kind::String ? static_cast<const std::string*>(place.value) : nullptr;
}

// Length of a text, size of a list.
std::size_t size_of(const Place& place) {
  if (const auto* text = as_text(place)) return characters(*text);
  return place.shape->kind == api::Kind::List ? place.shape->list.size(place.value) : 1;
}

std::int64_t number_of(const Place& place) {
  if (place.shape->kind == api::Kind::Integer) return *static_cast<const std::int32_t*>(place.value);
  if (place.shape->kind == api::Kind::Long) return *static_cast<const std::int64_t*>(place.value);
  return 0;
}

bool holds(const Rule& rule, const Place& place) {
  if (place.value == nullptr) return rule.kind != Kind::Required && rule.kind != Kind::NonEmpty;
  const auto size = [&place] { return static_cast<std::int64_t>(size_of(place)); };
  switch (rule.kind) {
    case Kind::Required:
      return true;
    case Kind::NonEmpty:
      return size() != 0;
    case Kind::Enum:
      return std::ranges::find(rule.allowed, *as_text(place)) != rule.allowed.end();
    case Kind::Pattern:
      return matches(rule, *as_text(place));
    case Kind::Min:
      return number_of(place) >= rule.limit;
    case Kind::Max:
      return number_of(place) <= rule.limit;
    case Kind::MinLength:
    case Kind::MinItems:
      return size() >= rule.limit;
    case Kind::MaxLength:
    case Kind::MaxItems:
      return size() <= rule.limit;
  }
  return true;
}

std::string placeholder(std::string_view word, const Rule& rule, const Place& place) {
  if (word == "limit") return std::to_string(rule.limit);
  if (word == "index") return std::to_string(place.index);
  if (word == "name") return std::string(place.name);
  if (word == "size") return std::to_string(place.value == nullptr ? 0 : size_of(place));
  if (word == "value") {
    if (place.value == nullptr) return "null";
    const auto* text = as_text(place);
    return text != nullptr ? *text : std::to_string(number_of(place));
  }
  std::string values;
  for (const auto value : rule.allowed) {
    if (!values.empty()) values += ',';
    values += value;
  }
  return values;
}

// Texts hold braces of their own too ("{1,255}"): only the known words are replaced.
std::string fill(const Rule& rule, const Place& place) {
  static constexpr std::string_view kWords[] = {"value", "limit", "size", "values", "index", "name"};
  std::string out;
  for (std::size_t at = 0; at < rule.text.size();) {
    const auto end = rule.text[at] == '{' ? rule.text.find('}', at) : std::string_view::npos;
    const auto word = end == std::string_view::npos ? "" : rule.text.substr(at + 1, end - at - 1);
    if (!word.empty() && std::ranges::find(kWords, word) != std::end(kWords)) {
      out += placeholder(word, rule, place);
      at = end + 1;
    } else {
      out += rule.text[at++];
    }
  }
  return out;
}

const api::Member* find_member(const api::Shape& shape, std::string_view name) {
  const auto found = std::ranges::find(shape.members, name, &api::Member::name);
  return found == shape.members.end() ? nullptr : &*found;
}

// The tables' accessors are for reading and writing alike, so they take no const.
const void* member_value(const api::Member& member, const void* structure) {
  return member.shape->optional.get(member.field(const_cast<void*>(structure)));
}

std::string_view name_in(const Place& place) {
  if (place.value == nullptr || place.shape->kind != api::Kind::Structure) return {};
  const auto* member = find_member(*place.shape, "name");
  if (member == nullptr || member->shape->kind != api::Kind::String) return {};
  const auto* name = static_cast<const std::string*>(member_value(*member, place.value));
  return name == nullptr ? std::string_view() : std::string_view(*name);
}

// Checks the rule at every place that `path` leads to from `place`.
void walk(const Rule& rule, std::string_view path, const Place& place) {
  if (path.empty()) {
    if (!holds(rule, place)) throw AwsError(std::string(rule.error), fill(rule, place));
    return;
  }
  if (place.value == nullptr) return;
  if (path.starts_with("[]")) {
    path.remove_prefix(path.starts_with("[].") ? 3 : 2);
    const std::size_t size = place.shape->list.size(place.value);
    for (std::size_t i = 0; i < size; ++i) {
      Place next{place.shape->element, place.shape->list.at(place.value, i), i, place.name};
      if (next.name.empty()) next.name = name_in(next);
      walk(rule, path, next);
    }
    return;
  }
  const auto end = path.find_first_of(".[");
  const auto* member = find_member(*place.shape, path.substr(0, end));
  SLIPWAY_ASSERT(member != nullptr, "rules.json names a member that the shape lacks");
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + (path[end] == '.' ? 1 : 0));
  walk(rule, path, {member->shape, member_value(*member, place.value), place.index, place.name});
}

std::span<const Rule> rules_of(std::string_view operation) {
  const auto all = all_rules();
  const auto found = std::ranges::lower_bound(all, operation, {}, &OperationRules::operation);
  if (found == all.end() || found->operation != operation) return {};
  return found->rules;
}

std::string_view first_step(std::string_view path) { return path.substr(0, path.find_first_of(".[")); }

}  // namespace

void check_rules(std::string_view operation, const api::Shape& shape, const void* input) {
  for (const Rule& rule : rules_of(operation)) walk(rule, rule.member, {&shape, input, 0, {}});
}

void check_rules_except(std::string_view member, std::string_view operation, const api::Shape& shape,
                        const void* input) {
  for (const Rule& rule : rules_of(operation)) {
    if (first_step(rule.member) != member) walk(rule, rule.member, {&shape, input, 0, {}});
  }
}

void check_rules_of(std::string_view member, std::string_view operation, const api::Shape& shape,
                    const void* input) {
  for (const Rule& rule : rules_of(operation)) {
    if (first_step(rule.member) == member) walk(rule, rule.member, {&shape, input, 0, {}});
  }
}

}  // namespace slipway::services::rules
