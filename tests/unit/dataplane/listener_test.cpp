#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "unit/dataplane/accept_fault.h"
#include "unit/dataplane/fixture.h"

namespace slipway::dataplane {
namespace {

using Listeners = DataPlaneTest;
using Clock = std::chrono::steady_clock;

std::map<std::string, int> answers(std::uint16_t port, int connections) {
  std::map<std::string, int> counts;
  for (int i = 0; i < connections; ++i) ++counts[Wire::to(port).receive_all()];
  return counts;
}

TEST_F(Listeners, give_each_target_its_turn) {
  const TestTarget a(says("a")), b(says("b")), c(says("c"));
  const auto port = open("web", {target(a.port()), target(b.port()), target(c.port())});
  EXPECT_EQ(answers(port, 30), (std::map<std::string, int>{{"a", 10}, {"b", 10}, {"c", 10}}));
  ASSERT_TRUE(eventually([&] { return stats("web").active == 0; }));
  const auto seen = stats("web");
  EXPECT_EQ(seen.port, port);
  EXPECT_EQ(seen.accepted, 30U);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.bytes_to_clients, 30U);
  EXPECT_EQ(seen.bytes_to_targets, 0U);
  for (const auto& each : seen.targets) EXPECT_EQ(each.connections, 10U);
}

TEST_F(Listeners, give_targets_their_share_by_weight) {
  const TestTarget a(says("a")), b(says("b"));
  const auto port = open("web", {target(a.port(), 3), target(b.port(), 1)});
  EXPECT_EQ(answers(port, 40), (std::map<std::string, int>{{"a", 30}, {"b", 10}}));
}

TEST_F(Listeners, skip_a_target_that_refuses) {
  const TestTarget a(says("a")), c(says("c"));
  const auto port = open("web", {target(a.port()), target(refusing_port()), target(c.port())});
  const auto counts = answers(port, 30);
  EXPECT_EQ(counts.at("a") + counts.at("c"), 30);
  EXPECT_GE(counts.at("a"), 10);
  EXPECT_GE(counts.at("c"), 10);
  EXPECT_EQ(stats("web").failed, 0U);
  EXPECT_GE(stats("web").targets[1].refused, 10U);
}

TEST_F(Listeners, skip_a_target_that_does_not_answer_within_a_second) {
  const TestTarget a(says("a"));
  const SilentTarget silent;
  const auto port = open("web", {target(silent.port()), target(a.port())});
  const auto begin = Clock::now();
  EXPECT_EQ(Wire::to(port).receive_all(), "a");
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(950));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(3));
  EXPECT_EQ(stats("web").targets[0].refused, 1U);
}

TEST_F(Listeners, reset_the_client_when_there_is_no_target) {
  const auto port = open("web", {});
  EXPECT_EQ(Wire::to(port).receive_all(), "RST");
  plane_->set_targets("web", table({target(refusing_port()), target(refusing_port())}));
  EXPECT_EQ(Wire::to(port).receive_all(), "RST");
  ASSERT_TRUE(eventually([&] { return stats("web").active == 0; }));
  EXPECT_EQ(stats("web").failed, 2U);
}

TEST_F(Listeners, send_new_connections_to_new_targets_and_leave_the_established_ones) {
  const TestTarget old_target(echoes()), new_target(says("new"));
  const auto port = open("web", {target(old_target.port())});
  auto client = Wire::to(port);
  ASSERT_TRUE(client.send("before"));
  EXPECT_EQ(client.receive(), "before");

  plane_->set_targets("web", table({target(new_target.port())}));
  EXPECT_EQ(answers(port, 3), (std::map<std::string, int>{{"new", 3}}));
  ASSERT_EQ(stats("web").targets.size(), 2U);
  EXPECT_TRUE(stats("web").targets[1].removed);
  EXPECT_EQ(stats("web").targets[1].active, 1U);

  ASSERT_TRUE(client.send("after"));
  EXPECT_EQ(client.receive(), "after");
  client.end();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(eventually([&] { return stats("web").targets.size() == 1; }));
}

TEST_F(Listeners, that_are_closed_free_the_port_and_leave_established_connections) {
  const TestTarget server(echoes());
  const auto port = open("web", {target(server.port())});
  auto client = Wire::to(port);
  ASSERT_TRUE(client.send("before"));
  EXPECT_EQ(client.receive(), "before");

  plane_->close("web");
  EXPECT_TRUE(plane_->stats().empty());
  ASSERT_TRUE(client.send("after"));
  EXPECT_EQ(client.receive(), "after");

  const auto again = plane_->open({.id = "web", .address = "127.0.0.1", .port = port}, table({}));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, port);
}

TEST_F(Listeners, that_are_closed_reset_their_connections_when_told) {
  const TestTarget server(echoes());
  const auto port = open("web", {target(server.port())});
  auto client = Wire::to(port);
  ASSERT_TRUE(client.send("before"));
  EXPECT_EQ(client.receive(), "before");
  plane_->close("web", OpenConnections::Reset);
  EXPECT_EQ(client.receive(), "RST");
}

