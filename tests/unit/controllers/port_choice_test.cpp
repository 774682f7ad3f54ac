#include "controllers/port_choice.h"

#include <gtest/gtest.h>

namespace slipway::controllers {
namespace {

api::ecs::PortMapping mapping(int port, const std::string& protocol = "tcp", const std::string& range = "") {
  api::ecs::PortMapping made;
  if (range.empty()) {
    made.container_port = port;
  } else {
    made.container_port_range = range;
  }
  made.protocol = protocol;
  return made;
}

api::ecs::TaskDefinition with(const std::vector<api::ecs::PortMapping>& mappings) {
  api::ecs::TaskDefinition definition;
  definition.family = "web";
  definition.revision = 3;
  auto& container = definition.container_definitions.emplace().emplace_back();
  container.port_mappings = mappings;
  return definition;
}

std::string choice(const api::ecs::TaskDefinition& definition, std::optional<std::uint16_t> wanted = {}) {
  const auto port = choose_port(definition, "shop", wanted);
  return port ? std::to_string(*port) : port.error().text;
}

TEST(PortChoice, without_a_port_is_the_only_tcp_port) {
  EXPECT_EQ(choice(with({mapping(80), mapping(53, "udp")})), "80");
  EXPECT_EQ(choice(with({mapping(80), mapping(80)})), "80");
  EXPECT_EQ(choice(with({mapping(80), mapping(8080), mapping(0, "tcp", "9000-9010")})),
            "service shop has several TCP ports (80, 8080, 9000-9010): name one, as in slipway port shop 80");
  EXPECT_EQ(choice(with({mapping(0, "tcp", "9000-9010")})),
            "service shop has several TCP ports (9000-9010): name one, as in slipway port shop 9000");
  EXPECT_EQ(choice(with({mapping(53, "udp")})),
            "task definition web:3 of service shop maps no TCP port: add it to portMappings");
  EXPECT_EQ(choice({}).substr(0, 15), "task definition");
}

TEST(PortChoice, with_a_port_is_that_port_where_it_is_mapped) {
  const auto definition = with({mapping(80), mapping(0, "tcp", "9000-9010"), mapping(53, "udp")});
  EXPECT_EQ(choice(definition, 80), "80");
  EXPECT_EQ(choice(definition, 9010), "9010");
  EXPECT_EQ(choice(definition, 9011),
            "task definition web:3 of service shop maps no port 9011; its TCP ports: 80, 9000-9010");
  EXPECT_EQ(choice(definition, 53),
            "port 53 of service shop is a UDP port: only TCP is forwarded to services");
}

TEST(PortChoice, refuses_tasks_that_have_the_machines_own_ports) {
  auto definition = with({mapping(80)});
  definition.network_mode = "host";
  EXPECT_NE(choice(definition).find("connect to their ports on 127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace slipway::controllers
