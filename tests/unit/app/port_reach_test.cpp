#include "app/port_reach.h"

#include <gtest/gtest.h>

namespace slipway::app {
namespace {

using network::Loopback;

TEST(PortReach, on_the_engines_machine_leads_to_published_ports) {
  const auto reach = port_reach({}, "127.0.0.1");
  EXPECT_EQ(reach.published_at, "127.0.0.1");
  EXPECT_EQ(reach.loopback, Loopback::WholeRange);
  EXPECT_TRUE(reach.networks.empty() && reach.why_not.empty() && reach.shown_at.empty());
  EXPECT_EQ(port_reach({}, "192.0.2.7").published_at, "192.0.2.7");
}

TEST(PortReach, keeps_out_of_the_way_of_ports_that_are_published_on_every_address) {
  const auto reach = port_reach({}, "0.0.0.0");
  EXPECT_EQ(reach.published_at, "127.0.0.1");
  EXPECT_EQ(reach.loopback, Loopback::OneAddress);
}

TEST(PortReach, in_a_container_goes_over_its_networks) {
  Standing standing;
  standing.place = Place::Container;
  standing.host_network = false;
  standing.networks = {{"app", "172.18.0.2"}, {"back", "172.19.0.2"}};
  const auto reach = port_reach(standing, "127.0.0.1");
  EXPECT_EQ(reach.networks, (std::vector<std::string>{"app", "back"}));
  EXPECT_EQ(reach.listen_at, "0.0.0.0");
  EXPECT_EQ(reach.shown_at, "172.18.0.2");
  EXPECT_EQ(reach.loopback, Loopback::OneAddress);
  standing.networks.clear();
  EXPECT_NE(port_reach(standing, "127.0.0.1").why_not, "");
  standing.host_network = true;
  EXPECT_EQ(port_reach(standing, "127.0.0.1").published_at, "127.0.0.1");
}

TEST(PortReach, far_from_the_engine_needs_an_address_of_its_machine) {
  Standing standing;
  standing.place = Place::Remote;
  standing.host_network = false;
  standing.engine_host = "build-box";
  EXPECT_NE(port_reach(standing, "127.0.0.1").why_not.find("--publish-address"), std::string::npos);
  EXPECT_NE(port_reach(standing, "0.0.0.0").why_not, "") << "a name is no address to connect to";
  const auto reach = port_reach(standing, "192.0.2.7");
  EXPECT_EQ(reach.published_at, "192.0.2.7");
  EXPECT_EQ(reach.why_not, "");
  standing.engine_host = "192.0.2.8";
  EXPECT_EQ(port_reach(standing, "0.0.0.0").published_at, "192.0.2.8");
}

}  // namespace
}  // namespace slipway::app
