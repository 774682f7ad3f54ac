#include <gtest/gtest.h>

#include <cmath>

#include "slipway/api/ecs/DescribeTasksRequest.h"
#include "slipway/protocol/codec.h"
#include "unit/protocol/toy_shapes.h"

namespace slipway::protocol {
namespace {

using toy::Everything;

Everything decode(std::string_view text) { return from_json<Everything>(text); }

// The text of the SerializationException that `text` gives, or "accepted".
std::string refusal(std::string_view text) {
  try {
    decode(text);
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code(), "SerializationException");
    EXPECT_EQ(error.status(), 400);
    return error.what();
  }
  return "accepted";
}

TEST(JsonDecode, reads_a_request) {
  const auto request =
      from_json<api::ecs::DescribeTasksRequest>(R"( {"cluster": "c", "tasks": ["a", "b"]} )");
  EXPECT_EQ(request.cluster, "c");
  EXPECT_EQ(request.tasks, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(request.include.has_value());
}

TEST(JsonDecode, takes_an_empty_body_for_an_empty_object) {
  EXPECT_EQ(decode(""), Everything{});
  EXPECT_EQ(decode("{}"), Everything{});
}

TEST(JsonDecode, tells_absent_from_empty) {
  EXPECT_FALSE(decode("{}").names.has_value());
  EXPECT_TRUE(decode(R"({"names":[]})").names->empty());
  EXPECT_TRUE(decode(R"({"byName":{}})").by_name->empty());
}

TEST(JsonDecode, takes_a_null_member_for_an_absent_one) {
  EXPECT_EQ(decode(R"({"text":null,"names":null,"origin":null,"unknown":null,"document":null})"),
            Everything{});
}

TEST(JsonDecode, refuses_null_in_lists_and_maps) {
  EXPECT_EQ(refusal(R"({"names":["a",null]})"), "A list may not contain null.");
  EXPECT_EQ(refusal(R"({"byName":{"a":null}})"), "A map may not contain null.");
}

TEST(JsonDecode, ignores_unknown_members_of_any_kind) {
  const auto value =
      decode(R"({"zap":{"text":"no","names":[1,{"x":[]}]},"Text":"no","text":"yes","zip":[null,1.5]})");
  EXPECT_EQ(value.text, "yes");
  EXPECT_FALSE(value.names.has_value());
}

TEST(JsonDecode, lets_the_last_of_duplicate_keys_win) {
  EXPECT_EQ(decode(R"({"text":"a","text":"b"})").text, "b");
  EXPECT_EQ(decode(R"({"names":["a"],"names":["b"]})").names, std::vector<std::string>{"b"});
  EXPECT_FALSE(decode(R"({"text":"a","text":null})").text.has_value());
  const auto origin = decode(R"({"origin":{"x":1},"origin":{"y":2}})").origin;
  EXPECT_FALSE(origin->x.has_value());
  const auto map = decode(R"({"byName":{"a":{"x":1},"a":{"x":2}}})").by_name;
  EXPECT_EQ(map->at("a").x, 2);
}

TEST(JsonDecode, reads_members_by_their_location_name) {
  EXPECT_EQ(decode(R"({"Small":5})").small, 5);
  EXPECT_FALSE(decode(R"({"small":5})").small.has_value());
}

TEST(JsonDecode, uses_aws_words_for_a_scalar_of_the_wrong_type) {
  EXPECT_EQ(refusal(R"({"text":1})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(refusal(R"({"text":1.5})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(refusal(R"({"text":true})"), "TRUE_VALUE can not be converted to a String");
  EXPECT_EQ(refusal(R"({"text":false})"), "FALSE_VALUE can not be converted to a String");
  EXPECT_EQ(refusal(R"({"Small":"1"})"), "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(refusal(R"({"Small":1.5})"), "DECIMAL_VALUE can not be converted to an Integer");
  EXPECT_EQ(refusal(R"({"large":true})"), "TRUE_VALUE can not be converted to a Long");
  EXPECT_EQ(refusal(R"({"real":"1"})"), "STRING_VALUE can not be converted to a Double");
  EXPECT_EQ(refusal(R"({"flag":0})"), "NUMBER_VALUE can not be converted to a Boolean");
  EXPECT_EQ(refusal(R"({"flag":"true"})"), "STRING_VALUE can not be converted to a Boolean");
  EXPECT_EQ(refusal(R"({"names":[1]})"), "NUMBER_VALUE can not be converted to a String");
}

TEST(JsonDecode, uses_aws_words_for_a_container_of_the_wrong_type) {
  EXPECT_EQ(refusal(R"({"text":["a"]})"), "Start of list found where not expected");
  EXPECT_EQ(refusal(R"({"text":{}})"), "Start of structure or map found where not expected.");
  EXPECT_EQ(refusal(R"({"origin":[]})"), "Start of list found where not expected");
  EXPECT_EQ(refusal(R"({"origin":"x"})"), "Expected null");
  EXPECT_EQ(refusal(R"({"byName":1})"), "Expected null");
  EXPECT_EQ(refusal(R"({"names":"a"})"), "Expected list or null");
  EXPECT_EQ(refusal(R"({"names":{}})"), "Start of structure or map found where not expected.");
}

TEST(JsonDecode, refuses_a_body_that_is_no_object) {
  EXPECT_EQ(refusal("[]"), "Start of list found where not expected");
  EXPECT_EQ(refusal("1"), "Expected null");
  EXPECT_EQ(refusal(R"("x")"), "Expected null");
  EXPECT_EQ(refusal("true"), "Expected null");
  EXPECT_EQ(refusal("null"), "The request body is null, not an object.");
}

TEST(JsonDecode, says_where_malformed_text_breaks) {
  EXPECT_EQ(refusal("{"), "The request body is not valid JSON: it breaks at byte 2.");
  for (const auto* text :
       {" ", "{\"a\":1,}", "{a:1}", "{}{}", "{\"text\":\"a", "{'text':'a'}", "{\"real\":NaN}",
        "{\"real\":Infinity}", "{\"real\":01}", "{\"real\":+1}", "{\"text\":\"a\nb\"}", "nul"}) {
    EXPECT_TRUE(refusal(text).starts_with("The request body is not valid JSON")) << text;
  }
}

TEST(JsonDecode, says_the_byte_at_which_malformed_text_breaks) {
  const auto byte = [](std::string_view text) {
    const std::string said = refusal(text);
    constexpr std::string_view kStart = "The request body is not valid JSON: it breaks at byte ";
    return said.starts_with(kStart) ? std::stoi(said.substr(kStart.size())) : 0;
  };
  EXPECT_EQ(byte(" "), 2);                    // the end, which came too early
  EXPECT_EQ(byte("{\"a\":1,}"), 8);           // a bracket where a name should be
  EXPECT_EQ(byte("{\"a\" \"bc\"}"), 9);       // a whole token too much
  EXPECT_EQ(byte("{\"a\":trux}"), 9);         // the letter that is another one
  EXPECT_EQ(byte("{\"a\":1.x}"), 8);          // likewise a digit
  EXPECT_EQ(byte("{\"a\":01}"), 7);           // a number after a number
  EXPECT_EQ(byte("{\"a\":\"b\nc\"}"), 8);     // a control character
  EXPECT_EQ(byte("{\"a\":\"bc\xC3!\"}"), 9);  // where a character begins that is none
  EXPECT_EQ(byte(R"({"a":"\u12g4"})"), 11);   // a digit that is none
  EXPECT_EQ(byte(R"({"a":"\ud83dx"})"), 13);  // a surrogate alone
  EXPECT_EQ(byte(R"({"a":"\x"})"), 8);        // an escape that is none
  EXPECT_EQ(byte(R"({"a":[1 2]})"), 9);       // no comma
  EXPECT_EQ(byte(R"({"a":[1}})"), 8);         // the wrong bracket
  EXPECT_EQ(byte("{}x"), 3);                  // more than one value
  EXPECT_EQ(byte(std::string_view("{}\0", 3)), 3);
}

TEST(JsonDecode, reads_strings_of_every_length_up_to_what_ends_them) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string plain(length, 'x');
    const auto text_of = [](const std::string& json) { return *decode("{\"text\":\"" + json + "\"}").text; };
    EXPECT_EQ(text_of(plain), plain);
    EXPECT_EQ(text_of(plain + R"(\")" + plain), plain + '"' + plain);
    EXPECT_EQ(text_of(plain + R"(\\)"), plain + '\\');
    EXPECT_EQ(text_of(plain + "\xF0\x9F\x9A\xA2" + plain), plain + "\xF0\x9F\x9A\xA2" + plain);
    EXPECT_EQ(text_of(plain + "\x7F" + plain), plain + "\x7F" + plain);
    for (const char bad : {'\0', '\x01', '\x1F', '\x80', '\xFF'}) {
      EXPECT_NE(refusal("{\"text\":\"" + plain + bad + plain + "\"}"), "accepted") << length;
    }
    EXPECT_NE(refusal("{\"text\":\"" + plain), "accepted");
  }
}

TEST(JsonDecode, skips_a_byte_order_mark) {
  EXPECT_EQ(decode("\xEF\xBB\xBF{\"text\":\"a\"}").text, "a");
  EXPECT_NE(refusal("\xEF\xBB{}"), "accepted");
}

TEST(JsonDecode, takes_a_number_too_small_for_a_double_for_zero) {
  EXPECT_EQ(decode(R"({"real":1e-999})").real, 0.0);
  EXPECT_EQ(decode(R"({"Small":-0})").small, 0);
}

TEST(JsonDecode, reads_numbers_up_to_the_limits_of_their_type) {
  EXPECT_EQ(decode(R"({"Small":-2147483648})").small, INT32_MIN);
  EXPECT_EQ(refusal(R"({"Small":2147483648})"), "NUMBER_VALUE can not be converted to an Integer");
  EXPECT_EQ(decode(R"({"large":-9223372036854775808})").large, INT64_MIN);
  EXPECT_EQ(decode(R"({"large":9223372036854775807})").large, INT64_MAX);
  EXPECT_EQ(refusal(R"({"large":9223372036854775808})"), "NUMBER_VALUE can not be converted to a Long");
  EXPECT_EQ(refusal(R"({"large":99999999999999999999999999})"),
            "NUMBER_VALUE can not be converted to a Long");
  EXPECT_DOUBLE_EQ(*decode(R"({"real":18446744073709551615})").real, 18446744073709551615.0);
  EXPECT_DOUBLE_EQ(*decode(R"({"real":-3})").real, -3);
  EXPECT_NE(refusal(R"({"real":1e999})"), "accepted");
}

TEST(JsonDecode, reads_the_special_doubles_as_aws_writes_them) {
  EXPECT_TRUE(std::isnan(*decode(R"({"real":"NaN"})").real));
  EXPECT_TRUE(std::isinf(*decode(R"({"real":"-Infinity"})").real));
  EXPECT_EQ(to_json(decode(R"({"real":"Infinity"})")), R"({"real":"Infinity"})");
}

TEST(JsonDecode, reads_timestamps_as_epoch_seconds) {
  EXPECT_EQ(decode(R"({"time":1700000000})").time, TimePoint{Seconds{1700000000}});
  EXPECT_EQ(decode(R"({"time":1700000000.123})").time, TimePoint{Millis{1700000000123}});
  EXPECT_EQ(decode(R"({"time":1.7E9})").time, TimePoint{Seconds{1700000000}});
  EXPECT_EQ(decode(R"({"time":-0.5})").time, TimePoint{Millis{-500}});
}

TEST(JsonDecode, refuses_timestamps_that_are_strings_or_beyond_the_calendar) {
  EXPECT_EQ(refusal(R"({"time":"2023-11-14T22:13:20Z"})"),
            "STRING_VALUE can not be converted to milliseconds since epoch");
  EXPECT_EQ(refusal(R"({"time":true})"), "TRUE_VALUE can not be converted to milliseconds since epoch");
  for (const auto* text :
       {"9223372036854775807", "-9223372036854775808", "1e18", "-1e18", "253402300800", "1e300"}) {
    EXPECT_EQ(refusal("{\"time\":" + std::string(text) + "}"),
              "A timestamp is not within the years 1 to 9999.")
        << text;
  }
}

TEST(JsonDecode, reads_timestamps_in_the_format_of_their_shape) {
  EXPECT_EQ(decode(R"({"isoTime":"2023-11-14T22:13:20Z"})").iso_time, TimePoint{Seconds{1700000000}});
  EXPECT_NE(refusal(R"({"isoTime":1700000000})"), "accepted");
  EXPECT_NE(refusal(R"({"isoTime":1.5})"), "accepted");
  EXPECT_NE(refusal(R"({"isoTime":"yesterday"})"), "accepted");
}

TEST(JsonDecode, reads_unicode) {
  EXPECT_EQ(decode(R"({"text":"\u00fc\u65e5\ud83d\udea2\n"})").text, "ü日\xF0\x9F\x9A\xA2\n");
  EXPECT_EQ(decode("{\"text\":\"ü\"}").text, "ü");
  EXPECT_EQ(decode(R"({"text":"a\u0000b"})").text, std::string("a\0b", 3));
}

TEST(JsonDecode, refuses_lone_surrogates_and_invalid_utf8) {
  for (const std::string text : {R"("\ud83d")", R"("\udea2")", R"("\ud83dx")", "\"\xFF\"", "\"\xC3\"",
                                 "\"\xED\xA0\x80\"", "\"\xC0\xAF\"", "\"\xF4\x90\x80\x80\""}) {
    EXPECT_NE(refusal("{\"text\":" + text + "}"), "accepted") << text;
  }
}

TEST(JsonDecode, decodes_blobs) {
  EXPECT_EQ(decode(R"({"blob":"AP8="})").blob, std::string("\x00\xFF", 2));
  EXPECT_EQ(refusal(R"({"blob":"A"})"), "A blob is not base64.");
  EXPECT_EQ(refusal(R"({"blob":1})"), "NUMBER_VALUE can not be converted to a ByteBuffer");
}

TEST(JsonDecode, keeps_documents_as_compact_text) {
  EXPECT_EQ(
      decode(R"({"document": { "a" : [ 1 , -2, 2.50, "x\ny", null, true, {} ], "b":{"c":[]} } , "text":"t"})")
          .document,
      R"({"a":[1,-2,2.50,"x\ny",null,true,{}],"b":{"c":[]}})");
  EXPECT_EQ(decode(R"({"document":"x"})").document, R"("x")");
  EXPECT_EQ(decode(R"({"document":7})").document, "7");
  EXPECT_EQ(decode(R"({"document":true})").document, "true");
  EXPECT_EQ(decode(R"({"document":18446744073709551615})").document, "18446744073709551615");
}

std::string nested(std::string_view open, std::string_view close, std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonDecode, refuses_more_than_64_levels_also_where_they_are_ignored) {
  // The object itself is a level.
  for (const std::string member : {"unknown", "document"}) {
    EXPECT_EQ(refusal("{\"" + member + "\":" + nested("[", "]", 63) + "}"), "accepted") << member;
    EXPECT_EQ(refusal("{\"" + member + "\":" + nested("[", "]", 64) + "}"),
              "The request nests deeper than 64 levels.")
        << member;
  }
}

TEST(JsonDecode, survives_hostile_nesting) {
  EXPECT_NE(refusal(std::string(100'000, '[')), "accepted");
  EXPECT_NE(refusal("{\"a\":" + std::string(100'000, '[')), "accepted");
  EXPECT_NE(refusal("{\"document\":" + nested("{\"a\":", "}", 100'000)), "accepted");
}

TEST(JsonDecode, refuses_lists_that_would_take_gigabytes) {
  std::string items = "{}";
  for (int i = 1; i < 20'000; ++i) items += ",{}";
  EXPECT_EQ(decode("{\"points\":[" + items + "]}").points->size(), 20'000U);
  EXPECT_EQ(refusal("{\"points\":[" + items + ",{}]}"),
            "The request has more than 20000 structures in its lists.");
}

}  // namespace
}  // namespace slipway::protocol
