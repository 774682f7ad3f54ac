#include <gtest/gtest.h>

#include "services/ecs/fragment_cache.h"

namespace slipway::services::ecs {
namespace {

struct Object {
  std::string name;
};

TEST(FragmentCache, renders_an_object_once_per_variant_and_stamp) {
  FragmentCache cache;
  const auto object = std::make_shared<const Object>();
  int rendered = 0;
  const auto get = [&](unsigned variant, FragmentCache::Stamp stamp) {
    return cache.get(object, variant, stamp, [&] { return std::to_string(++rendered); });
  };
  EXPECT_EQ(get(0, {1}), "1");
  EXPECT_EQ(get(0, {1}), "1");
  EXPECT_EQ(get(1, {1}), "2");
  EXPECT_EQ(get(0, {2}), "3");
  EXPECT_EQ(get(0, {2}), "3");
}

TEST(FragmentCache, never_takes_another_object_for_one_that_it_knows) {
  FragmentCache cache;
  for (int i = 0; i < 100; ++i) {
    const auto object = std::make_shared<const Object>(Object{std::to_string(i)});
    EXPECT_EQ(cache.get(object, 0, {}, [&] { return object->name; }), object->name);
  }
}

TEST(FragmentCache, stays_within_its_limit_and_keeps_what_is_used) {
  FragmentCache cache(1 << 16);
  const auto used = std::make_shared<const Object>();
  int rendered = 0;
  for (int i = 0; i < 500; ++i) {
    cache.get(used, 0, {}, [&] { return std::to_string(++rendered); });
    const auto other = std::make_shared<const Object>();
    cache.get(other, 0, {}, [] { return std::string(1000, 'x'); });
    ASSERT_LE(cache.bytes(), std::size_t{1} << 16);
  }
  EXPECT_EQ(rendered, 1);
}

}  // namespace
}  // namespace slipway::services::ecs
