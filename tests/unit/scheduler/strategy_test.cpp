#include "slipway/scheduler/strategy.h"

#include <gtest/gtest.h>

namespace slipway::scheduler {
namespace {

using Providers = std::vector<std::string>;

TEST(Distribute, gives_the_base_first_then_follows_the_weights) {
  EXPECT_EQ(distribute({{"FARGATE", 2, 1}, {"FARGATE_SPOT", 0, 3}}, 6),
            (Providers{"FARGATE", "FARGATE", "FARGATE", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT"}));
}

TEST(Distribute, breaks_ties_in_the_order_given) {
  EXPECT_EQ(distribute({{"a", 0, 1}, {"b", 0, 1}}, 4), (Providers{"a", "b", "a", "b"}));
}

TEST(Distribute, gives_a_provider_of_weight_zero_only_its_base) {
  EXPECT_EQ(distribute({{"a", 1, 0}, {"b", 0, 1}}, 3), (Providers{"a", "b", "b"}));
}

TEST(Distribute, gives_everything_to_a_lone_provider_without_weight) {
  EXPECT_EQ(distribute({{"a", 0, 0}}, 2), (Providers{"a", "a"}));
}

TEST(Distribute, counts_what_the_providers_have_already) {
  EXPECT_EQ(distribute({{"a", 2, 1, 1}, {"b", 0, 1, 0}}, 3), (Providers{"a", "a", "b"}));
  EXPECT_EQ(distribute({{"a", 0, 1, 3}, {"b", 0, 1, 0}}, 4), (Providers{"b", "b", "b", "a"}));
}

TEST(Distribute, never_gives_more_than_asked) {
  EXPECT_EQ(distribute({{"a", 10, 1}}, 2), (Providers{"a", "a"}));
  EXPECT_TRUE(distribute({{"a", 10, 1}}, 0).empty());
}

}  // namespace
}  // namespace slipway::scheduler
