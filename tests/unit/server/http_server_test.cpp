// The HTTP server over real loopback sockets; server and clients share one io_context, so a test ends as soon
// as its answers have come.
#include "slipway/server/http_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace slipway::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using async::Awaitable;

constexpr std::chrono::seconds kPatience{20};

struct Answer {
  int status = 0;  // 0: the connection ended before an answer
  std::string head;
  std::string body;
  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

Awaitable<void> send_all(tcp::socket& socket, std::string bytes) {
  auto writing = asio::async_write(socket, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
  co_await std::move(writing);
}

// One more read into `received`; false at the end of the stream.
Awaitable<bool> read_some(tcp::socket& socket, std::string& received) {
  std::array<char, 16 * 1024> block;
  auto reading = socket.async_read_some(asio::buffer(block), asio::as_tuple(asio::use_awaitable));
  const auto [error, bytes] = co_await std::move(reading);
  received.append(block.data(), bytes);
  co_return !error;
}

Awaitable<void> read_until(tcp::socket& socket, std::string& received, std::size_t bytes) {
  while (received.size() < bytes) {
    auto reading = read_some(socket, received);
    const bool more = co_await std::move(reading);
    if (!more) co_return;
  }
}

Awaitable<void> read_answer(tcp::socket& socket, std::string& received, bool without_body, Answer& answer) {
  while (received.find("\r\n\r\n") == std::string::npos) {
    auto reading = read_some(socket, received);
    const bool more = co_await std::move(reading);
    if (!more) co_return;
  }
  answer.head = received.substr(0, received.find("\r\n\r\n") + 4);
  received.erase(0, answer.head.size());
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
  const std::size_t length = answer.head.find("Content-Length: ");
  if (length == std::string::npos || without_body) co_return;
  std::size_t size = 0;
  std::from_chars(answer.head.data() + length + 16, answer.head.data() + answer.head.size(), size);
  auto reading = read_until(socket, received, size);
  co_await std::move(reading);
  answer.body = received.substr(0, size);
  received.erase(0, size);
}

Awaitable<void> read_to_end(tcp::socket& socket, std::string& received) {
  while (true) {
    auto reading = read_some(socket, received);
    const bool more = co_await std::move(reading);
    if (!more) co_return;
  }
}

ServerSettings listening_on(std::string address, std::uint16_t port) {
  ServerSettings settings;
  settings.listen = {{std::move(address), port}};
  return settings;
}

struct HttpServerTest : testing::Test {
  asio::io_context io{1};
  Log log{LogLevel::Error, LogFormat::Text};
  ServerSettings settings = listening_on("127.0.0.1", 0);
  asio::steady_timer gate{io, asio::steady_timer::time_point::max()};  // what /wait waits for
  int handled = 0;
  std::unique_ptr<HttpServer> server;

  // Runs server and client until `work` is done.
  void run(Awaitable<void> work) {
    bool done = false;
    asio::co_spawn(io, std::move(work), [&done](const std::exception_ptr& error) {
      done = true;
      if (error) std::rethrow_exception(error);
    });
    run_until([&done] { return done; });
  }
  template <class Condition>
  void run_until(Condition condition) {
    io.restart();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      ASSERT_TRUE(io.run_one_until(deadline) > 0 || condition()) << "nothing happened in time";
    }
  }

  static Awaitable<HttpResponse> wait_at(asio::steady_timer& gate) {
    auto waiting = gate.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(waiting);
    HttpResponse response;
    response.body = "waited";
    co_return response;
  }
  static Awaitable<HttpResponse> fail() {
    throw std::runtime_error("broken route");
    co_return HttpResponse{};
  }

  void start() {
    std::vector<Route> routes{
        {"GET", "/wait", [this](const HttpRequest&) { return wait_at(gate); }},
        {"POST", "/fail", [](const HttpRequest&) { return fail(); }},
    };
    const auto handler = [this](const HttpRequest& request) {
      ++handled;
      HttpResponse response;
      response.content_type = "text/plain";
      if (request.path() == "/large") {
        response.body = std::string(5'000'000, 'L');
      } else {
        response.body = std::string(request.method) + " " + std::string(request.target) + " " + request.body;
      }
      if (request.path() == "/throw") throw std::runtime_error("broken handler");
      return response;
    };
    server = std::make_unique<HttpServer>(io.get_executor(), log, settings, std::move(routes), handler);
    server->start();
  }
  void TearDown() override {
    if (!server) return;
    gate.cancel();
    run(server->stop(Millis{0}));
    EXPECT_EQ(server->connections(), 0u);
  }

  struct Client {
    HttpServerTest& test;
    tcp::socket socket;
    std::string received{};

    void send(std::string bytes) { test.run(send_all(socket, std::move(bytes))); }
    Answer answer(bool without_body = false) {
      Answer answer;
      test.run(read_answer(socket, received, without_body, answer));
      return answer;
    }
    // All that comes until the server closes.
    std::string rest() {
      test.run(read_to_end(socket, received));
      return std::exchange(received, {});
    }
  };
  Client connect() {
    tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), server->ports().front()});
    return {*this, std::move(socket)};
  }
  // One request on a connection of its own.
  Answer ask(std::string bytes) {
    Client client = connect();
    client.send(std::move(bytes));
    return client.answer();
  }
};

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_F(HttpServerTest, answers_many_requests_on_one_connection) {
  start();
  Client client = connect();
  for (int i = 0; i < 5; ++i) {
    client.send(kGet);
    const Answer answer = client.answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a ");
    EXPECT_TRUE(answer.has("\r\nx-amzn-RequestId: "));
    EXPECT_TRUE(answer.has("\r\nDate: "));
    EXPECT_TRUE(answer.has("\r\nContent-Type: text/plain\r\n"));
    EXPECT_FALSE(answer.has("Connection:"));
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(HttpServerTest, answers_pipelined_requests_in_order) {
  start();
  Client client = connect();
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n" + bytes);
  EXPECT_EQ(client.answer().body.size(), 5'000'000u);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.answer().body, "GET /" + std::to_string(i) + " ");
}

TEST_F(HttpServerTest, half_a_request_blocks_nobody) {
  start();
  Client slow = connect();
  slow.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhal");
  Client silent = connect();
  Client other = connect();
  other.send(kGet);
  EXPECT_EQ(other.answer().status, 200);
  slow.send("f a body");
  EXPECT_EQ(slow.answer().body, "POST / half a bod");
}

TEST_F(HttpServerTest, a_client_that_does_not_read_blocks_nobody) {
  start();
  Client slow = connect();
  slow.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  run_until([this] { return handled == 1; });
  EXPECT_EQ(ask(kGet).status, 200);
  EXPECT_EQ(slow.answer().body.size(), 5'000'000u);
}

TEST_F(HttpServerTest, says_100_continue_before_the_body_is_sent) {
  start();
  Client client = connect();
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.answer().head, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(client.answer().body, "POST / body");
}

TEST_F(HttpServerTest, refuses_before_the_body_is_sent) {
  start();
  EXPECT_EQ(
      ask("POST / HTTP/1.1\r\nHost: evil.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n").status,
      403);
  EXPECT_EQ(
      ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10485761\r\n\r\n").status,
      413);
  EXPECT_EQ(handled, 0);
}

TEST_F(HttpServerTest, ignores_other_expectations) {
  start();
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n").status, 200);
}

TEST_F(HttpServerTest, closes_after_an_error_of_framing_and_says_what_was_wrong) {
  start();
  Client client = connect();
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET "
      "/smuggled "
      "HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string all = client.rest();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 400 ")) << all;
  EXPECT_NE(all.find("x-amzn-RequestId: "), std::string::npos);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << all;
  EXPECT_EQ(handled, 0);
}

