#include "slipway/scheduler/placement.h"

#include <gtest/gtest.h>

namespace slipway::scheduler {
namespace {

Candidate a_candidate(std::string arn = "i1") {
  return Candidate{.arn = std::move(arn), .cpu = 2048, .memory = 4096, .attributes = {"net", "os=linux"}};
}

TEST(Place, fills_one_instance_until_a_resource_is_used_up) {
  const auto placement = place({a_candidate()}, Needs{.cpu = 1024, .memory = 512}, 3);
  EXPECT_EQ(placement.arns, (std::vector<std::string>{"i1", "i1"}));
  EXPECT_EQ(placement.refusals, (std::vector<Refusal>{{"i1", "RESOURCE:CPU"}}));
}

TEST(Place, refuses_nobody_when_everything_was_placed) {
  const auto placement = place({a_candidate()}, Needs{.cpu = 1024}, 2);
  EXPECT_EQ(placement.arns.size(), 2U);
  EXPECT_TRUE(placement.refusals.empty());
}

TEST(Place, names_memory_when_that_is_short) {
  const auto placement = place({a_candidate()}, Needs{.memory = 4097}, 1);
  EXPECT_EQ(placement.refusals, (std::vector<Refusal>{{"i1", "RESOURCE:MEMORY"}}));
}

TEST(Place, gives_a_fixed_port_to_one_task_of_a_request) {
  const auto placement = place({a_candidate()}, Needs{.ports = {.tcp = {8080}, .udp = {}}}, 2);
  EXPECT_EQ(placement.arns.size(), 1U);
  EXPECT_EQ(placement.refusals, (std::vector<Refusal>{{"i1", "RESOURCE:PORTS"}}));
}

TEST(Place, keeps_tcp_and_udp_ports_apart) {
  auto candidate = a_candidate();
  candidate.taken.tcp = {53};
  EXPECT_EQ(place({candidate}, Needs{.ports = {.tcp = {}, .udp = {53}}}, 1).arns.size(), 1U);
  EXPECT_TRUE(place({candidate}, Needs{.ports = {.tcp = {53}, .udp = {}}}, 1).arns.empty());
}

TEST(Place, wants_attributes_by_name_or_with_their_value) {
  EXPECT_EQ(place({a_candidate()}, Needs{.attributes = {"net", "os", "os=linux"}}, 1).arns.size(), 1U);
  EXPECT_EQ(place({a_candidate()}, Needs{.attributes = {"os=windows"}}, 1).refusals,
            (std::vector<Refusal>{{"i1", "ATTRIBUTE"}}));
}

TEST(Place, says_agent_for_an_instance_that_is_away) {
  auto candidate = a_candidate();
  candidate.agent_connected = false;
  EXPECT_EQ(place({candidate}, Needs{}, 1).refusals, (std::vector<Refusal>{{"i1", "AGENT"}}));
}

TEST(Place, spreads_over_instances_and_reports_each_that_is_full) {
  const auto placement = place({a_candidate("i1"), a_candidate("i2")}, Needs{.cpu = 2048}, 3);
  EXPECT_EQ(placement.arns, (std::vector<std::string>{"i1", "i2"}));
  EXPECT_EQ(placement.refusals, (std::vector<Refusal>{{"i1", "RESOURCE:CPU"}, {"i2", "RESOURCE:CPU"}}));
}

TEST(Place, puts_one_task_of_a_group_on_an_instance_when_they_must_be_distinct) {
  const auto placement = place({a_candidate()}, Needs{.distinct_instance = true}, 2);
  EXPECT_EQ(placement.arns.size(), 1U);
  EXPECT_EQ(placement.refusals.at(0).reason, "DistinctInstance placement constraint unsatisfied.");
}

TEST(Place, has_nothing_to_refuse_without_candidates) {
  const auto placement = place({}, Needs{}, 1);
  EXPECT_TRUE(placement.arns.empty());
  EXPECT_TRUE(placement.refusals.empty());
}

TEST(Expression, compares_one_attribute) {
  const std::vector<std::string> attributes{"ecs.os-type=linux", "fast"};
  EXPECT_TRUE(matches("attribute:ecs.os-type == linux", attributes));
  EXPECT_TRUE(matches("  attribute:ecs.os-type equals linux ", attributes));
  EXPECT_FALSE(matches("attribute:ecs.os-type != linux", attributes));
  EXPECT_TRUE(matches("attribute:ecs.os-type in [windows, linux]", attributes));
  EXPECT_FALSE(matches("attribute:ecs.os-type not_in [windows,linux]", attributes));
  EXPECT_TRUE(matches("attribute:fast exists", attributes));
  EXPECT_TRUE(matches("attribute:slow !exists", attributes));
  EXPECT_TRUE(matches("attribute:slow != yes", attributes));
}

TEST(Expression, says_what_it_does_not_understand) {
  for (const auto* text : {"", "attribute:a", "attribute:a =~ t2.*", "attribute:a == b and attribute:c == d",
                           "a == b", "attribute:a in [a", "attribute:a in []", "attribute:a exists now",
                           "attribute: == b", "(attribute:a == b)", "runningTasksCount > 1"}) {
    EXPECT_FALSE(is_understood(text)) << text;
  }
}

}  // namespace
}  // namespace slipway::scheduler
