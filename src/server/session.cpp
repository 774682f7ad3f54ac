#include "server/session.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "server/body_stream.h"
#include "server/browser_policy.h"
#include "server/request_parser.h"
#include "server/response_writer.h"
#include "slipway/async/system_clock.h"

namespace slipway::server {
namespace asio = boost::asio;
namespace {

using Phase = Connection::Phase;
using Step = RequestParser::Step;
using ErrorCode = boost::system::error_code;

constexpr char kTlsHandshake = 0x16;             // the first byte of a TLS record with a ClientHello
constexpr std::size_t kFlushAbove = 64 * 1024;   // bytes of pipelined answers that are written in one go
constexpr std::size_t kGatherAbove = 16 * 1024;  // larger bodies are not copied behind their head
constexpr std::size_t kKeptOutput = 256 * 1024;
constexpr Millis kDrainTime{1000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

SteadyTime after(Millis span) { return std::chrono::steady_clock::now() + span; }

class Session final {
 public:
  Session(SessionContext& context, Connection& connection)
      : context_(context),
        connection_(connection),
        parser_({context.settings.header_limit, context.settings.body_limit}) {}

  async::Awaitable<void> run();

 private:
  async::Awaitable<void> read_more();
  async::Awaitable<void> serve();
  async::Awaitable<void> flush();
  async::Awaitable<void> drain();
  async::Awaitable<void> stream(const BodyProducer& producer);
  async::Awaitable<HttpResponse> call_route(const Route& route);

  void on_head();
  void on_timeout();
  HttpResponse call_handler();
  HttpResponse failed(const char* what);
  const Route* find_route(std::string& allowed_methods);
  BrowserHeaders browser_headers();
  void refuse(int status, std::string_view code, std::string_view message);
  void answer(HttpResponse& response, bool last);
  Framing framing_of(const HttpResponse& response) const;
  void take_ahead();
  bool write_at_once();
  std::string_view date();

  SessionContext& context_;
  Connection& connection_;
  RequestParser parser_;
  std::string out_;    // answers not written yet
  std::string body_;   // a large body that follows `out_`
  std::string ahead_;  // what the client sent during a streamed answer
  bool first_read_ = true;
  bool let_in_ = false;  // the browser rule has passed the current request
  bool ended_ = false;   // nothing more is read
  bool unread_ = false;  // it ended with bytes of a request on the way
};

async::Awaitable<void> Session::run() {
  connection_.enter(Phase::Idle, after(context_.settings.idle_timeout));
  while (!ended_) {
    switch (parser_.step()) {
      case Step::NeedMore: {
        auto reading = read_more();
        co_await std::move(reading);
        break;
      }
      case Step::HeadDone:
        on_head();
        break;
      case Step::Failed:
        refuse(parser_.fault().status, parser_.fault().code, parser_.fault().message);
        break;
      case Step::Done: {
        auto serving = serve();
        co_await std::move(serving);
        break;
      }
    }
  }
  auto flushing = flush();
  co_await std::move(flushing);
  if (unread_) {
    auto draining = drain();
    co_await std::move(draining);
  }
}

async::Awaitable<void> Session::read_more() {
  if (!write_at_once()) {
    auto flushing = flush();
    co_await std::move(flushing);
  }
  if (ended_) co_return;
  const bool started = parser_.started();
  if (!started && context_.stopping) {
    ended_ = true;
    co_return;
  }
  if (!started && connection_.phase != Phase::Idle) {
    connection_.enter(Phase::Idle, after(context_.settings.idle_timeout));
  } else if (started && connection_.phase != Phase::Reading) {
    connection_.enter(Phase::Reading, after(context_.settings.read_timeout));
  }
  const auto space = parser_.free_space();
  auto reading = connection_.socket.async_read_some(asio::buffer(space.data(), space.size()),
                                                    asio::as_tuple(asio::use_awaitable));
  const auto [error, bytes] = co_await std::move(reading);
  if (error) {
    ended_ = true;
    if (connection_.timed_out) on_timeout();
    co_return;
  }
  if (std::exchange(first_read_, false) && space.front() == kTlsHandshake) {
    context_.log.debug("TLS on the plain port: closed", {{"peer", connection_.peer}});
    ended_ = true;
    co_return;
  }
  parser_.received(bytes);
}

void Session::on_timeout() {
  if (connection_.phase != Phase::Reading) return;
  const auto seconds = std::to_string(context_.settings.read_timeout.count() / 1000);
  refuse(408, "RequestTimeout", "The request did not come whole within " + seconds + " s.");
}

BrowserHeaders Session::browser_headers() {
  const HttpRequest& request = parser_.request();
  return {.method = request.method,
          .host = parser_.host(),
          .origin = request.header("Origin"),
          .sec_fetch_site = request.header("Sec-Fetch-Site"),
          .request_method = request.header("Access-Control-Request-Method")};
}

// Before the body is read, and before anything of it is looked at.
void Session::on_head() {
  parser_.request().peer = connection_.peer;
  if (const auto refusal = refuse_browser(context_.settings.browser, browser_headers())) {
    context_.log.warn("browser rule refused a request",
                      {{"peer", connection_.peer}, {"host", std::string(parser_.host())}});
    refuse(403, "AccessDeniedException", *refusal);
    return;
  }
  let_in_ = true;
  if (parser_.expects_continue()) {
    out_ += kContinue;
  }
}

async::Awaitable<void> Session::serve() {
  connection_.enter(Phase::Handling, SteadyTime::max());
  HttpResponse response;
  std::string allowed_methods;
  if (is_preflight(browser_headers())) {
    response = preflight_answer(parser_.request().header("Access-Control-Request-Headers"));
  } else if (const Route* route = find_route(allowed_methods)) {
    auto work = call_route(*route);
    response = co_await std::move(work);
  } else if (!allowed_methods.empty()) {
    response = plain_error(405, "MethodNotAllowed", "This path is asked by " + allowed_methods + ".");
    response.headers.emplace_back("Allow", allowed_methods);
  } else {
    response = call_handler();
  }
  if (response.stream && context_.stopping) {
    response = plain_error(503, "ServiceUnavailable", "Slipway is stopping.");
  }
  const bool unframed = framing_of(response) == Framing::Close;
  answer(response, !parser_.keep_alive() || response.close || context_.stopping || unframed);
  if (response.stream && parser_.request().method != "HEAD") {
    auto streaming = stream(response.stream);
    co_await std::move(streaming);
  }
  parser_.next();
  take_ahead();
  if (out_.size() + body_.size() > kFlushAbove || !body_.empty()) {
    auto flushing = flush();
    co_await std::move(flushing);
  }
}

// The route of this path and method, or nullptr; `allowed_methods` are those of the path, as in the Allow
// header, when this one is not among them.
const Route* Session::find_route(std::string& allowed_methods) {
  const HttpRequest& request = parser_.request();
  const std::string_view path = request.path();
  const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  for (const Route& route : context_.routes) {
    if (route.path != path) continue;
    if (route.method == method) return &route;
    allowed_methods += (allowed_methods.empty() ? "" : ", ") + route.method;
  }
  return nullptr;
}

async::Awaitable<HttpResponse> Session::call_route(const Route& route) {
  try {
    auto work = route.handler(parser_.request());
    HttpResponse response = co_await std::move(work);
    co_return response;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    co_return failed(error.what());
  } catch (const std::exception& error) {
    co_return failed(error.what());
  }
}

HttpResponse Session::call_handler() {
  try {
    return context_.handler(parser_.request());
  } catch (const std::exception& error) {
    return failed(error.what());
  }
}

HttpResponse Session::failed(const char* what) {
  const std::string target(parser_.request().target);
  context_.log.error("request handler failed", {{"target", target}, {"error", what}});
  return plain_error(500, "InternalFailure", what);
}

// Answers without reading on: where the request ends is unknown, or what follows is not wanted.
void Session::refuse(int status, std::string_view code, std::string_view message) {
  HttpResponse response = plain_error(status, code, message);
  unread_ = true;
  answer(response, true);
}

void Session::answer(HttpResponse& response, bool last) {
  const HttpRequest& request = parser_.request();
  if (std::exchange(let_in_, false)) {
    for (auto& header : cors_headers(request.header("Origin"))) response.headers.push_back(std::move(header));
  }
  const std::string request_id = has_request_id(response) ? std::string() : context_.ids.uuid();
  const AnswerFrame frame{date(), request_id, !last, parser_.http_1_0(), framing_of(response)};
  append_head(out_, response, frame);
  const bool has_body = request.method != "HEAD" && response.status != 204 && response.status != 304;
  if (has_body && response.body.size() > kGatherAbove) {
    body_ = std::move(response.body);
  } else if (has_body) {
    out_ += response.body;
  }
  ended_ = last;
}

Framing Session::framing_of(const HttpResponse& response) const {
  if (!response.stream) return Framing::Length;
  return parser_.http_1_0() ? Framing::Close : Framing::Chunked;
}

// Behind its head, which answer() has written.
async::Awaitable<void> Session::stream(const BodyProducer& producer) {
  const Framing framing = parser_.http_1_0() ? Framing::Close : Framing::Chunked;
  const bool last = std::exchange(ended_, false);
  auto flushing = flush();
  co_await std::move(flushing);
  if (ended_) co_return;
  connection_.enter(Phase::Streaming, SteadyTime::max());
  auto streaming = stream_body(connection_, producer, framing, ahead_);
  const StreamEnd end = co_await std::move(streaming);
  ended_ = last || !end.whole;
  if (end.whole) {
    out_ += end_mark(framing);
    co_return;
  }
  const std::string target(parser_.request().target);
  if (!end.failure.empty()) {
    context_.log.error("streamed answer failed", {{"target", target}, {"error", end.failure}});
  }
  // Without chunks only a reset tells that something is missing.
  ErrorCode ignored;
  if (framing == Framing::Close) connection_.socket.set_option(asio::socket_base::linger(true, 0), ignored);
}

void Session::take_ahead() {
  while (!ahead_.empty()) {
    const auto space = parser_.free_space();
    const std::size_t bytes = ahead_.copy(space.data(), space.size());
    parser_.received(bytes);
    ahead_.erase(0, bytes);
  }
}

// Most answers fit into the socket's buffer: no suspension then. False when something is left.
bool Session::write_at_once() {
  if (out_.empty() && body_.empty()) return true;
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_), asio::buffer(body_)};
  ErrorCode error;
  const std::size_t written = connection_.socket.write_some(buffers, error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) {
    ended_ = true;
    unread_ = false;
    out_.clear();
    body_.clear();
    return true;
  }
  const std::size_t of_head = std::min(written, out_.size());
  out_.erase(0, of_head);
  body_.erase(0, written - of_head);
  if (out_.empty() && out_.capacity() > kKeptOutput) out_ = std::string();
  return out_.empty() && body_.empty();
}

async::Awaitable<void> Session::flush() {
  if (write_at_once()) co_return;
  connection_.enter(Phase::Writing, after(context_.settings.write_timeout));
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_), asio::buffer(body_)};
  auto writing = asio::async_write(connection_.socket, buffers, asio::as_tuple(asio::use_awaitable));
  const auto [error, bytes] = co_await std::move(writing);
  if (error) {
    ended_ = true;
    unread_ = false;
  }
  out_.clear();
  body_.clear();
}

// A socket that is closed while bytes of the client are unread resets the connection, and with it the answer
// that tells the client what was wrong.
async::Awaitable<void> Session::drain() {
  ErrorCode ignored;
  connection_.socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  connection_.enter(Phase::Draining, after(kDrainTime));
  std::vector<char> waste(kFlushAbove);
  while (true) {
    auto reading =
        connection_.socket.async_read_some(asio::buffer(waste), asio::as_tuple(asio::use_awaitable));
    const auto [error, bytes] = co_await std::move(reading);
    if (error) co_return;
  }
}

std::string_view Session::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(async::SystemClock::wall_now());
  const std::int64_t second = now.time_since_epoch().count();
  if (second != context_.date_second) {
    context_.date_second = second;
    context_.date = http_date(second);
  }
  return context_.date;
}

}  // namespace

async::Awaitable<void> run_session(SessionContext& context, Connection& connection) {
  Session session(context, connection);
  auto running = session.run();
  co_await std::move(running);
}

}  // namespace slipway::server
