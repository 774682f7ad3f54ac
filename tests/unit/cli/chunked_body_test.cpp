#include "cli/chunked_body.h"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

std::string fed(ChunkedBody& body, std::string_view bytes, std::size_t size) {
  std::string out;
  while (!bytes.empty()) {
    out += body.feed(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return out;
}

TEST(ChunkedBody, gives_the_same_whatever_the_pieces) {
  const std::string bytes = "4\r\none\n\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    ChunkedBody body;
    EXPECT_EQ(fed(body, bytes, size), "one\n0123456789") << size;
    EXPECT_TRUE(body.done());
    EXPECT_FALSE(body.broken());
  }
}

TEST(ChunkedBody, is_not_done_before_its_last_line) {
  ChunkedBody body;
  EXPECT_EQ(body.feed("3\r\nab"), "ab") << "handed out as it comes";
  EXPECT_EQ(body.feed("c\r\n0\r\n"), "c");
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.feed("\r\nwhat follows is not its own"), "");
  EXPECT_TRUE(body.done());
}

TEST(ChunkedBody, knows_what_are_no_chunks) {
  for (const char* bytes : {"hello\r\n", "3\r\nabcd\r\n", "-1\r\n", "\r\n", "fffffffffffffffff\r\n"}) {
    ChunkedBody body;
    body.feed(bytes);
    EXPECT_TRUE(body.broken()) << bytes;
  }
  ChunkedBody body;
  for (int i = 0; i < 100; ++i) body.feed(std::string(1000, '1'));
  EXPECT_TRUE(body.broken());
}

}  // namespace
}  // namespace slipway::cli