TEST_F(HttpServerTest, a_client_that_is_refused_in_the_middle_of_its_body_gets_the_answer) {
  start();
  Client client = connect();
  std::string chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 12; ++i) chunks += "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  client.send(chunks + "0\r\n\r\n");
  EXPECT_EQ(client.answer().status, 413);
}

TEST_F(HttpServerTest, closes_at_once_on_a_tls_hello) {
  start();
  Client client = connect();
  client.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServerTest, a_request_that_does_not_come_whole_in_time_gets_408) {
  settings.read_timeout = Millis{40};
  start();
  Client client = connect();
  client.send("GET / HTTP/1.1\r\nHost: loc");
  const std::string all = client.rest();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 408 ")) << all;
}

TEST_F(HttpServerTest, a_connection_without_requests_is_closed_in_time) {
  settings.idle_timeout = Millis{40};
  start();
  Client fresh = connect();
  EXPECT_EQ(fresh.rest(), "");
  Client used = connect();
  used.send(kGet);
  EXPECT_EQ(used.answer().status, 200);
  EXPECT_EQ(used.rest(), "");
}

TEST_F(HttpServerTest, a_client_that_never_reads_is_closed_in_time) {
  settings.write_timeout = Millis{60};
  start();
  Client client = connect();
  client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  run_until([this] { return handled == 1; });
  run_until([this] { return server->connections() == 0; });
}

TEST_F(HttpServerTest, waiting_routes_hold_up_nobody_and_have_no_deadline) {
  settings.read_timeout = settings.idle_timeout = settings.write_timeout = Millis{20};
  start();
  Client waiting = connect();
  waiting.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Client idle = connect();
  EXPECT_EQ(idle.rest(), "");  // this one's time is over meanwhile
  EXPECT_EQ(ask(kGet).status, 200);
  gate.cancel();
  EXPECT_EQ(waiting.answer().body, "waited");
}

