#include <gtest/gtest.h>

#include "slipway/api/sts/GetCallerIdentityResponse.h"
#include "slipway/api/sts/service.h"
#include "slipway/protocol/codec.h"
#include "unit/protocol/toy_shapes.h"

namespace slipway::protocol {
namespace {

using toy::Everything;

Everything decode(std::string_view form) {
  Everything value;
  decode_query(toy::kEverything, form, &value);
  return value;
}

std::string refusal(std::string_view form) {
  try {
    decode(form);
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code(), "SerializationException");
    EXPECT_EQ(error.status(), 400);
    return error.what();
  }
  return "accepted";
}

std::string encode(const Everything& value) {
  return encode_query(toy::kServiceTable, toy::kServiceTable.operations[0], &value, "id");
}

// The document of encode(), with `inside` as its result.
std::string document(const std::string& inside) {
  return R"(<DoResponse xmlns="https://toy.example/doc/"><DoResult>)" + inside +
         "</DoResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DoResponse>";
}

TEST(QueryDecode, reads_scalars) {
  const auto value = decode("Action=Do&text=a+b%26c%3d%C3%BC&flag=true&Small=-5&large=9000000000&real=1.5");
  EXPECT_EQ(value.text, "a b&c=ü");
  EXPECT_EQ(value.flag, true);
  EXPECT_EQ(value.small, -5);
  EXPECT_EQ(value.large, 9000000000);
  EXPECT_EQ(value.real, 1.5);
}

TEST(QueryDecode, reads_timestamps_and_blobs) {
  const auto value = decode(
      "time=2023-11-14T22%3A13%3A20Z&isoTime=2023-11-14T23:13:20.5%2B01:00&unixTime=1700000000&blob=AP8%3D");
  EXPECT_EQ(value.time, TimePoint{Seconds{1700000000}});
  EXPECT_EQ(value.iso_time, TimePoint{Millis{1700000000500}});
  EXPECT_EQ(value.unix_time, TimePoint{Seconds{1700000000}});
  EXPECT_EQ(value.blob, std::string("\x00\xFF", 2));
}

TEST(QueryDecode, reads_lists_in_the_order_of_their_numbers) {
  EXPECT_EQ(decode("names.member.10=c&names.member.2=b&names.member.1=a").names,
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(decode("names.member.99999999999999999999999=a").names, std::vector<std::string>{"a"});
  EXPECT_EQ(decode("names.member.x=a").names, std::vector<std::string>{});
  EXPECT_EQ(decode("names=").names, std::vector<std::string>{});
  EXPECT_FALSE(decode("text=a").names.has_value());
}

TEST(QueryDecode, reads_structures_in_lists_and_maps) {
  const auto value =
      decode("points.Point.1.x=1&points.Point.2.y=2&byName.entry.1.key=k&byName.entry.1.value.x=3");
  ASSERT_EQ(value.points->size(), 2U);
  EXPECT_EQ(value.points->at(1).y, 2);
  EXPECT_EQ(value.by_name->at("k").x, 3);
}

TEST(QueryDecode, reads_flattened_lists_and_maps) {
  const auto value = decode("FlatName.1=a&FlatName.2=b&flatMap.1.Name=k&flatMap.1.Value=v");
  EXPECT_EQ(value.flat_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(value.flat_map->at("k"), "v");
}

TEST(QueryDecode, ignores_unknown_fields_and_lets_the_last_duplicate_win) {
  EXPECT_EQ(decode("zap=1&text.more=x&text=a&text=b&&=&.=&origin.zip.zap=1").text, "b");
}

TEST(QueryDecode, refuses_what_is_not_of_the_shape) {
  EXPECT_EQ(refusal("Small=x"), "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(refusal("Small="), "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(refusal("Small=2147483648"), "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(refusal("real=1e999"), "STRING_VALUE can not be converted to a Double");
  EXPECT_EQ(refusal("flag=maybe"), "STRING_VALUE can not be converted to a Boolean");
  EXPECT_EQ(refusal("time=1700000000"), "STRING_VALUE can not be converted to milliseconds since epoch");
  EXPECT_EQ(refusal("unixTime=1e300"), "STRING_VALUE can not be converted to milliseconds since epoch");
  EXPECT_EQ(refusal("blob=%21"), "A blob is not base64.");
  EXPECT_EQ(refusal("text.1=a"), "Start of structure or map found where not expected.");
  EXPECT_EQ(refusal("byName.entry.1.key=k"), "A map entry lacks its key or its value.");
  EXPECT_EQ(refusal("text=%zz"), "The form has a % that is not followed by two hexadecimal digits.");
  EXPECT_EQ(refusal("text=%4"), "The form has a % that is not followed by two hexadecimal digits.");
  EXPECT_EQ(refusal("text=%FF"), "The form is not UTF-8.");
}

TEST(QueryDecode, survives_hostile_names) {
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".1";
  EXPECT_EQ(refusal(deep + "=x"), "The request nests deeper than 64 levels.");
  std::string wide;
  for (int i = 0; i < 100'001; ++i) wide += "n" + std::to_string(i) + "&";
  EXPECT_EQ(refusal(wide), "The form has more than 100000 parameters.");
}

TEST(FormValue, gives_one_decoded_field) {
  EXPECT_EQ(form_value("Action=Get%20It&Version=1", "Action"), "Get It");
  EXPECT_EQ(form_value("Action=Get&Version=1", "Version"), "1");
  EXPECT_EQ(form_value("X%2DAmz=1", "X-Amz"), "1");
  EXPECT_EQ(form_value("a&b", "a"), "");
  EXPECT_EQ(form_value("", "a"), "");
  EXPECT_EQ(form_value("a=%", "a"), "");
}

TEST(QueryEncode, writes_the_answer_of_get_caller_identity) {
  api::sts::GetCallerIdentityResponse response;
  response.account = "000000000000";
  response.arn = "arn:aws:iam::000000000000:root";
  response.user_id = "000000000000";
  const auto* operation = api::find_operation(api::sts::kServiceTable, "GetCallerIdentity");
  EXPECT_EQ(
      encode_query(api::sts::kServiceTable, *operation, &response, "r-1"),
      R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>)"
      "<UserId>000000000000</UserId><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:root</Arn>"
      "</GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
      "</GetCallerIdentityResponse>");
}

TEST(QueryEncode, writes_lists_maps_and_empty_elements) {
  Everything value;
  value.names = std::vector<std::string>{"a", "b"};
  value.points = {{.x = 1, .y = {}}};
  value.flat_names = std::vector<std::string>{"c", "d"};
  value.by_name = {{"k", {.x = 2, .y = {}}}};
  value.flat_map.emplace()["n"] = "v";
  value.matrix.emplace();
  EXPECT_EQ(encode(value),
            document("<names><member>a</member><member>b</member></names>"
                     "<points><Point><x>1</x></Point></points><FlatName>c</FlatName><FlatName>d</FlatName>"
                     "<byName><entry><key>k</key><value><x>2</x></value></entry></byName>"
                     "<flatMap><Name>n</Name><Value>v</Value></flatMap><matrix></matrix>"));
}

TEST(QueryEncode, writes_scalars) {
  Everything value;
  value.flag = true;
  value.small = -1;
  value.large = 9000000000;
  value.real = 0.5;
  value.time = TimePoint{Seconds{1700000000}};
  value.unix_time = value.time;
  value.blob = "ab";
  EXPECT_EQ(
      encode(value),
      document("<flag>true</flag><Small>-1</Small><large>9000000000</large><real>0.5</real>"
               "<time>2023-11-14T22:13:20Z</time><unixTime>1700000000.000</unixTime><blob>YWI=</blob>"));
}

TEST(QueryEncode, escapes_text_and_replaces_what_xml_cannot_carry) {
  Everything value;
  value.text = "<a href=\"x\">&amp;\r\n\t\x01\xFFü\xEF\xBF\xBF";
  EXPECT_EQ(encode(value),
            document("<text>&lt;a "
                     "href=&quot;x&quot;&gt;&amp;amp;&#xD;\n\t\xEF\xBF\xBD\xEF\xBF\xBDü\xEF\xBF\xBD</text>"));
}

TEST(QueryEncode, has_no_result_element_for_an_operation_without_output) {
  EXPECT_EQ(encode_query(toy::kServiceTable, toy::kServiceTable.operations[1], nullptr, "id"),
            R"(<QuietResponse xmlns="https://toy.example/doc/"><ResponseMetadata><RequestId>id</RequestId>)"
            "</ResponseMetadata></QuietResponse>");
}

TEST(QueryEncode, writes_errors_with_whose_fault_it_is) {
  EXPECT_EQ(
      encode_query_error(toy::kServiceTable, "NoSuchEntity", "No <x>.", 404, "id"),
      R"(<ErrorResponse xmlns="https://toy.example/doc/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>)"
      "<Message>No &lt;x&gt;.</Message></Error><RequestId>id</RequestId></ErrorResponse>");
  EXPECT_NE(encode_query_error(toy::kServiceTable, "X", "", 500, "id").find("<Type>Receiver</Type>"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::protocol
