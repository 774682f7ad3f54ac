#include "slipway/network/service_ports.h"

#include <gtest/gtest.h>

#include <set>

#include "slipway/network/address.h"

namespace slipway::network {
namespace {

std::string arn(int number) {
  return "arn:aws:ecs:us-east-1:000000000000:service/default/web-" + std::to_string(number);
}

TEST(ServicePorts, keep_the_container_port_on_an_address_of_127_79) {
  const auto given = assign_service_port({}, {.service = arn(1), .container_port = 8080});
  ASSERT_TRUE(given);
  EXPECT_EQ(given->service, arn(1));
  EXPECT_EQ(given->container_port, 8080);
  EXPECT_EQ(given->port, 8080);
  EXPECT_TRUE(to_address(given->address).starts_with("127.79."));
}

TEST(ServicePorts, come_out_the_same_on_every_machine) {
  const auto given = assign_service_port({}, {.service = arn(1), .container_port = 80});
  ASSERT_TRUE(given);
  EXPECT_EQ(to_address(given->address), "127.79.52.221");
}

TEST(ServicePorts, of_one_service_share_its_address) {
  const auto web = *assign_service_port({}, {.service = arn(1), .container_port = 80});
  const auto other = *assign_service_port({web}, {.service = arn(2), .container_port = 80});
  const auto admin = *assign_service_port({web, other}, {.service = arn(1), .container_port = 9000});
  EXPECT_EQ(admin.address, web.address);
  EXPECT_EQ(admin.port, 9000);
  EXPECT_NE(other.address, web.address);
}

TEST(ServicePorts, move_on_while_another_service_has_the_address) {
  const auto first = *assign_service_port({}, {.service = arn(1), .container_port = 80});
  const ServicePort thief{arn(2), 80, first.address, 80};
  const auto moved = *assign_service_port({thief}, {.service = arn(1), .container_port = 80});
  EXPECT_NE(moved.address, first.address);
  const ServicePort second{arn(3), 80, moved.address, 80};
  const auto again = *assign_service_port({thief, second}, {.service = arn(1), .container_port = 80});
  EXPECT_NE(again.address, first.address);
  EXPECT_NE(again.address, moved.address);
}

TEST(ServicePorts, that_are_stored_stay) {
  const ServicePort stored{arn(1), 80, *parse_address("127.79.200.7"), 80};
  EXPECT_EQ(assign_service_port({stored}, {.service = arn(1), .container_port = 80}), stored);
  const auto more = *assign_service_port({stored}, {.service = arn(1), .container_port = 81});
  EXPECT_EQ(to_address(more.address), "127.79.200.7");
}

TEST(ServicePorts, of_thousands_of_services_have_addresses_of_their_own_without_0_and_255) {
  std::vector<ServicePort> stored;
  std::set<std::uint32_t> addresses;
  for (int i = 0; i < 2'000; ++i) {
    stored.push_back(*assign_service_port(stored, {.service = arn(i), .container_port = 80}));
    addresses.insert(stored.back().address);
    const auto last = stored.back().address & 0xFF;
    EXPECT_NE(last, 0U);
    EXPECT_NE(last, 255U);
  }
  EXPECT_EQ(addresses.size(), 2'000U);
}

TEST(ServicePorts, end_when_every_address_is_taken) {
  std::vector<ServicePort> stored;
  for (std::uint32_t a = 0; a <= 255; ++a) {
    for (std::uint32_t b = 1; b <= 254; ++b) {
      stored.push_back({"other", 80, 0x7F4F0000U | a << 8 | b, 80});
    }
  }
  EXPECT_FALSE(assign_service_port(stored, {.service = arn(1), .container_port = 80}));
  const auto freed = stored.back().address;
  stored.pop_back();
  EXPECT_EQ(assign_service_port(stored, {.service = arn(1), .container_port = 80})->address, freed);
}

TEST(ServicePorts, share_one_address_where_the_machine_has_no_other) {
  const ServicePortRequest web{.service = arn(1), .container_port = 80, .loopback = Loopback::OneAddress};
  const auto first = *assign_service_port({}, web);
  EXPECT_EQ(to_address(first.address), "127.0.0.1");
  EXPECT_GE(first.port, 20'000);
  EXPECT_LT(first.port, 30'000);
  EXPECT_EQ(assign_service_port({first}, web), first);

  ServicePort other = first;
  other.service = arn(2);
  EXPECT_NE(assign_service_port({other}, web)->port, first.port);
}

TEST(ServicePorts, leave_a_busy_port_of_the_one_address) {
  ServicePortRequest web{.service = arn(1), .container_port = 80, .loopback = Loopback::OneAddress};
  const auto first = *assign_service_port({}, web);
  web.busy.push_back(first.port);
  const auto second = *assign_service_port({first}, web);
  EXPECT_NE(second.port, first.port);
}

TEST(ServicePorts, of_another_kind_of_machine_are_assigned_anew) {
  const auto linux_one = *assign_service_port({}, {.service = arn(1), .container_port = 80});
  const ServicePortRequest elsewhere{
      .service = arn(1), .container_port = 80, .loopback = Loopback::OneAddress};
  const auto given = *assign_service_port({linux_one}, elsewhere);
  EXPECT_EQ(to_address(given.address), "127.0.0.1");
  EXPECT_EQ(assign_service_port({linux_one, given}, {.service = arn(1), .container_port = 80}), linux_one);
}

}  // namespace
}  // namespace slipway::network