TEST_F(Listeners, without_a_name_that_is_known_are_ignored) {
  plane_->close("nothing");
  plane_->set_targets("nothing", table({}));
  EXPECT_TRUE(plane_->stats().empty());
}

TEST_F(Listeners, bind_the_address_that_they_are_told_and_no_other) {
  const TestTarget server(says("a"));
  const auto port =
      plane_->open({.id = "web", .address = "127.79.3.4", .port = 0}, table({target(server.port())}));
  ASSERT_TRUE(port) << port.error().message;
  const auto same_port = plane_->open({.id = "other", .address = "127.79.3.5", .port = *port}, table({}));
  EXPECT_TRUE(same_port) << same_port.error().message;
  EXPECT_EQ(stats("web").address, "127.79.3.4");
}

TEST_F(Listeners, name_the_holder_of_a_busy_port) {
  const TestTarget holder(says("a"));
  const auto port = plane_->open({.id = "web", .address = "127.0.0.1", .port = holder.port()}, table({}));
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().why, ListenFailure::Busy);
  EXPECT_EQ(port.error().message, "127.0.0.1:" + std::to_string(holder.port()) + " is in use by process " +
                                      std::to_string(::getpid()) + " (unit_dataplane).");
}

TEST_F(Listeners, say_why_an_address_cannot_be_had) {
  // 192.0.2.1 is nobody's (RFC 5737).
  const auto foreign = plane_->open({.id = "web", .address = "192.0.2.1", .port = 80}, table({}));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().why, ListenFailure::NoSuchAddress);
  EXPECT_EQ(
      foreign.error().message,
      "Cannot listen on 192.0.2.1:80 (Cannot assign requested address): this machine has no such address.");
  const auto name = plane_->open({.id = "web", .address = "localhost", .port = 80}, table({}));
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message, "Cannot listen on 'localhost': it is not an IPv4 address.");
}

TEST_F(Listeners, are_opened_once_and_have_targets_that_are_addresses) {
  open("web", {});
  EXPECT_THROW((void)plane_->open({.id = "web", .address = "127.0.0.1", .port = 0}, table({})), BugError);
  EXPECT_THROW(plane_->set_targets("web", table({{.address = "localhost", .port = 80}})), BugError);
  EXPECT_THROW(plane_->set_targets("web", table({target(0)})), BugError);
}

TEST_F(Listeners, wait_without_spinning_while_there_are_no_file_descriptors) {
  const TestTarget server(says("a"));
  const auto port = open("web", {target(server.port())});
  std::optional<AcceptFault> fault(std::in_place, port);
  auto client = Wire::to(port);  // the kernel takes it, the program cannot
  std::this_thread::sleep_for(std::chrono::milliseconds(350));
  EXPECT_GE(fault->refused(), 1);
  EXPECT_LE(fault->refused(), 5);
  fault.reset();
  EXPECT_EQ(client.receive_all(), "a");
}

TEST_F(Listeners, hold_many_connections_at_once_without_a_thread_each) {
  constexpr int kConnections = 400;  // four descriptors and a thread of the target for each
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const TestTarget a(echoes()), b(echoes());
  const auto port = open("web", {target(a.port()), target(b.port())});
  std::vector<Wire> clients;
  for (int i = 0; i < kConnections; ++i) clients.push_back(Wire::to(port));
  for (int i = 0; i < kConnections; ++i)
    ASSERT_TRUE(clients[static_cast<std::size_t>(i)].send(std::to_string(i)));
  for (int i = 0; i < kConnections; ++i) {
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].receive(), std::to_string(i));
  }
  const auto seen = stats("web");
  EXPECT_EQ(seen.active, std::uint64_t{kConnections});
  EXPECT_EQ(seen.targets[0].active, std::uint64_t{kConnections} / 2);
  EXPECT_EQ(seen.targets[1].active, std::uint64_t{kConnections} / 2);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return stats("web").active == 0; }));
}

TEST_F(Listeners, and_their_connections_end_with_the_data_plane) {
  const TestTarget server(echoes());
  const auto port = open("web", {target(server.port())});
  const SilentTarget silent;
  const auto unanswered = open("unanswered", {target(silent.port())});
  std::vector<Wire> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Wire::to(port));
    ASSERT_TRUE(clients.back().send("x"));
    EXPECT_EQ(clients.back().receive(), "x");
  }
  auto connecting = Wire::to(unanswered);
  const auto begin = Clock::now();
  plane_.reset();
  EXPECT_LT(Clock::now() - begin, std::chrono::milliseconds(900)) << "waits for nobody";
  for (auto& client : clients) EXPECT_EQ(client.receive(), "RST");
  EXPECT_EQ(connecting.receive(), "RST");
}

}  // namespace
}  // namespace slipway::dataplane
