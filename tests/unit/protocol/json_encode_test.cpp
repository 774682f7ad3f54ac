#include <gtest/gtest.h>

#include <limits>

#include "slipway/protocol/codec.h"
#include "unit/protocol/toy_shapes.h"

namespace slipway::protocol {
namespace {

using toy::Everything;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonEncode, leaves_absent_members_out_and_keeps_empty_ones) {
  EXPECT_EQ(to_json(Everything{}), "{}");
  Everything value;
  value.names.emplace();
  value.by_name.emplace();
  value.origin.emplace();
  EXPECT_EQ(to_json(value), R"({"names":[],"byName":{},"origin":{}})");
}

TEST(JsonEncode, writes_every_kind) {
  Everything value;
  value.text = "a";
  value.flag = false;
  value.small = -1;
  value.large = std::numeric_limits<std::int64_t>::min();
  value.real = 0.25;
  value.blob = std::string("\x00\xFF", 2);
  value.document = R"({"a":1})";
  value.points = {{.x = 1, .y = 2}, {.x = {}, .y = {}}};
  value.by_name = {{"k\"", {.x = 3, .y = {}}}};
  value.matrix = {{1, 2}, {}};
  EXPECT_EQ(
      to_json(value),
      R"({"text":"a","flag":false,"Small":-1,"large":-9223372036854775808,"real":0.25,"blob":"AP8=",)"
      R"("document":{"a":1},"points":[{"x":1,"y":2},{}],"byName":{"k\"":{"x":3}},"matrix":[[1,2],[]]})");
}

TEST(JsonEncode, writes_timestamps_in_the_format_of_their_shape) {
  Everything value;
  value.time = TimePoint{Millis{1700000000123}};
  value.iso_time = value.time;
  value.unix_time = TimePoint{Seconds{1700000000}};
  EXPECT_EQ(to_json(value),
            R"({"time":1700000000.123,"isoTime":"2023-11-14T22:13:20.123Z","unixTime":1700000000.000})");
  value = {};
  value.time = TimePoint{Millis{-1500}};
  EXPECT_EQ(to_json(value), R"({"time":-1.500})");
  value.time = TimePoint{Millis{-1}};
  EXPECT_EQ(to_json(value), R"({"time":-0.001})");
}

TEST(JsonEncode, escapes_strings) {
  EXPECT_EQ(quoted("a\"b\\c/\b\f\n\r\t\x01\x1F\x7F"), "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(quoted(""), "\"\"");
  EXPECT_EQ(quoted("ü日\xF0\x9F\x9A\xA2"), "\"ü日\xF0\x9F\x9A\xA2\"");
}

TEST(JsonEncode, replaces_invalid_utf8) {
  EXPECT_EQ(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(quoted("\xC3"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(quoted("\xC3\xBC\xC3"), "\"ü\xEF\xBF\xBD\"");
  EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonEncode, writes_an_error) {
  EXPECT_EQ(encode_json_error("ClusterNotFoundException", "Cluster \"x\" not found."),
            R"({"__type":"ClusterNotFoundException","message":"Cluster \"x\" not found."})");
  const std::vector<std::string> ids{"a", "\"b"};
  EXPECT_EQ(encode_json_error("ConflictException", "", ids),
            R"({"__type":"ConflictException","message":"","resourceIds":["a","\"b"]})");
}

}  // namespace
}  // namespace slipway::protocol
