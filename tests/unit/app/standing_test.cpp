#include "slipway/app/standing.h"

#include <gtest/gtest.h>

namespace slipway::app {
namespace {

using Names = std::vector<std::string>;

const std::string kId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kOther = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

std::string mount(const std::string& root, const std::string& point) {
  return "612 590 8:1 " + root + " " + point + " rw,relatime - ext4 /dev/sda1 rw\n";
}

Surroundings seen(const std::string& host_name, const std::string& mountinfo, const std::string& cgroup) {
  return {.host_name = host_name, .mountinfo = mountinfo, .cgroup = cgroup};
}

runtime::ContainerStatus container() {
  runtime::ContainerStatus status;
  status.id = kId;
  status.name = "shop_slipway_1";
  status.image_id = "sha256:1";
  status.network_mode = "shop_default";
  status.addresses = {{"shop_default", "172.18.0.3"}, {"back", "172.19.0.2"}};
  return status;
}

StandingFacts facts(const std::string& url = "unix:///var/run/docker.sock") {
  StandingFacts made;
  made.host_name = "laptop";
  made.engine_url = url;
  made.engine.name = "laptop";
  made.engine.operating_system = "Debian GNU/Linux 12 (bookworm)";
  return made;
}

TEST(ContainerIds, come_from_the_cgroup) {
  EXPECT_EQ(container_ids(seen("box", "", "12:cpu:/docker/" + kId + "\n11:pids:/docker/" + kId + "\n")),
            Names{kId});
  EXPECT_EQ(container_ids(seen("box", "", "0::/system.slice/docker-" + kId + ".scope\n")), Names{kId});
}

TEST(ContainerIds, of_a_container_in_a_container_begin_with_the_inner_one) {
  EXPECT_EQ(container_ids(seen("box", "", "0::/docker/" + kOther + "/docker/" + kId + "\n")),
            (Names{kId, kOther}));
}

TEST(ContainerIds, come_from_the_files_that_the_engine_mounts_into_every_container) {
  const std::string mounts =
      mount("/", "/") + mount("/var/lib/docker/containers/" + kId + "/hostname", "/etc/hostname");
  EXPECT_EQ(container_ids(seen("box", mounts, "0::/\n")), Names{kId});
}

TEST(ContainerIds, are_none_on_the_host_of_other_containers) {
  const std::string mounts =
      mount("/", "/var/lib/docker/overlay2/" + kId + "/merged") +
      mount("/var/lib/docker/containers/" + kId + "/mounts/shm", "/var/lib/docker/containers/shm");
  const Surroundings host = seen("laptop", mounts, "0::/user.slice/user-1000.slice/session-3.scope\n");
  EXPECT_EQ(container_ids(host), Names{});
  EXPECT_FALSE(in_container(host));
}

TEST(ContainerIds, end_with_a_host_name_that_looks_like_one) {
  EXPECT_EQ(container_ids(seen(kId.substr(0, 12), "", "0::/\n")), Names{kId.substr(0, 12)});
  EXPECT_EQ(container_ids(seen(kId.substr(0, 12), "", "0::/docker/" + kId + "\n")), Names{kId});
  EXPECT_EQ(container_ids(seen("postgres", "", "0::/\n")), Names{});
}

TEST(ContainerIds, need_no_dockerenv_and_a_host_name_alone_proves_nothing) {
  EXPECT_FALSE(in_container(seen(kId.substr(0, 12), "", "0::/\n")));
  EXPECT_TRUE(in_container(seen("box", "", "0::/docker/" + kId + "\n")));
}

TEST(Standing, on_the_engines_machine_shares_its_ports) {
  const Standing standing = decide_standing(facts());
  EXPECT_EQ(standing.place, Place::Host);
  EXPECT_TRUE(standing.host_network);
  EXPECT_EQ(decide_standing(facts("tcp://127.0.0.1:2375")).place, Place::Host);
}

TEST(Standing, behind_a_tunnel_is_remote_because_the_engines_machine_has_another_name) {
  for (const char* url : {"unix:///var/run/docker.sock", "tcp://localhost:2375"}) {
    StandingFacts there = facts(url);
    there.engine.name = "server";
    const Standing standing = decide_standing(there);
    EXPECT_EQ(standing.place, Place::Remote) << url;
    EXPECT_EQ(standing.engine_host, "server");
    EXPECT_FALSE(standing.host_network);
  }
}

TEST(Standing, over_the_network_is_remote_and_knows_the_engines_host) {
  EXPECT_EQ(decide_standing(facts("tcp://10.1.2.3:2376")).place, Place::Remote);
  EXPECT_EQ(decide_standing(facts("tcp://10.1.2.3:2376")).engine_host, "10.1.2.3");
  EXPECT_EQ(decide_standing(facts("https://[fd00::1]:2376/x")).engine_host, "[fd00::1]");
  EXPECT_EQ(decide_standing(facts("tcp://docker")).engine_host, "docker");
}

TEST(Standing, beside_docker_desktop_does_not_share_its_ports) {
  StandingFacts there = facts();
  there.engine.operating_system = "Docker Desktop";
  const Standing standing = decide_standing(there);
  EXPECT_EQ(standing.place, Place::Desktop);
  EXPECT_FALSE(standing.host_network);
}

TEST(Standing, in_a_container_knows_its_networks) {
  StandingFacts there = facts();
  there.self = container();
  const Standing standing = decide_standing(there);
  EXPECT_EQ(standing.place, Place::Container);
  EXPECT_EQ(standing.container_id, kId);
  EXPECT_FALSE(standing.host_network);
  EXPECT_EQ(task_networks({}, "", standing), (Names{"back", "shop_default"}));
  EXPECT_EQ(describe(standing), "in container shop_slipway_1 (0123456789ab) on back, shop_default");
}

TEST(Standing, in_a_container_with_the_hosts_network_shares_the_hosts_ports) {
  StandingFacts there = facts();
  there.self = container();
  there.self->network_mode = "host";
  there.self->addresses.clear();
  const Standing standing = decide_standing(there);
  EXPECT_EQ(standing.place, Place::Container);
  EXPECT_TRUE(standing.host_network);
  EXPECT_EQ(task_networks({}, "", standing), Names{});
}

TEST(Standing, in_a_container_without_a_network_shares_nothing) {
  StandingFacts there = facts();
  there.self = container();
  there.self->network_mode = "none";
  there.self->addresses.clear();
  EXPECT_FALSE(decide_standing(there).host_network);
}

TEST(Standing, in_a_container_that_uses_anothers_network_has_that_ones) {
  StandingFacts there = facts();
  there.self = container();
  there.self->network_mode = "container:" + kOther;
  there.self->addresses.clear();
  there.network_owner = container();
  there.network_owner->addresses = {{"theirs", "172.20.0.2"}};
  EXPECT_EQ(task_networks({}, "", decide_standing(there)), Names{"theirs"});
}

TEST(TaskNetworks, are_those_given_then_localstacks_variable_then_the_containers_own) {
  Standing standing;
  standing.networks = {{"own", "172.18.0.2"}};
  EXPECT_EQ(task_networks({"a", "b", "a"}, "main", standing), (Names{"a", "b"}));
  EXPECT_EQ(task_networks({}, "main", standing), Names{"main"});
  EXPECT_EQ(task_networks({}, "", standing), Names{"own"});
  EXPECT_EQ(task_networks({}, "", Standing{}), Names{});
}

TEST(UserAddress, of_a_port_on_every_address_is_loopback_but_on_another_machine) {
  Standing standing;
  EXPECT_EQ(user_address(standing, "0.0.0.0"), "127.0.0.1");
  EXPECT_EQ(user_address(standing, "192.168.1.5"), "192.168.1.5");
  standing.place = Place::Container;
  EXPECT_EQ(user_address(standing, ""), "127.0.0.1");
  standing.place = Place::Remote;
  standing.engine_host = "server";
  EXPECT_EQ(user_address(standing, "0.0.0.0"), "server");
}

TEST(TaskEndpoints, exist_where_tasks_reach_what_the_server_listens_on) {
  Standing host;
  EXPECT_EQ(task_endpoints(host, {{"127.0.0.1", 4566}}), Names{});
  EXPECT_EQ(task_endpoints(host, {{"0.0.0.0", 4566}}), Names{"host.docker.internal:4566"});
  EXPECT_EQ(task_endpoints(host, {{"127.0.0.1", 4566}, {"172.17.0.1", 4566}}), Names{"172.17.0.1:4566"});
  Standing inside;
  inside.place = Place::Container;
  inside.host_network = false;
  inside.networks = {{"a", "172.18.0.2"}, {"b", "172.19.0.2"}};
  EXPECT_EQ(task_endpoints(inside, {{"0.0.0.0", 4566}}), (Names{"172.18.0.2:4566", "172.19.0.2:4566"}));
  EXPECT_EQ(task_endpoints(inside, {{"172.19.0.2", 80}}), Names{"172.19.0.2:80"});
  EXPECT_EQ(task_endpoints(inside, {{"127.0.0.1", 80}}), Names{});
  Standing desktop;
  desktop.place = Place::Desktop;
  EXPECT_EQ(task_endpoints(desktop, {{"127.0.0.1", 4566}}), Names{"host.docker.internal:4566"});
  Standing remote;
  remote.place = Place::Remote;
  EXPECT_EQ(task_endpoints(remote, {{"0.0.0.0", 4566}}), Names{});
}

}  // namespace
}  // namespace slipway::app