TEST_F(HttpServerTest, routes_are_matched_by_path_and_method) {
  start();
  const Answer wrong = ask("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_TRUE(wrong.has("\r\nAllow: GET\r\n"));
  EXPECT_EQ(ask("GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n").body, "GET /waiting ");
}

TEST_F(HttpServerTest, an_exception_ends_one_request_only) {
  start();
  Client client = connect();
  client.send("POST /fail HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.answer().status, 500);
  client.send("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.answer().status, 500);
  client.send(kGet);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(HttpServerTest, answers_head_without_a_body) {
  start();
  Client client = connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.answer(true).has("Content-Length: 8\r\n"));
  client.send(kGet);
  EXPECT_EQ(client.answer().body, "GET /a ");
}

TEST_F(HttpServerTest, speaks_http_1_0) {
  start();
  Client client = connect();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const std::string all = client.rest();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200 ")) << all;
  Client kept = connect();
  kept.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(kept.answer().has("Connection: keep-alive\r\n"));
}

TEST_F(HttpServerTest, lets_allowed_pages_read_the_answer) {
  start();
  const std::string origin = "Origin: http://localhost:3000\r\n";
  const Answer answer = ask("GET /a HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Access-Control-Allow-Origin: http://localhost:3000\r\n"));
  EXPECT_TRUE(answer.has("Vary: Origin\r\n"));
  const Answer preflight = ask("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n" + origin +
                               "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: "
                               "x-amz-target\r\n\r\n");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_TRUE(preflight.has("Access-Control-Allow-Headers: x-amz-target\r\n"));
  EXPECT_TRUE(preflight.has("Access-Control-Allow-Origin: http://localhost:3000\r\n"));
  EXPECT_FALSE(preflight.has("Content-Length"));
  EXPECT_EQ(handled, 1);
}

TEST_F(HttpServerTest, keeps_other_pages_out) {
  start();
  const Answer evil =
      ask("POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.test\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(evil.status, 403);
  EXPECT_NE(evil.body.find("--allow-origin"), std::string::npos) << evil.body;
  EXPECT_FALSE(evil.has("Access-Control"));
  EXPECT_TRUE(evil.has("x-amzn-RequestId"));
  EXPECT_EQ(ask("GET /wait HTTP/1.1\r\nHost: rebound.test\r\n\r\n").status, 403);
  EXPECT_EQ(ask("GET http://rebound.test/ HTTP/1.0\r\n\r\n").status, 403);
  EXPECT_EQ(handled, 0);
}

TEST_F(HttpServerTest, closes_connections_above_the_limit) {
  settings.max_connections = 2;
  start();
  Client one = connect();
  one.send(kGet);
  EXPECT_EQ(one.answer().status, 200);
  Client two = connect();
  two.send(kGet);
  EXPECT_EQ(two.answer().status, 200);
  Client three = connect();
  EXPECT_EQ(three.rest(), "");
  one.socket.close();
  run_until([this] { return server->connections() == 1; });
  EXPECT_EQ(ask(kGet).status, 200);
}

TEST_F(HttpServerTest, stops_after_the_requests_in_flight) {
  start();
  Client idle = connect();
  Client busy = connect();
  busy.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n" + std::string(kGet));
  run_until([this] { return server->connections() == 2; });
  run(send_all(idle.socket, ""));
  bool stopped = false;
  asio::co_spawn(io, server->stop(Millis{10'000}), [&stopped](const std::exception_ptr&) { stopped = true; });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_FALSE(stopped);
  gate.cancel();
  const Answer last = busy.answer();
  EXPECT_EQ(last.body, "waited");
  EXPECT_TRUE(last.has("Connection: close\r\n"));
  EXPECT_EQ(busy.rest(), "");
  run_until([&stopped] { return stopped; });
  tcp::socket refused(io);
  boost::system::error_code error;
  refused.connect({asio::ip::address_v4::loopback(), server->ports().front()}, error);
  EXPECT_EQ(error, asio::error::connection_refused);
}

TEST_F(HttpServerTest, does_not_wait_longer_than_the_grace) {
  start();
  Client busy = connect();
  busy.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  run_until([this] { return server->connections() == 1; });
  run(server->stop(Millis{20}));
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_EQ(busy.rest(), "");
}

TEST_F(HttpServerTest, names_the_holder_of_a_busy_port_and_the_way_out) {
  start();
  const ServerSettings taken = listening_on("127.0.0.1", server->ports().front());
  HttpServer second(io.get_executor(), log, taken, {}, [](const HttpRequest&) { return HttpResponse{}; });
  try {
    second.start();
    FAIL() << "the port is taken";
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("process " + std::to_string(getpid()) + " ("), std::string::npos) << text;
    EXPECT_NE(text.find("--listen 127.0.0.1:0"), std::string::npos) << text;
  }
}

TEST_F(HttpServerTest, says_why_it_cannot_listen) {
  const auto reason = [this](std::string address) {
    const ServerSettings odd = listening_on(std::move(address), 0);
    HttpServer other(io.get_executor(), log, odd, {}, [](const HttpRequest&) { return HttpResponse{}; });
    try {
      other.start();
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(reason("no.such.name").find("takes an IP address"), std::string::npos);
  EXPECT_NE(reason("203.0.113.7").find("no such address"), std::string::npos);
  EXPECT_EQ(reason("localhost"), "");
  EXPECT_EQ(reason("::1"), "");
}

}  // namespace
}  // namespace slipway::server
