// A server under test and clients of it over real loopback sockets. They share one io_context, so a test ends
// as soon as its answers have come. Routes: GET /wait (until `gate` is cancelled), POST /fail (throws); the
// handler says what it was asked, /large is 5 MB, /throw throws.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <memory>

#include "slipway/server/http_server.h"

namespace slipway::server {

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

inline Awaitable<void> send_all(tcp::socket& socket, std::string bytes) {
  auto writing = asio::async_write(socket, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
  co_await std::move(writing);
}

// One more read into `received`; false at the end of the stream.
inline Awaitable<bool> read_some(tcp::socket& socket, std::string& received) {
  std::array<char, 16 * 1024> block;
  auto reading = socket.async_read_some(asio::buffer(block), asio::as_tuple(asio::use_awaitable));
  const auto [error, bytes] = co_await std::move(reading);
  received.append(block.data(), bytes);
  co_return !error;
}

inline Awaitable<void> read_until(tcp::socket& socket, std::string& received, std::size_t bytes) {
  while (received.size() < bytes) {
    auto reading = read_some(socket, received);
    const bool more = co_await std::move(reading);
    if (!more) co_return;
  }
}

inline Awaitable<void> read_answer(tcp::socket& socket, std::string& received, bool without_body,
                                   Answer& answer) {
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

inline Awaitable<void> read_to_end(tcp::socket& socket, std::string& received) {
  while (true) {
    auto reading = read_some(socket, received);
    const bool more = co_await std::move(reading);
    if (!more) co_return;
  }
}

inline ServerSettings listening_on(std::string address, std::uint16_t port) {
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
  std::vector<Route> more_routes;
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
    routes.insert(routes.end(), more_routes.begin(), more_routes.end());
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

}  // namespace slipway::server
