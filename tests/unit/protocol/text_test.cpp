// The small encodings below the codecs: UTF-8, base64, ISO 8601.
#include <gtest/gtest.h>

#include "protocol/base64.h"
#include "protocol/timestamp.h"
#include "protocol/utf8.h"

namespace slipway::protocol {
namespace {

TEST(Utf8, accepts_the_borders_of_each_length) {
  for (const auto* text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, refuses_what_is_no_character) {
  for (const auto* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xC3", "\xE2\x82", "\xE2(\xA1", "\xF0\x9F\x9A"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Base64, follows_the_vectors_of_rfc_4648) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
  }
}

TEST(Base64, refuses_other_text) {
  for (const auto* text : {"A", "AB", "ABC", "A===", "====", "AB=C", "Zm9v\n", "Zm9-", "Z m9"}) {
    EXPECT_FALSE(base64_decode(text).has_value()) << text;
  }
}

std::string iso(TimePoint time) {
  std::string out;
  append_iso8601(out, time);
  return out;
}

TEST(Iso8601, is_written_with_a_fraction_only_when_there_is_one) {
  EXPECT_EQ(iso(TimePoint{Seconds{0}}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso(TimePoint{Millis{1}}), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(iso(TimePoint{Millis{-1}}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso(TimePoint{Seconds{951868799}}), "2000-02-29T23:59:59Z");
}

TEST(Iso8601, is_read_with_any_fraction_and_offset) {
  EXPECT_EQ(parse_iso8601("2000-02-29T23:59:59Z"), TimePoint{Seconds{951868799}});
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:00.1239Z"), TimePoint{Millis{123}});
  EXPECT_EQ(parse_iso8601("1970-01-01T01:30:00+01:30"), TimePoint{});
  EXPECT_EQ(parse_iso8601("1969-12-31T23:00:00-01:00"), TimePoint{});
}

TEST(Iso8601, refuses_other_text) {
  for (const auto* text :
       {"", "2000-02-30T00:00:00Z", "2000-13-01T00:00:00Z", "2000-00-01T00:00:00Z", "2000-01-01",
        "2000-01-01T24:00:00Z", "2000-01-01T00:60:00Z", "2000-01-01T00:00:60Z", "2000-01-01T00:00:00",
        "2000-01-01T00:00:00.Z", "2000-01-01T00:00:00Zx", "2000-01-01T00:00:00+0100", "+200-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "1700000000"}) {
    EXPECT_FALSE(parse_iso8601(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace slipway::protocol
