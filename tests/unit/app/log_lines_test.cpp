#include "app/log_lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "slipway/app/log_since.h"

namespace slipway::app {
namespace {

using nlohmann::json;
using runtime::LogStream;
using runtime::LogTime;

runtime::LogPiece piece(std::string text, bool ends_line = true, LogStream stream = LogStream::Stdout) {
  return {.stream = stream, .time = LogTime{}, .text = std::move(text), .ends_line = ends_line};
}

std::vector<LogLine> assembled(const std::vector<runtime::LogPiece>& pieces) {
  LineAssembler assembler;
  std::vector<LogLine> out;
  assembler.feed(pieces, out);
  assembler.finish(out);
  return out;
}

TEST(LineAssembler, puts_the_pieces_of_each_streams_lines_together) {
  const auto lines = assembled({piece("on", false), piece("b", false, LogStream::Stderr), piece("e"),
                                piece("ad", true, LogStream::Stderr), piece(""), piece("end", false)});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[1].text, "bad");
  EXPECT_EQ(lines[1].stream, LogStream::Stderr);
  EXPECT_EQ(lines[2].text, "");
  EXPECT_EQ(lines[3].text, "end");
}

TEST(LineAssembler, a_line_has_the_time_of_its_first_piece) {
  auto second = piece("b");
  second.time += Seconds(1);
  EXPECT_EQ(assembled({piece("a", false), second}).front().time, LogTime{});
}

TEST(LineAssembler, a_line_that_does_not_end_comes_in_parts_and_never_inside_a_character) {
  std::vector<runtime::LogPiece> pieces;
  // Cut behind the first of the two bytes of each "é".
  const std::string block = std::string(16 * 1024 - 2, 'x') + "\xC3";
  pieces.push_back(piece(block, false));
  for (int i = 0; i < 50; ++i) pieces.push_back(piece("\xA9" + block, false));
  pieces.push_back(piece("\xA9"));
  const auto lines = assembled(pieces);
  ASSERT_EQ(lines.size(), 4u);
  std::size_t characters = 0;
  for (const LogLine& line : lines) {
    EXPECT_EQ(line.partial, &line != &lines.back());
    EXPECT_LE(line.text.size(), 280u * 1024);
    const auto text = json::parse(encode_line({}, line)).at("text").get<std::string>();
    EXPECT_EQ(text, line.text) << "nothing had to be replaced";
    for (std::size_t at = text.find("\u00E9"); at != std::string::npos; at = text.find("\u00E9", at + 1))
      ++characters;
  }
  EXPECT_EQ(characters, 51u);
}

TEST(LogLines, carry_where_they_come_from_and_any_bytes) {
  const LogOrigin origin{.task = "0123", .container = "app"};
  LogLine line{
      .time = LogTime{std::chrono::nanoseconds(42)}, .stream = LogStream::Stderr, .text = "a\xff\"\x01 b"};
  const std::string text = encode_line(origin, line);
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const json object = json::parse(text);
  EXPECT_EQ(object.at("time"), "1970-01-01T00:00:00.000000042Z");
  EXPECT_EQ(object.at("task"), "0123");
  EXPECT_EQ(object.at("container"), "app");
  EXPECT_EQ(object.at("stream"), "stderr");
  EXPECT_EQ(object.at("text"), "a\xEF\xBF\xBD\"\x01 b");
  EXPECT_FALSE(object.contains("partial"));
  line.partial = true;
  EXPECT_EQ(json::parse(encode_line(origin, line)).at("partial"), true);
  EXPECT_EQ(json::parse(encode_trouble(origin, "why")).at("error"), "why");
}

TEST(LogSince, is_a_span_or_a_time) {
  const TimePoint now{Seconds{1'700'000'000}};
  EXPECT_EQ(parse_since("90s", now), now - Seconds(90));
  EXPECT_EQ(parse_since("10m", now), now - std::chrono::minutes(10));
  EXPECT_EQ(parse_since("1h30m", now), now - std::chrono::minutes(90));
  EXPECT_EQ(parse_since("2d", now), now - std::chrono::hours(48));
  EXPECT_EQ(parse_since("0s", now), now);
  EXPECT_EQ(parse_since("2023-11-14T22:13:20Z", now), now);
  EXPECT_EQ(parse_since("2023-11-14T23:13:20.000000001+01:00", now),
            LogTime(now) + std::chrono::nanoseconds(1));
  for (const char* text : {"", "10", "m", "-5m", "10m5", "5 m", "1w", "99999999999999999999s", "9999999999d",
                           "yesterday", "2023-11-14"}) {
    EXPECT_FALSE(parse_since(text, now)) << text;
  }
}

}  // namespace
}  // namespace slipway::app
