// Pieces that several documents of the store share: times, tags, string lists and the words of enumerations.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/base/time.h"
#include "slipway/model/tag.h"
#include "store/json_reader.h"
#include "store/json_writer.h"

namespace slipway::store {

// Milliseconds since the epoch; an absent time is left out.
void write_time(JsonWriter& out, std::string_view name, const std::optional<TimePoint>& time);
TimePoint read_time(JsonReader& in);

// Left out when empty.
void write_strings(JsonWriter& out, std::string_view name, const std::vector<std::string>& strings);
std::vector<std::string> read_strings(JsonReader& in);

// [["key","value"],…]
void write_tags(JsonWriter& out, const model::Tags& tags);
model::Tags read_tags(JsonReader& in);
std::string tags_text(const model::Tags& tags);
model::Tags tags_of(std::string_view text);

// The next number. Throws JsonError when it is out of the type's range.
template <class Int>
Int small(JsonReader& in) {
  const auto value = in.integer();
  if (value < std::numeric_limits<Int>::min() || value > std::numeric_limits<Int>::max()) {
    throw JsonError("number " + std::to_string(value) + " out of range");
  }
  return static_cast<Int>(value);
}

// The value that `parse` finds for the next string. Throws JsonError naming `what` and the word.
template <class Parse>
auto word(JsonReader& in, Parse parse, std::string_view what) {
  const std::string text = in.string();
  const auto value = parse(text);
  if (!value) throw JsonError("unknown " + std::string(what) + " '" + text + "'");
  return *value;
}

}  // namespace slipway::store
