#include "slipway/base/boxed.h"

#include <gtest/gtest.h>

#include <string>

namespace slipway {
namespace {

struct Pair {
  std::string first, second;
  bool operator==(const Pair&) const = default;
};

TEST(Boxed, is_empty_until_it_gets_a_value) {
  Boxed<Pair> box;
  EXPECT_FALSE(box);
  EXPECT_FALSE(box.has_value());
  box.emplace().first = "a";
  EXPECT_TRUE(box.has_value());
  EXPECT_EQ(box->first, "a");
  box = Pair{"b", "c"};
  EXPECT_EQ((*box).second, "c");
  box.reset();
  EXPECT_FALSE(box);
  box = std::optional<Pair>(Pair{"d", ""});
  EXPECT_EQ(box->first, "d");
  box = std::optional<Pair>();
  EXPECT_FALSE(box);
  box = Pair{"b", "c"};
  box = std::nullopt;
  EXPECT_FALSE(box);
}

TEST(Boxed, copies_are_values_of_their_own) {
  Boxed<Pair> box(Pair{"a", "b"});
  Boxed<Pair> copy = box;
  copy->first = "other";
  EXPECT_EQ(box->first, "a");
  copy = box;
  EXPECT_EQ(copy->first, "a");
  copy->first = "other";
  EXPECT_EQ(box->first, "a");
  const Boxed<Pair> none;
  copy = none;
  EXPECT_FALSE(copy);
  copy = box;
  EXPECT_EQ(copy->second, "b");
  const Boxed<Pair>& itself = copy;
  copy = itself;
  EXPECT_EQ(copy->second, "b");
}

TEST(Boxed, compares_by_value) {
  const Boxed<Pair> none, box(Pair{"a", ""}), same(Pair{"a", ""}), other(Pair{"b", ""});
  EXPECT_EQ(none, Boxed<Pair>());
  EXPECT_EQ(box, same);
  EXPECT_NE(box, other);
  EXPECT_NE(box, none);
  EXPECT_NE(none, box);
}

}  // namespace
}  // namespace slipway
