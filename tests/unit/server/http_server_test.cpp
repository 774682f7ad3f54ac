// The HTTP server over real loopback sockets.
#include "unit/server/http_fixture.h"

namespace slipway::server {
namespace {

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
