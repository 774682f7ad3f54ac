#include "store/document_parts.h"

namespace slipway::store {

void write_time(JsonWriter& out, std::string_view name, const std::optional<TimePoint>& time) {
  if (!time) return;
  out.key(name);
  out.value(std::int64_t{time->time_since_epoch().count()});
}

TimePoint read_time(JsonReader& in) { return TimePoint(Millis(in.integer())); }

void write_strings(JsonWriter& out, std::string_view name, const std::vector<std::string>& strings) {
  if (strings.empty()) return;
  out.key(name);
  out.begin_array();
  for (const auto& text : strings) out.value(std::string_view(text));
  out.end_array();
}

std::vector<std::string> read_strings(JsonReader& in) {
  std::vector<std::string> strings;
  in.array([&] { strings.push_back(in.string()); });
  strings.shrink_to_fit();
  return strings;
}

void write_tags(JsonWriter& out, const model::Tags& tags) {
  out.begin_array();
  for (const auto& tag : tags) {
    out.begin_array();
    out.value(std::string_view(tag.key));
    out.value(std::string_view(tag.value));
    out.end_array();
  }
  out.end_array();
}

model::Tags read_tags(JsonReader& in) {
  model::Tags tags;
  in.array([&] {
    std::vector<std::string> pair = read_strings(in);
    if (pair.size() != 2) throw JsonError("expected a tag's key and value");
    tags.push_back({.key = std::move(pair[0]), .value = std::move(pair[1])});
  });
  tags.shrink_to_fit();
  return tags;
}

std::string tags_text(const model::Tags& tags) {
  JsonWriter out;
  write_tags(out, tags);
  return out.take();
}

model::Tags tags_of(std::string_view text) {
  JsonReader in(text);
  auto tags = read_tags(in);
  in.end();
  return tags;
}

}  // namespace slipway::store
