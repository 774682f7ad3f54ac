#include "dataplane/target_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace slipway::dataplane {
namespace {

TargetTable table_of(std::vector<Target> targets) { return {std::move(targets)}; }

Target on(std::uint16_t port, std::uint32_t weight = 1) {
  return {.address = "10.0.0.1", .port = port, .weight = weight};
}

// The ports chosen by `turns` picks, one digit each.
std::string picks(TargetSet& targets, int turns) {
  std::string chosen;
  for (int i = 0; i < turns; ++i) {
    const auto member = targets.pick({});
    chosen += member ? std::to_string(member->endpoint.port()) : "-";
  }
  return chosen;
}

TEST(TargetSet, gives_each_target_its_turn_in_the_order_of_the_table) {
  TargetSet targets;
  targets.assign(table_of({on(3), on(1), on(2)}));
  EXPECT_EQ(picks(targets, 7), "3123123");
}

TEST(TargetSet, spreads_weights_over_the_round) {
  TargetSet targets;
  targets.assign(table_of({on(1, 5), on(2, 1), on(3, 1)}));
  EXPECT_EQ(picks(targets, 14), "11213111121311");
}

TEST(TargetSet, gives_nothing_to_a_weight_of_zero) {
  TargetSet targets;
  targets.assign(table_of({on(1, 0), on(2)}));
  EXPECT_EQ(picks(targets, 3), "222");
  targets.assign(table_of({on(1, 0)}));
  EXPECT_EQ(picks(targets, 1), "-");
  targets.assign(table_of({}));
  EXPECT_EQ(picks(targets, 1), "-");
}

TEST(TargetSet, adds_the_weights_of_a_target_that_is_named_twice) {
  TargetSet targets;
  targets.assign(table_of({on(1), on(2), on(1)}));
  EXPECT_EQ(targets.stats().size(), 2U);
  EXPECT_EQ(picks(targets, 6), "121121");
}

TEST(TargetSet, offers_each_target_once_to_a_connection) {
  TargetSet targets;
  targets.assign(table_of({on(1), on(2), on(3)}));
  TargetSet::Members tried;
  for (int i = 0; i < 3; ++i) {
    const auto member = targets.pick(tried);
    ASSERT_TRUE(member);
    EXPECT_EQ(std::ranges::count(tried, member), 0);
    tried.push_back(member);
  }
  EXPECT_FALSE(targets.pick(tried));
}

TEST(TargetSet, goes_on_with_the_round_when_the_table_changes) {
  TargetSet targets;
  targets.assign(table_of({on(1), on(2), on(3)}));
  EXPECT_EQ(picks(targets, 1), "1");
  targets.assign(table_of({on(1), on(2), on(3)}));
  EXPECT_EQ(picks(targets, 2), "23");
}

TEST(TargetSet, shows_a_removed_target_while_it_has_connections) {
  TargetSet targets;
  targets.assign(table_of({on(1), on(2)}));
  const auto first = targets.pick({});
  first->connections = first->active = 1;
  targets.assign(table_of({on(2)}));
  ASSERT_EQ(targets.stats().size(), 2U);
  EXPECT_TRUE(targets.stats()[1].removed);
  EXPECT_EQ(targets.stats()[1].port, 1);
  EXPECT_EQ(picks(targets, 2), "22");

  targets.assign(table_of({on(1), on(2)}));
  EXPECT_EQ(targets.stats()[0].connections, 1U) << "a target that comes back keeps its counts";
  EXPECT_FALSE(targets.stats()[0].removed);

  targets.assign(table_of({on(2)}));
  first->active = 0;
  EXPECT_EQ(targets.stats().size(), 1U);
}

}  // namespace
}  // namespace slipway::dataplane
