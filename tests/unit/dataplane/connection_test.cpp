#include <chrono>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "unit/dataplane/fixture.h"

namespace slipway::dataplane {
namespace {

using Connections = DataPlaneTest;

std::string random_bytes(std::size_t count) {
  std::mt19937_64 random(7);
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i + 8 <= count; i += 8) {
    const auto word = random();
    bytes.replace(i, 8, reinterpret_cast<const char*>(&word), 8);
  }
  return bytes;
}

TEST_F(Connections, go_on_towards_the_client_when_the_client_has_ended) {
  const TestTarget server([](Wire wire) {
    const std::string question = wire.receive_all();  // needs the FIN
    wire.send("answer to " + question);
    wire.send(", all of it");
  });
  const auto port = open("web", {target(server.port())});
  auto client = Wire::to(port);
  ASSERT_TRUE(client.send("question"));
  client.end();
  EXPECT_EQ(client.receive_all(), "answer to question, all of it");
  EXPECT_TRUE(eventually([&] { return stats("web").active == 0; }));
}

TEST_F(Connections, go_on_towards_the_target_when_the_target_has_ended) {
  std::promise<std::string> heard;
  const TestTarget server([&](Wire wire) {
    wire.send("bye");
    wire.end();
    heard.set_value(wire.receive_all());
  });
  auto client = Wire::to(open("web", {target(server.port())}));
  EXPECT_EQ(client.receive_all(), "bye");
  ASSERT_TRUE(client.send("still here"));
  client.end();
  EXPECT_EQ(heard.get_future().get(), "still here");
  EXPECT_TRUE(eventually([&] { return stats("web").active == 0; }));
}

TEST_F(Connections, pass_a_reset_of_the_target_on_to_the_client) {
  const TestTarget server([](Wire wire) {
    wire.receive();
    wire.reset();
  });
  auto client = Wire::to(open("web", {target(server.port())}));
  ASSERT_TRUE(client.send("x"));
  EXPECT_EQ(client.receive_all(), "RST");
}

TEST_F(Connections, pass_a_reset_of_the_client_on_to_the_target) {
  std::promise<std::string> heard;
  const TestTarget server([&](Wire wire) { heard.set_value(wire.receive_all()); });
  auto client = Wire::to(open("web", {target(server.port())}));
  ASSERT_TRUE(client.send("x"));
  ASSERT_TRUE(eventually([&] { return stats("web").bytes_to_targets == 1; }));
  client.reset();
  EXPECT_EQ(heard.get_future().get(), "xRST");
}

// A server that refuses an upload answers early and closes with bytes unread, which makes its kernel send
// RST.
TEST_F(Connections, deliver_the_last_words_of_a_target_that_takes_no_more) {
  const TestTarget server([](Wire wire) {
    wire.receive(1000);
    wire.send("413 too large");
  });
  auto client = Wire::to(open("web", {target(server.port())}));
  const std::string upload(64 * 1024, 'u');
  while (client.send(upload)) {
  }
  EXPECT_TRUE(client.receive_all().starts_with("413 too large"));
  EXPECT_TRUE(eventually([&] { return stats("web").active == 0; }));
}

TEST_F(Connections, hold_the_client_back_while_the_target_does_not_read) {
  constexpr std::size_t kBytes = 32 << 20;
  std::promise<void> begin;
  std::promise<std::size_t> heard;
  const TestTarget server([&](Wire wire) {
    begin.get_future().wait();
    heard.set_value(wire.receive_all().size());
  });
  auto client = Wire::to(open("web", {target(server.port())}));
  std::thread sender([&] {
    EXPECT_TRUE(client.send(std::string(kBytes, 'x')));
    client.end();
  });
  std::uint64_t before = 1;
  const auto stands_still = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto now = stats("web").bytes_to_targets;
    return now > 0 && std::exchange(before, now) == now;
  };
  EXPECT_TRUE(eventually(stands_still));
  EXPECT_LT(before, kBytes);
  begin.set_value();
  sender.join();
  EXPECT_EQ(heard.get_future().get(), kBytes);
}

TEST_F(Connections, carry_50_megabytes_whole_past_a_slow_reader) {
  const std::string sent = random_bytes(50'000'000);
  const TestTarget server([&](Wire wire) { wire.send(sent); });
  auto client = Wire::to(open("web", {target(server.port())}));
  std::string received;
  received.reserve(sent.size());
  for (int pauses = 0;; ++pauses) {
    const std::string part = client.receive(pauses < 20 ? 10'000 : 1 << 20);
    if (part.empty() || part == "RST" || part == "TIMEOUT") break;
    received += part;
    if (pauses < 20) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(received == sent);
  EXPECT_EQ(stats("web").bytes_to_clients, sent.size());
}

TEST_F(Connections, carry_both_ways_at_once) {
  const std::string sent = random_bytes(16'000'000);
  const TestTarget server(echoes());
  auto client = Wire::to(open("web", {target(server.port())}));
  std::thread sender([&] {
    EXPECT_TRUE(client.send(sent));
    client.end();
  });
  EXPECT_TRUE(client.receive_all() == sent);
  sender.join();
}

TEST_F(Connections, do_not_delay_each_other) {
  const TestTarget server(echoes());
  const auto port = open("web", {target(server.port())});
  auto stuck = Wire::to(port);  // reads nothing
  std::thread sender([&] { stuck.send(std::string(16 << 20, 'x')); });
  for (int i = 0; i < 20; ++i) {
    auto client = Wire::to(port);
    ASSERT_TRUE(client.send("x"));
    EXPECT_EQ(client.receive(), "x");
  }
  std::thread reader([&] {
    stuck.end();
    stuck.receive_all();
  });
  sender.join();
  reader.join();
}

}  // namespace
}  // namespace slipway::dataplane
