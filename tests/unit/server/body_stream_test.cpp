// Streamed answers over real loopback sockets.
#include "unit/server/http_fixture.h"

namespace slipway::server {
namespace {

constexpr const char* kGet = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::size_t kPiece = 64 * 1024;

// What the producers of a test share with it.
struct Stage {
  explicit Stage(asio::steady_timer& gate_in) : gate(gate_in) {}
  asio::steady_timer& gate;
  int begun = 0;
  int ended = 0;  // also by cancellation
  std::size_t written = 0;
};

struct Performance {
  explicit Performance(Stage& stage_in) : stage(stage_in) { ++stage.begun; }
  ~Performance() { ++stage.ended; }
  Performance(const Performance&) = delete;
  Performance& operator=(const Performance&) = delete;
  Stage& stage;
};

Awaitable<void> say(BodySink& sink, Stage& stage, std::string bytes) {
  stage.written += bytes.size();
  auto writing = sink.write(std::move(bytes));
  co_await std::move(writing);
}

Awaitable<void> until_open(asio::steady_timer& gate) {
  auto waiting = gate.async_wait(asio::as_tuple(asio::use_awaitable));
  co_await std::move(waiting);
}

Awaitable<void> two_lines(BodySink& sink, Stage& stage) {
  const Performance performance(stage);
  co_await say(sink, stage, "one\n");
  co_await say(sink, stage, "");
  co_await until_open(stage.gate);
  co_await say(sink, stage, "two\n");
}

Awaitable<void> much(BodySink& sink, Stage& stage) {
  const Performance performance(stage);
  for (int i = 0; i < 400; ++i) co_await say(sink, stage, std::string(kPiece, 'x'));
}

Awaitable<void> one_line_then_failure(BodySink& sink, Stage& stage) {
  const Performance performance(stage);
  co_await say(sink, stage, "one\n");
  throw std::runtime_error("broken producer");
}

using Producer = Awaitable<void> (*)(BodySink&, Stage&);

Awaitable<HttpResponse> streamed(Producer produce, Stage& stage) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.stream = [produce, &stage](BodySink& sink) { return produce(sink, stage); };
  co_return response;
}

struct BodyStreamTest : HttpServerTest {
  Stage stage{gate};

  void serve(Producer produce) {
    more_routes = {
        {"GET", "/stream", [this, produce](const HttpRequest&) { return streamed(produce, stage); }}};
    start();
  }
  // Reads until `client` has received all of `text`.
  static void expect(Client& client, const std::string& text) {
    while (client.received.size() < text.size()) {
      const std::size_t before = client.received.size();
      client.test.run(read_until(client.socket, client.received, before + 1));
      ASSERT_GT(client.received.size(), before) << client.received;
    }
    EXPECT_EQ(client.received.substr(0, text.size()), text);
    client.received.erase(0, text.size());
  }
};

TEST_F(BodyStreamTest, comes_in_chunks_as_it_is_made) {
  serve(two_lines);
  Client client = connect();
  client.send(kGet);
  const Answer head = client.answer();
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.has("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(head.has("Content-Length"));
  EXPECT_TRUE(head.has("\r\nx-amzn-RequestId: "));
  expect(client, "4\r\none\n\r\n");
  EXPECT_EQ(stage.ended, 0);
  gate.cancel();
  expect(client, "4\r\ntwo\n\r\n0\r\n\r\n");
  EXPECT_EQ(stage.ended, 1);
}

TEST_F(BodyStreamTest, the_connection_goes_on_with_what_was_sent_meanwhile) {
  serve(two_lines);
  Client client = connect();
  client.send(kGet);
  client.answer();
  expect(client, "4\r\none\n\r\n");
  std::string more;
  for (int i = 0; i < 300; ++i) {
    more += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(100, 'x') +
            "\r\n\r\n";
  }
  client.send(more);
  gate.cancel();
  expect(client, "4\r\ntwo\n\r\n0\r\n\r\n");
  for (int i = 0; i < 300; ++i) ASSERT_EQ(client.answer().body, "GET /" + std::to_string(i) + " ");
  client.send(kGet);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(BodyStreamTest, a_client_that_does_not_read_holds_the_producer_back) {
  serve(much);
  Client slow = connect();
  slow.send(kGet);
  run_until([this] { return stage.begun == 1; });
  std::size_t before = 0;
  do {
    before = stage.written;
    EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
    asio::steady_timer pause(io, std::chrono::milliseconds(50));
    run(until_open(pause));
  } while (stage.written > before);
  EXPECT_LT(stage.written, 400 * kPiece);
  EXPECT_EQ(stage.ended, 0);
  slow.answer();
  const std::string chunk = "10000\r\n" + std::string(kPiece, 'x') + "\r\n";
  for (int i = 0; i < 400; ++i) ASSERT_NO_FATAL_FAILURE(expect(slow, chunk));
  expect(slow, "0\r\n\r\n");
}

TEST_F(BodyStreamTest, ends_with_its_client) {
  serve(two_lines);
  {
    Client client = connect();
    client.send(kGet);
    client.answer();
    EXPECT_EQ(stage.ended, 0);
  }
  run_until([this] { return stage.ended == 1; });
  run_until([this] { return server->connections() == 0; });
  EXPECT_EQ(stage.written, 4u);
}

TEST_F(BodyStreamTest, ends_with_a_client_that_goes_while_it_is_held_back) {
  serve(much);
  {
    Client client = connect();
    client.send(kGet);
    run_until([this] { return stage.begun == 1; });
  }
  run_until([this] { return stage.ended == 1 && server->connections() == 0; });
}

TEST_F(BodyStreamTest, a_client_that_sends_too_much_meanwhile_is_cut_off) {
  serve(two_lines);
  Client client = connect();
  client.send(kGet);
  client.answer();
  client.send(std::string(200'000, 'x'));
  run_until([this] { return stage.ended == 1 && server->connections() == 0; });
}

TEST_F(BodyStreamTest, a_stopping_server_breaks_it_off_at_once) {
  serve(two_lines);
  Client client = connect();
  client.send(kGet);
  client.answer();
  const auto begun = std::chrono::steady_clock::now();
  run(server->stop(Millis{10'000}));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_EQ(stage.ended, 1);
  EXPECT_EQ(client.rest(), "4\r\none\n\r\n");
}

TEST_F(BodyStreamTest, a_failure_leaves_out_the_last_chunk) {
  serve(one_line_then_failure);
  Client client = connect();
  client.send(kGet);
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.rest(), "4\r\none\n\r\n");
}

TEST_F(BodyStreamTest, head_gets_the_head_alone) {
  serve(two_lines);
  Client client = connect();
  client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.answer(true).has("\r\nTransfer-Encoding: chunked\r\n"));
  client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.answer().body, "GET /a ");
  EXPECT_EQ(stage.begun, 0);
}

TEST_F(BodyStreamTest, http_1_0_gets_no_chunks_and_the_end_of_the_connection) {
  serve(two_lines);
  gate.expires_at(asio::steady_timer::time_point::min());
  Client client = connect();
  client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  const Answer head = client.answer();
  EXPECT_FALSE(head.has("Transfer-Encoding"));
  EXPECT_FALSE(head.has("Content-Length"));
  EXPECT_TRUE(head.has("\r\nConnection: close\r\n"));
  EXPECT_EQ(client.rest(), "one\ntwo\n");
}

}  // namespace
}  // namespace slipway::server
