// The decoder of container output, fed in pieces of every size.
#include "runtime/docker/log_decoder.h"

#include <gtest/gtest.h>

#include "slipway/runtime/log_time.h"

namespace slipway::runtime::docker {
namespace {

using Form = LogDecoder::Form;

constexpr const char* kStamp = "2026-11-22T13:56:28.673946034Z ";
const LogTime kTime = *parse_log_time("2026-11-22T13:56:28.673946034Z");

std::string frame(char stream, const std::string& payload) {
  std::string out{stream, 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(payload.size() >> shift)));
  }
  return out + payload;
}

LogPiece piece(LogStream stream, std::string text, bool ends_line = true) {
  return {.stream = stream, .time = kTime, .text = std::move(text), .ends_line = ends_line};
}

struct Decoded {
  std::vector<LogPiece> pieces;
  std::string error;
};

Decoded decode(Form form, std::string_view bytes, std::size_t size) {
  LogDecoder decoder(form);
  Decoded out;
  while (!bytes.empty()) {
    for (LogPiece& found : decoder.feed(bytes.substr(0, size))) out.pieces.push_back(std::move(found));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  for (LogPiece& found : decoder.finish()) out.pieces.push_back(std::move(found));
  out.error = decoder.error();
  return out;
}

TEST(LogDecoder, reads_frames_whatever_the_pieces) {
  const std::string bytes = frame(1, std::string(kStamp) + "one\n") +
                            frame(2, std::string(kStamp) + "bad\n") + frame(1, std::string(kStamp) + "\n") +
                            frame(1, std::string(kStamp) + "cut") +
                            frame(1, std::string(kStamp) + "rest\r\n");
  const std::vector<LogPiece> expected{piece(LogStream::Stdout, "one"), piece(LogStream::Stderr, "bad"),
                                       piece(LogStream::Stdout, ""), piece(LogStream::Stdout, "cut", false),
                                       piece(LogStream::Stdout, "rest\r")};
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const Decoded decoded = decode(Form::Frames, bytes, size);
    EXPECT_EQ(decoded.pieces, expected) << size;
    EXPECT_EQ(decoded.error, "");
  }
}

TEST(LogDecoder, keeps_any_bytes) {
  const std::string binary("\0\xff\xfe\x1b[0m", 7);
  const Decoded decoded = decode(Form::Frames, frame(1, kStamp + binary + "\n"), 100);
  ASSERT_EQ(decoded.pieces.size(), 1u);
  EXPECT_EQ(decoded.pieces[0].text, binary);
}

TEST(LogDecoder, a_frame_without_a_time_has_that_of_the_one_before) {
  const Decoded decoded =
      decode(Form::Frames, frame(1, std::string(kStamp) + "one\n") + frame(1, "no time here\n"), 100);
  ASSERT_EQ(decoded.pieces.size(), 2u);
  EXPECT_EQ(decoded.pieces[1], piece(LogStream::Stdout, "no time here"));
}

TEST(LogDecoder, a_frame_of_several_lines_is_cut) {
  const Decoded decoded = decode(Form::Frames, frame(1, std::string(kStamp) + "one\ntwo\nthree"), 100);
  EXPECT_EQ(decoded.pieces,
            (std::vector<LogPiece>{piece(LogStream::Stdout, "one"), piece(LogStream::Stdout, "two"),
                                   piece(LogStream::Stdout, "three", false)}));
}

TEST(LogDecoder, tells_what_the_engine_reports_inside_the_stream) {
  const std::string bytes = frame(1, std::string(kStamp) + "one\n") +
                            frame(3, "Error grabbing logs: unexpected EOF\n") + frame(1, "never\n");
  for (const std::size_t size : {1u, 1000u}) {
    const Decoded decoded = decode(Form::Frames, bytes, size);
    EXPECT_EQ(decoded.pieces.size(), 1u);
    EXPECT_EQ(decoded.error, "Error grabbing logs: unexpected EOF");
  }
}

TEST(LogDecoder, what_has_no_frames_is_an_error_and_not_text) {
  EXPECT_NE(decode(Form::Frames, "plain text, no frames", 5).error, "");
  EXPECT_NE(decode(Form::Frames, std::string("\x01\0\0\0\x7f\xff\xff\xff", 8), 8).error, "");
  EXPECT_NE(decode(Form::Frames, frame(1, "ends in the middle").substr(0, 12), 100).error, "");
}

TEST(LogDecoder, reads_the_text_of_a_terminal_whatever_the_pieces) {
  const std::string bytes =
      std::string(kStamp) + "one\r\n" + kStamp + "\r\n" + "short\n" + kStamp + "two words\n" + kStamp + "end";
  const std::vector<LogPiece> expected{
      piece(LogStream::Stdout, "one"), piece(LogStream::Stdout, ""), piece(LogStream::Stdout, "short"),
      piece(LogStream::Stdout, "two words"), piece(LogStream::Stdout, "end", false)};
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    EXPECT_EQ(decode(Form::Text, bytes, size).pieces, expected) << size;
  }
}

TEST(LogDecoder, finds_where_the_engine_cut_a_long_line_of_a_terminal) {
  const std::string part(16 * 1024, 'x');
  const std::string bytes = kStamp + part + kStamp + part + kStamp + "y\r\n" + kStamp + "next\r\n";
  const std::vector<LogPiece> expected{piece(LogStream::Stdout, part, false),
                                       piece(LogStream::Stdout, part, false), piece(LogStream::Stdout, "y"),
                                       piece(LogStream::Stdout, "next")};
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, bytes.size()}) {
    EXPECT_EQ(decode(Form::Text, bytes, size).pieces, expected) << size;
  }
}

TEST(LogDecoder, a_line_that_nobody_cut_comes_in_parts) {
  const std::string line(50'000, 'x');
  const Decoded decoded = decode(Form::Text, kStamp + line + "\n", 999);
  std::string together;
  for (const LogPiece& part : decoded.pieces) together += part.text;
  EXPECT_EQ(together, line);
  EXPECT_TRUE(decoded.pieces.back().ends_line);
  EXPECT_FALSE(decoded.pieces.front().ends_line);
}

TEST(LogTimes, are_read_to_the_nanosecond) {
  const auto whole = *parse_log_time("2026-11-22T13:56:28Z");
  EXPECT_EQ((*parse_log_time("2026-11-22T13:56:28.000000001Z") - whole).count(), 1);
  EXPECT_EQ((*parse_log_time("2026-11-22T13:56:28.5Z") - whole).count(), 500'000'000);
  EXPECT_EQ(*parse_log_time("2026-11-22T14:56:28.5+01:00") - whole, Millis{500});
  EXPECT_FALSE(parse_log_time("yesterday"));
  EXPECT_EQ(log_time_text(whole + std::chrono::nanoseconds(42)), "2026-11-22T13:56:28.000000042Z");
}

}  // namespace
}  // namespace slipway::runtime::docker
