#include "runtime/simulated/container_table.h"

#include <cstring>

namespace slipway::runtime::simulated {
namespace {

constexpr std::size_t kIdDigits = 64, kKeyDigits = 16, kShortestPrefix = 12;

void append_hex(std::string& out, std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back(kDigits[(value >> shift) & 15]);
}

// One step of the splitmix64 generator: spreads the key over the rest of the id.
std::uint64_t spread(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value * 16 + static_cast<std::uint64_t>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

void append_number(std::string& out, std::uint32_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

// Reads (label index, value) pairs off packed labels.
struct LabelReader {
  std::string_view rest;
  std::uint32_t index = 0;
  std::string_view value;

  bool next() {
    if (rest.empty()) return false;
    index = number();
    const std::uint32_t size = number();
    value = rest.substr(0, size);
    rest.remove_prefix(size);
    return true;
  }

  std::uint32_t number() {
    std::uint32_t out = 0;
    std::memcpy(&out, rest.data(), sizeof out);
    rest.remove_prefix(sizeof out);
    return out;
  }
};

}  // namespace

std::string ContainerTable::id_of(ContainerKey key) {
  std::string id;
  id.reserve(kIdDigits);
  for (std::uint64_t part = key; id.size() < kIdDigits; part = spread(part)) append_hex(id, part);
  return id;
}

std::uint32_t ContainerTable::label_index(const std::string& label) {
  const auto [place, added] =
      label_indices_.try_emplace(label, static_cast<std::uint32_t>(label_names_.size()));
  if (added) label_names_.push_back(label);
  return place->second;
}

ContainerKey ContainerTable::insert(const std::string& name, const Labels& labels) {
  std::string text = name;
  for (const auto& [label, value] : labels) {
    append_number(text, label_index(label));
    append_number(text, static_cast<std::uint32_t>(value.size()));
    text += value;
  }
  text.shrink_to_fit();
  ContainerKey key = ids_.next();
  while (containers_.contains(key)) key = ids_.next();
  Container& container = containers_[key];
  container.text = std::move(text);
  container.name_size = static_cast<std::uint16_t>(name.size());
  by_name_.emplace(container.name(), key);
  return key;
}

void ContainerTable::erase(ContainerKey key) {
  const auto place = containers_.find(key);
  by_name_.erase(place->second.name());
  containers_.erase(place);
}

std::optional<ContainerKey> ContainerTable::find(std::string_view id_or_name) const {
  if (const auto named = by_name_.find(id_or_name); named != by_name_.end()) return named->second;
  if (id_or_name.size() < kShortestPrefix || id_or_name.size() > kIdDigits) return std::nullopt;
  const std::string_view digits = id_or_name.substr(0, kKeyDigits);
  const auto parsed = parse_hex(digits);
  if (!parsed) return std::nullopt;
  const auto place = containers_.lower_bound(*parsed << (4 * (kKeyDigits - digits.size())));
  if (place == containers_.end() || !id_of(place->first).starts_with(id_or_name)) return std::nullopt;
  return place->first;
}

Labels ContainerTable::labels_of(const Container& container) const {
  Labels out;
  LabelReader reader{.rest = container.labels(), .value = {}};
  while (reader.next()) out.emplace(label_names_[reader.index], reader.value);
  return out;
}

std::string_view ContainerTable::label_of(const Container& container, const std::string& label) const {
  const auto wanted = label_indices_.find(label);
  if (wanted == label_indices_.end()) return {};
  LabelReader reader{.rest = container.labels(), .value = {}};
  while (reader.next()) {
    if (reader.index == wanted->second) return reader.value;
  }
  return {};
}

bool ContainerTable::matches(const Container& container, const Labels& labels) const {
  std::size_t found = 0;
  for (const auto& [label, value] : labels) {
    const auto wanted = label_indices_.find(label);
    if (wanted == label_indices_.end()) return false;
    LabelReader reader{.rest = container.labels(), .value = {}};
    while (reader.next()) {
      if (reader.index == wanted->second && (value.empty() || reader.value == value)) ++found;
    }
  }
  return found == labels.size();
}

}  // namespace slipway::runtime::simulated
