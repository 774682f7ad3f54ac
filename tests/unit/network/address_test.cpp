#include "slipway/network/address.h"

#include <gtest/gtest.h>

#include <set>

namespace slipway::network {
namespace {

TEST(Cidr, is_parsed_with_its_host_bits_cleared) {
  const auto cidr = parse_cidr("172.31.17.9/20");
  ASSERT_TRUE(cidr);
  EXPECT_EQ(cidr->str(), "172.31.16.0/20");
  EXPECT_EQ(cidr->size(), 4096U);
}

TEST(Cidr, refuses_text_that_is_no_range) {
  for (const auto* text : {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/",
                           "a.b.c.d/8", "10.0.0.0.0/8", "10..0.0/8", "10.0.0.0/-1", "10.0.0.0/8 "}) {
    EXPECT_FALSE(parse_cidr(text)) << text;
  }
}

TEST(Cidr, of_everything_has_size_zero_for_two_to_the_32) {
  const auto all = parse_cidr("0.0.0.0/0");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 0U);
  EXPECT_TRUE(all->contains(*parse_address("255.255.255.255")));
}

TEST(Cidr, overlaps_are_seen_from_both_sides) {
  const auto vpc = *parse_cidr("172.31.0.0/16");
  const auto subnet = *parse_cidr("172.31.32.0/20");
  const auto other = *parse_cidr("172.30.0.0/16");
  EXPECT_TRUE(vpc.overlaps(subnet));
  EXPECT_TRUE(subnet.overlaps(vpc));
  EXPECT_FALSE(other.overlaps(vpc));
}

TEST(NextSubnet, is_the_first_twenty_that_overlaps_none) {
  const auto vpc = *parse_cidr(kDefaultVpcCidr);
  std::vector<Cidr> taken;
  EXPECT_EQ(next_subnet(vpc, taken)->str(), "172.31.0.0/20");
  taken.push_back(*parse_cidr("172.31.0.0/20"));
  taken.push_back(*parse_cidr("172.31.17.0/24"));
  EXPECT_EQ(next_subnet(vpc, taken)->str(), "172.31.32.0/20");
}

TEST(NextSubnet, is_none_when_the_vpc_is_full_or_too_small) {
  const auto vpc = *parse_cidr(kDefaultVpcCidr);
  EXPECT_FALSE(next_subnet(vpc, {vpc}));
  EXPECT_FALSE(next_subnet(*parse_cidr("10.0.0.0/24"), {}));
}

TEST(FirstFreeAddress, skips_what_aws_keeps_and_what_is_taken) {
  const auto subnet = *parse_cidr("10.0.0.0/29");
  std::set<std::uint32_t> taken;
  const auto is_taken = [&](std::uint32_t address) { return taken.contains(address); };
  for (const auto* expected : {"10.0.0.4", "10.0.0.5", "10.0.0.6"}) {
    const auto address = first_free_address(subnet, is_taken);
    ASSERT_TRUE(address);
    EXPECT_EQ(to_address(*address), expected);
    taken.insert(*address);
  }
  EXPECT_FALSE(first_free_address(subnet, is_taken));
}

TEST(FirstFreeAddress, has_none_to_give_in_the_smallest_ranges) {
  const auto never = [](std::uint32_t) { return false; };
  EXPECT_FALSE(first_free_address(*parse_cidr("10.0.0.0/30"), never));
  EXPECT_FALSE(first_free_address(*parse_cidr("10.0.0.1/32"), never));
}

TEST(PrivateDnsName, has_the_old_domain_in_us_east_1_only) {
  const auto address = *parse_address("10.0.1.114");
  EXPECT_EQ(private_dns_name("us-east-1", address), "ip-10-0-1-114.ec2.internal");
  EXPECT_EQ(private_dns_name("eu-west-1", address), "ip-10-0-1-114.eu-west-1.compute.internal");
}

TEST(DefaultVpcId, is_stable_and_differs_by_account_and_region) {
  const auto id = default_vpc_id("000000000000", "us-east-1");
  EXPECT_EQ(id.size(), 4 + 17U);
  EXPECT_EQ(id, default_vpc_id("000000000000", "us-east-1"));
  EXPECT_NE(id, default_vpc_id("000000000000", "us-east-2"));
  EXPECT_NE(id, default_vpc_id("000000000001", "us-east-1"));
}

}  // namespace
}  // namespace slipway::network
