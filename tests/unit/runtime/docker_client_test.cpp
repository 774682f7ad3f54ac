// The Docker engine against a small server of our own on a unix socket: versions, broken connections, time
// limits, cancellation, streams. Real time is moved by hand except where a socket's own time limit is tested.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <functional>
#include <list>
#include <optional>

#include "runtime/docker/http_client.h"
#include "slipway/async/manual_clock.h"
#include "slipway/async/task_scope.h"
#include "slipway/async/wake.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::runtime {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

struct Answer {
  std::string bytes{};
  bool close = false;  // afterwards; with no bytes: instead of an answer
  bool hang = false;   // never answers
};

std::string with_body(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nApi-Version: 1.41\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Answers each request by a function of its first line.
class FakeEngine {
 public:
  using Handler = std::function<Answer(const std::string& line)>;

  FakeEngine(asio::io_context& io, async::TaskScope& scope, Handler handler)
      : path_((std::filesystem::temp_directory_path() /
               ("slipway-fake-" + std::to_string(::getpid()) + "-" + std::to_string(++made)))
                  .string()),
        acceptor_(io),
        scope_(scope),
        handler_(std::move(handler)) {
    ::unlink(path_.c_str());
    acceptor_.open();
    acceptor_.bind(Local::endpoint(path_));
    acceptor_.listen();
    scope_.spawn("accept", accept());
  }
  ~FakeEngine() { ::unlink(path_.c_str()); }

  std::string url() const { return "unix://" + path_; }
  const std::vector<std::string>& requests() const { return requests_; }
  int connections() const { return connections_; }
  int open() const { return open_; }

 private:
  async::Awaitable<void> accept() {
    for (;;) {
      auto accepting = acceptor_.async_accept(asio::use_awaitable);
      Local::socket socket = co_await std::move(accepting);
      ++connections_;
      scope_.spawn("serve", serve(std::move(socket)));
    }
  }

  async::Awaitable<void> serve(Local::socket socket) {
    struct Open {
      int& count;
      ~Open() { --count; }
    };
    const Open counted{++open_};
    std::string buffer;
    for (;;) {
      auto reading = asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n",
                                            asio::as_tuple(asio::use_awaitable));
      const auto [error, size] = co_await std::move(reading);
      if (error) co_return;
      requests_.push_back(buffer.substr(0, buffer.find(" HTTP/1.1\r\n")));
      buffer.erase(0, size);
      const Answer answer = handler_(requests_.back());
      if (answer.hang) continue;
      auto writing =
          asio::async_write(socket, asio::buffer(answer.bytes), asio::as_tuple(asio::use_awaitable));
      co_await std::move(writing);
      if (answer.close) co_return;
    }
  }

  static inline int made = 0;
  std::string path_;
  Local::acceptor acceptor_;
  async::TaskScope& scope_;
  Handler handler_;
  std::vector<std::string> requests_;
  int connections_ = 0, open_ = 0;
};

