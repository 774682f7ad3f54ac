#include "store/json_reader.h"

#include <gtest/gtest.h>

#include "store/json_writer.h"

namespace slipway::store {
namespace {

TEST(JsonReader, reads_what_the_writer_wrote) {
  const std::string text = "plain \"quoted\" \\ / \b\f\n\r\t \x01 ü € 😀";
  JsonWriter out;
  out.begin_object();
  out.text("text", text);
  out.number("negative", -12);
  out.flag("flag", true);
  out.text("left out", "");
  out.end_object();
  const std::string json = out.take();
  JsonReader in(json);
  int members = 0;
  in.object([&](std::string_view key) {
    ++members;
    if (key == "text") {
      EXPECT_EQ(in.string(), text);
    } else if (key == "negative") {
      EXPECT_EQ(in.integer(), -12);
    } else {
      EXPECT_TRUE(in.boolean());
    }
  });
  in.end();
  EXPECT_EQ(members, 3);
}

TEST(JsonReader, understands_every_escape) {
  JsonReader in(R"("\u0041\u00fc\u20AC\ud83d\ude00\ud800\/\"")");
  EXPECT_EQ(in.string(), "Aü€😀\xEF\xBF\xBD/\"");
}

TEST(JsonReader, skips_values_of_every_kind) {
  JsonReader in(R"( {"a" : [1, {"b":"}\"]"}, null, true, -1.5e3], "c":{}, "d":[], "e": 7 } )");
  std::int64_t found = 0;
  in.object([&](std::string_view key) { key == "e" ? void(found = in.integer()) : in.skip(); });
  in.end();
  EXPECT_EQ(found, 7);
}

TEST(JsonReader, refuses_what_is_not_json) {
  for (const auto* text : {"", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":\"x}", "{\"a\":1}x", "[1]",
                           "{\"a\":[1,}", "{\"a\\\":1}", "{\"a\":\"\\", "{,}"}) {
    JsonReader in(text);
    EXPECT_THROW(
        {
          in.object([&](std::string_view) { in.skip(); });
          in.end();
        },
        JsonError)
        << text;
  }
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_THROW(JsonReader(deep).skip(), JsonError);
  EXPECT_THROW(JsonReader("\"\\ud800\\u12\"").string(), JsonError);
  EXPECT_THROW(JsonReader("yes").boolean(), JsonError);
  EXPECT_THROW(JsonReader("x").integer(), JsonError);
}

}  // namespace
}  // namespace slipway::store
