#include <gtest/gtest.h>

#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

constexpr std::string_view kStart =
    "\xA2\x66__type\x61"
    "A\x67message";

TEST(CborEncode, writes_an_error_with_lengths_of_every_size) {
  using namespace std::string_literals;
  const std::string start(kStart);
  EXPECT_EQ(encode_cbor_error("A", ""), start + "\x60");
  EXPECT_EQ(encode_cbor_error("A", "no"), start + "\x62no");
  EXPECT_EQ(encode_cbor_error("A", std::string(24, 'x')), start + "\x78\x18" + std::string(24, 'x'));
  EXPECT_EQ(encode_cbor_error("A", std::string(300, 'x')),
            start + "\x7A\x00\x00\x01\x2C"s + std::string(300, 'x'));
}

TEST(CborEncode, writes_valid_text_only) {
  EXPECT_EQ(encode_cbor_error("A", "a\xFF\xC3\xA9"), std::string(kStart) +
                                                         "\x66"
                                                         "a\xEF\xBF\xBD\xC3\xA9");
}

}  // namespace
}  // namespace slipway::protocol
