#include "slipway/base/id_source.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace slipway {
namespace {

TEST(IdSource, gives_lower_case_hexadecimal_of_the_length_asked_for) {
  SequenceIdSource ids;
  for (const std::size_t digits : {0U, 1U, 15U, 16U, 17U, 32U}) {
    const std::string text = ids.hex(digits);
    EXPECT_EQ(text.size(), digits);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(IdSource, gives_version_4_uuids) {
  RandomIdSource ids;
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = ids.uuid();
    EXPECT_TRUE(std::regex_match(text, form)) << text;
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(IdSource, repeats_a_sequence_from_its_seed) {
  SequenceIdSource first(7);
  SequenceIdSource second(7);
  EXPECT_EQ(first.hex(64), second.hex(64));
}

}  // namespace
}  // namespace slipway