struct DockerClientTest : testing::Test {
  asio::io_context io;
  Log log{LogLevel::Error, LogFormat::Text};
  async::ManualClock clock{io.get_executor(), TimePoint{Seconds{1'700'000'000}}};
  async::TaskScope scope{io.get_executor(), log};
  std::function<Answer(const std::string&)> answer = [](const std::string&) {
    return Answer{.bytes = with_body("200 OK", "{}")};
  };
  FakeEngine server{io, scope, [this](const std::string& line) {
                      if (line == "GET /_ping") return Answer{.bytes = with_body("200 OK", "OK")};
                      return answer(line);
                    }};
  std::list<FakeEngine> others;
  std::unique_ptr<Engine> engine =
      make_docker_engine(io.get_executor(), clock, log, endpoint(), "/nonexistent");

  DockerEndpoint endpoint() {
    DockerEndpoint out;
    out.url = server.url();
    return out;
  }

  void TearDown() override {
    bool ended = false;
    asio::co_spawn(io, scope.stop(), [&ended](const std::exception_ptr&) { ended = true; });
    run_until([&ended] { return ended; });
  }

  void run_until(const std::function<bool()>& done) {
    io.restart();
    while (!done() && io.run_one_for(std::chrono::seconds(10)) > 0) {
    }
  }

  template <class T>
  static async::Awaitable<void> keep(async::Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }

  template <class T>
  T wait(async::Awaitable<T> work) {
    std::optional<T> result;
    scope.spawn("call", keep(std::move(work), result));
    run_until([&result] { return result.has_value(); });
    return std::move(*result);
  }
};

TEST_F(DockerClientTest, asks_for_the_version_once_and_keeps_its_connection) {
  answer = [](const std::string&) { return Answer{.bytes = with_body("200 OK", "[]")}; };
  EXPECT_TRUE(wait(engine->list({})));
  EXPECT_TRUE(wait(engine->list({})));
  EXPECT_EQ(server.connections(), 1);
  ASSERT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.requests()[0], "GET /_ping");
  EXPECT_TRUE(server.requests()[1].starts_with("GET /v1.41/containers/json?all=1&filters=%7B"));
}

TEST_F(DockerClientTest, a_dead_pooled_connection_is_replaced_without_a_failure) {
  answer = [](const std::string&) { return Answer{.bytes = with_body("200 OK", "[]"), .close = true}; };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(wait(engine->list({})));
  EXPECT_GE(server.connections(), 3);
}

TEST_F(DockerClientTest, a_pooled_connection_that_breaks_under_a_request_is_tried_once_more) {
  int calls = 0;
  answer = [&calls](const std::string&) {
    return ++calls == 1 ? Answer{.bytes = "", .close = true} : Answer{.bytes = with_body("200 OK", "[]")};
  };
  EXPECT_TRUE(wait(engine->list({})));
  EXPECT_EQ(calls, 2);
}

TEST_F(DockerClientTest, what_must_not_happen_twice_is_not_repeated) {
  int calls = 0;
  answer = [&calls](const std::string&) {
    ++calls;
    return Answer{.bytes = "", .close = true};
  };
  const auto killed = wait(engine->kill("x", "SIGTERM"));
  ASSERT_FALSE(killed);
  EXPECT_EQ(killed.error().kind, EngineErrorKind::Unreachable);
  EXPECT_EQ(calls, 1);
}

TEST_F(DockerClientTest, an_answer_cut_off_in_the_middle_is_unreachable) {
  answer = [](const std::string&) {
    return Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Id\":", .close = true};
  };
  const auto status = wait(engine->inspect("x"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, EngineErrorKind::Unreachable);
}

TEST_F(DockerClientTest, a_chunked_answer_is_put_together) {
  answer = [](const std::string&) {
    return Answer{.bytes =
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n6\r\n{\"Id\":\r\n5\r\n\"abc\"\r\n1\r\n}\r\n0\r\n\r\n"};
  };
  const auto status = wait(engine->inspect("x"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->id, "abc");
}

TEST_F(DockerClientTest, no_answer_in_time_is_a_timeout) {
  answer = [](const std::string&) { return Answer{.hang = true}; };
  docker::HttpClient http(io.get_executor(), clock, endpoint());
  docker::HttpRequest request;
  request.target = "/slow";
  request.deadline = Millis{30};
  const auto response = wait(http.request(std::move(request)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, EngineErrorKind::Timeout);
}

TEST_F(DockerClientTest, a_cancelled_call_closes_its_connection) {
  answer = [](const std::string&) { return Answer{.hang = true}; };
  async::TaskScope callers(io.get_executor(), log);
  std::optional<EngineResult<ContainerStatus>> result;
  callers.spawn("inspect", keep(engine->inspect("x"), result));
  run_until([this] { return server.requests().size() == 2; });
  EXPECT_EQ(server.open(), 1);
  bool ended = false;
  asio::co_spawn(io, callers.stop(), [&ended](const std::exception_ptr&) { ended = true; });
  run_until([&] { return ended && server.open() == 0; });
  EXPECT_EQ(server.open(), 0);
  EXPECT_FALSE(result);
}

TEST_F(DockerClientTest, no_engine_at_the_address_is_said) {
  DockerEndpoint nowhere;
  nowhere.url = "unix:///nonexistent/docker.sock";
  const auto other = make_docker_engine(io.get_executor(), clock, log, nowhere, "");
  const auto info = wait(other->info());
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().kind, EngineErrorKind::Unreachable);
  EXPECT_TRUE(info.error().message.starts_with("Cannot connect to the Docker daemon at unix:///nonexistent"));
}

TEST_F(DockerClientTest, an_engine_that_is_too_old_is_refused) {
  FakeEngine& old = others.emplace_back(io, scope, [](const std::string&) {
    return Answer{.bytes = "HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Length: 2\r\n\r\nOK"};
  });
  DockerEndpoint at;
  at.url = old.url();
  const auto engine_there = make_docker_engine(io.get_executor(), clock, log, at, "");
  const auto info = wait(engine_there->info());
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().kind, EngineErrorKind::Invalid);
  EXPECT_NE(info.error().message.find("speaks API version 1.40; Slipway needs 1.41"), std::string::npos);
}

TEST_F(DockerClientTest, a_newer_engine_is_spoken_to_in_the_newest_version_known) {
  FakeEngine& newer = others.emplace_back(io, scope, [](const std::string&) {
    return Answer{.bytes = "HTTP/1.1 200 OK\r\nApi-Version: 1.99\r\nContent-Length: 2\r\n\r\n{}"};
  });
  DockerEndpoint at;
  at.url = newer.url();
  const auto engine_there = make_docker_engine(io.get_executor(), clock, log, at, "");
  const auto info = wait(engine_there->info());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->api_version, "1.50");
  EXPECT_EQ(newer.requests().at(1), "GET /v1.50/info");
}

TEST_F(DockerClientTest, a_pull_reports_its_stages_and_the_failure_inside_the_stream) {
  answer = [](const std::string&) {
    return Answer{
        .bytes = with_body("200 OK",
                           "{\"status\":\"Pulling from x\"}\r\n{\"error\":\"toomanyrequests: slow\"}\r\n")};
  };
  std::vector<std::string> stages;
  auto progress = [&stages](const std::string& line) { stages.push_back(line); };
  const auto pulled = wait(engine->pull("registry.test/x@sha256:" + std::string(64, 'a'), progress));
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().message, "toomanyrequests: slow");
  EXPECT_EQ(stages, std::vector<std::string>{"Pulling from x"});
  EXPECT_EQ(server.requests().back(),
            "POST /v1.41/images/create?fromImage=registry.test%2Fx&tag=sha256%3A" + std::string(64, 'a'));
}

TEST_F(DockerClientTest, events_reconnect_with_a_growing_delay_and_say_so) {
  bool refuse = false;
  answer = [&refuse](const std::string&) {
    if (refuse) return Answer{.bytes = "", .close = true};
    const std::string event =
        "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"k\":\"v\"}}}"
        "\n";
    return Answer{.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + event,
                  .close = true};
  };
  std::vector<std::string> seen;
  auto listener = [&seen](const std::string& id, const Labels&) {
    seen.push_back(id.empty() ? "connected" : id);
  };
  int lost = 0;
  scope.spawn("events", engine->follow_events({{"k", "v"}}, listener, [&lost] { ++lost; }));
  const auto sleeping_for = [this](Millis span) { return clock.next_deadline() == clock.now().real + span; };
  run_until([&] { return sleeping_for(Millis{100}); });
  EXPECT_EQ(seen, (std::vector<std::string>{"connected", "abc"}));
  refuse = true;
  for (const int delay : {100, 200, 400, 800, 1600, 2000, 2000}) {
    ASSERT_TRUE(sleeping_for(Millis{delay})) << delay;
    clock.advance(Millis{delay});
    const Millis next = std::min(Millis{delay * 2}, Millis{2000});
    run_until([&] { return sleeping_for(next); });
  }
  EXPECT_EQ(lost, 8);
  refuse = false;
  clock.advance(Millis{2000});
  run_until([&] { return sleeping_for(Millis{100}); });
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_TRUE(server.requests().back().starts_with("GET /v1.41/events?since="));
}

std::string frame(const std::string& text) {
  const std::string payload = "2026-11-22T13:56:28.673946034Z " + text + "\n";
  const auto size = static_cast<unsigned char>(payload.size());
  return std::string{1, 0, 0, 0, 0, 0, 0, static_cast<char>(size)} + payload;
}

async::Awaitable<void> take(std::vector<std::string>& lines, async::Wake* gate,
                            std::vector<LogPiece> pieces) {
  for (const LogPiece& piece : pieces) lines.push_back(piece.text);
  if (gate == nullptr) co_return;
  auto waiting = gate->wait();
  co_await std::move(waiting);
}

LogSink into(std::vector<std::string>& lines, async::Wake* gate = nullptr) {
  return [&lines, gate](std::vector<LogPiece> pieces) { return take(lines, gate, std::move(pieces)); };
}

TEST_F(DockerClientTest, output_is_asked_for_as_wanted_and_read_by_its_form) {
  bool terminal = false;
  answer = [&terminal](const std::string& line) {
    if (line.ends_with("/json")) {
      return Answer{.bytes = with_body("200 OK", terminal ? "{\"Config\":{\"Tty\":true}}" : "{}")};
    }
    const std::string text = "2026-11-22T13:56:28.673946034Z of a terminal\r\n";
    return Answer{.bytes = with_body("200 OK", terminal ? text : frame("framed"))};
  };
  std::vector<std::string> lines;
  const LogTime since{std::chrono::nanoseconds(1'700'000'000'000'000'042)};
  EXPECT_TRUE(wait(engine->logs({.id = "c", .since = since, .tail = 7}, into(lines))));
  EXPECT_EQ(server.requests().back(),
            "GET /v1.41/containers/c/logs?stdout=1&stderr=1&timestamps=1&since=1700000000.000000042&tail=7");
  terminal = true;
  EXPECT_TRUE(wait(engine->logs({.id = "c", .follow = true, .since = {}, .tail = {}}, into(lines))));
  EXPECT_EQ(server.requests().back(), "GET /v1.41/containers/c/logs?stdout=1&stderr=1&timestamps=1&follow=1");
  EXPECT_EQ(lines, (std::vector<std::string>{"framed", "of a terminal"}));
}

TEST_F(DockerClientTest, output_that_cannot_be_read_is_a_failure_in_the_engines_words) {
  answer = [](const std::string& line) {
    if (line.ends_with("/json")) return Answer{.bytes = with_body("200 OK", "{}")};
    return Answer{.bytes = with_body("501 Not Implemented",
                                     R"({"message":"configured logging driver does not support reading"})")};
  };
  std::vector<std::string> lines;
  const auto refused = wait(engine->logs({.id = "c", .since = {}, .tail = {}}, into(lines)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, EngineErrorKind::Failed);
  EXPECT_EQ(refused.error().message, "configured logging driver does not support reading");
}

TEST_F(DockerClientTest, output_is_read_only_as_fast_as_it_is_taken) {
  std::string body;
  constexpr std::size_t kLines = 200'000;
  for (std::size_t i = 0; i < kLines; ++i) body += frame("line");
  answer = [&body](const std::string& line) {
    return Answer{.bytes = with_body("200 OK", line.ends_with("/json") ? "{}" : body)};
  };
  std::vector<std::string> lines;
  async::Wake gate(io.get_executor());
  std::optional<EngineResult<void>> result;
  scope.spawn("logs", keep(engine->logs({.id = "c", .since = {}, .tail = {}}, into(lines, &gate)), result));
  run_until([&lines] { return !lines.empty(); });
  const std::size_t first = lines.size();
  io.restart();
  while (io.poll_one() > 0) {
  }
  EXPECT_EQ(lines.size(), first);
  EXPECT_LT(first, 1000u);
  while (!result) {
    gate.call();
    io.restart();
    io.run_one_for(std::chrono::seconds(10));
  }
  EXPECT_TRUE(*result);
  EXPECT_EQ(lines.size(), kLines);
}

}  // namespace
}  // namespace slipway::runtime
