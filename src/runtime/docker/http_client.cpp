// The only file of this module that includes Beast.
#include "runtime/docker/http_client.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <optional>

namespace slipway::runtime::docker {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

using Error = boost::system::error_code;
using Socket = beast::basic_stream<asio::generic::stream_protocol>;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t kIdleConnections = 8;
constexpr std::size_t kReadSize = 16 * 1024;
constexpr Millis kConnectTime{10'000};

struct Place {
  bool local = false;
  std::string path;        // of a unix socket
  std::string host, port;  // else
};

Place parse_url(const DockerEndpoint& endpoint) {
  Place place;
  std::string_view rest = endpoint.url;
  const auto scheme = rest.find("://");
  if (scheme != std::string_view::npos) {
    place.local = rest.substr(0, scheme) == "unix";
    rest.remove_prefix(scheme + 3);
  }
  if (place.local) {
    place.path = rest;
    return place;
  }
  rest = rest.substr(0, rest.find('/'));
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  place.host = rest.substr(0, colon);
  if (place.host.starts_with('[')) place.host = place.host.substr(1, place.host.size() - 2);
  place.port = colon == std::string_view::npos ? (endpoint.tls ? "2376" : "2375") : rest.substr(colon + 1);
  return place;
}

// A connection: plain, or TLS over the same kind of socket.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Socket& socket() = 0;
  virtual Awaitable<Error> handshake() = 0;
  virtual Awaitable<Error> write(asio::const_buffer bytes) = 0;
  virtual Awaitable<std::pair<Error, std::size_t>> read(asio::mutable_buffer space) = 0;
};

template <class Stream>
Awaitable<Error> write_all(Stream& stream, asio::const_buffer bytes) {
  auto writing = asio::async_write(stream, bytes, asio::as_tuple(asio::use_awaitable));
  const auto [error, size] = co_await std::move(writing);
  co_return error;
}

template <class Stream>
Awaitable<std::pair<Error, std::size_t>> read_some(Stream& stream, asio::mutable_buffer space) {
  auto reading = stream.async_read_some(space, asio::as_tuple(asio::use_awaitable));
  const auto [error, size] = co_await std::move(reading);
  co_return std::pair(error, size);
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(const asio::any_io_executor& executor) : socket_(executor) {}
  Socket& socket() override { return socket_; }
  Awaitable<Error> handshake() override { co_return Error{}; }
  Awaitable<Error> write(asio::const_buffer bytes) override { return write_all(socket_, bytes); }
  Awaitable<std::pair<Error, std::size_t>> read(asio::mutable_buffer space) override {
    return read_some(socket_, space);
  }

 private:
  Socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(const asio::any_io_executor& executor, asio::ssl::context& context, const std::string& host)
      : stream_(executor, context) {
    // What the macro SSL_set_tlsext_host_name does, without its old-style cast.
    std::string name = host;
    SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  Socket& socket() override { return stream_.next_layer(); }
  Awaitable<Error> handshake() override {
    auto shaking =
        stream_.async_handshake(asio::ssl::stream_base::client, asio::as_tuple(asio::use_awaitable));
    const auto [error] = co_await std::move(shaking);
    co_return error;
  }
  Awaitable<Error> write(asio::const_buffer bytes) override { return write_all(stream_, bytes); }
  Awaitable<std::pair<Error, std::size_t>> read(asio::mutable_buffer space) override {
    return read_some(stream_, space);
  }

 private:
  asio::ssl::stream<Socket> stream_;
};

// Whether the peer has closed an idle connection (or sent something that nobody asked for).
bool is_stale(Transport& transport) {
  char byte = 0;
  const auto got = ::recv(transport.socket().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

std::string to_bytes(const HttpRequest& request, const Place& place) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  out += "Host: " + (place.local ? std::string("docker") : place.host + ":" + place.port) + "\r\n";
  out += "User-Agent: slipway\r\n";
  for (const auto& [name, value] : request.headers)
    out.append(name).append(": ").append(value).append("\r\n");
  if (!request.body.empty()) out += "Content-Type: " + request.content_type + "\r\n";
  if (!request.body.empty() || request.method == "POST") {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  out += "\r\n";
  out += request.body;
  return out;
}

// Until when, on the real clock; 0: for ever.
class Deadline final {
 public:
  Deadline(async::Clock& clock, Millis span, Millis inactivity)
      : clock_(clock),
        until_(span > Millis{0} ? std::optional(clock.now().real + span) : std::nullopt),
        inactivity_(inactivity) {}

  // To be called before each wait on the socket.
  void arm(Socket& socket) const {
    std::optional<Millis> left;
    if (until_) left = std::max(Millis{1}, std::chrono::duration_cast<Millis>(*until_ - clock_.now().real));
    if (inactivity_ > Millis{0}) left = std::min(left.value_or(inactivity_), inactivity_);
    if (left) {
      socket.expires_after(*left);
    } else {
      socket.expires_never();
    }
  }

 private:
  async::Clock& clock_;
  std::optional<TimePoint> until_;
  Millis inactivity_;
};

// How one try on one connection went.
struct Attempt {
  Error error;
  bool answered = false;  // at least one byte came
  HttpResponse response;
  bool keep = false;  // the connection can be used again
};

void throw_if_cancelled(const asio::cancellation_state& state) {
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

// Takes what the parser has of the body for the receiver.
std::string take_body(Parser& parser, const HttpStream* receiver, bool& opened) {
  if (receiver == nullptr || !parser.is_header_done() || parser.get().result_int() / 100 != 2) return {};
  if (!opened && receiver->opened) receiver->opened();
  opened = true;
  return std::exchange(parser.get().body(), {});
}

Awaitable<void> hand_out(const std::string& piece, const HttpStream& receiver) {
  if (receiver.bytes) receiver.bytes(piece);
  if (!receiver.deliver) co_return;
  auto delivering = receiver.deliver(piece);
  co_await std::move(delivering);
}

// Feeds bytes to the parser; takes what it used off `unread`.
Error feed(Parser& parser, std::string& unread) {
  Error error;
  while (!unread.empty() && !parser.is_done()) {
    const std::size_t used = parser.put(asio::buffer(unread), error);
    unread.erase(0, used);
    if (error == http::error::need_more) return {};
    if (error) return error;
    if (used == 0) break;
  }
  return {};
}

Awaitable<Attempt> read_answer(Transport& transport, const Deadline& deadline, const HttpStream* receiver) {
  Attempt attempt;
  Parser parser;
  parser.body_limit(boost::none);
  parser.eager(true);
  std::string unread;
  std::vector<char> space(kReadSize);
  bool opened = false;
  while (!parser.is_done()) {
    deadline.arm(transport.socket());
    auto reading = transport.read(asio::buffer(space));
    const auto [error, size] = co_await std::move(reading);
    throw_if_cancelled(co_await asio::this_coro::cancellation_state);
    attempt.answered = attempt.answered || size > 0;
    unread.append(space.data(), size);
    attempt.error = feed(parser, unread);
    if (const std::string piece = take_body(parser, receiver, opened); !piece.empty()) {
      auto handing = hand_out(piece, *receiver);
      co_await std::move(handing);
    }
    if (attempt.error) co_return attempt;
    if (error && !parser.is_done()) {
      Error at_end = error;
      // An answer without a length ends with the connection.
      if (error == asio::error::eof && parser.is_header_done()) parser.put_eof(at_end);
      if (!parser.is_done()) {
        attempt.error = error;
        co_return attempt;
      }
    }
  }
  attempt.response.status = static_cast<int>(parser.get().result_int());
  attempt.response.api_version = std::string(parser.get()["Api-Version"]);
  attempt.response.body = std::move(parser.get().body());
  attempt.keep = parser.get().keep_alive() && unread.empty();
  co_return attempt;
}

}  // namespace

struct HttpClient::State {
  State(asio::any_io_executor executor_in, async::Clock& clock_in, DockerEndpoint endpoint_in)
      : executor(std::move(executor_in)),
        clock(clock_in),
        endpoint(std::move(endpoint_in)),
        place(parse_url(endpoint)) {}

  asio::any_io_executor executor;
  async::Clock& clock;
  DockerEndpoint endpoint;
  Place place;
  std::optional<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Transport>> idle;

  std::unique_ptr<Transport> make_transport() {
    if (tls) return std::make_unique<TlsTransport>(executor, *tls, place.host);
    return std::make_unique<PlainTransport>(executor);
  }

  std::unique_ptr<Transport> take_idle() {
    while (!idle.empty()) {
      auto transport = std::move(idle.back());
      idle.pop_back();
      if (!is_stale(*transport)) return transport;
    }
    return nullptr;
  }

  EngineError failure(const Error& error) const {
    if (error == beast::error::timeout) {
      return EngineError(EngineErrorKind::Timeout,
                         "the Docker Engine at " + endpoint.url + " did not answer in time");
    }
    return EngineError(EngineErrorKind::Unreachable, "Cannot connect to the Docker daemon at " +
                                                         endpoint.url + ". Is the docker daemon running? (" +
                                                         error.message() + ")");
  }
};

namespace {

Awaitable<Error> connect_to(Transport& transport, asio::generic::stream_protocol::endpoint endpoint) {
  transport.socket().expires_after(kConnectTime);
  auto connecting = transport.socket().async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  const auto [error] = co_await std::move(connecting);
  throw_if_cancelled(co_await asio::this_coro::cancellation_state);
  co_return error;
}

Awaitable<Error> connect_over_tcp(Transport& transport, const Place& place) {
  asio::ip::tcp::resolver resolver(transport.socket().get_executor());
  auto resolving = resolver.async_resolve(place.host, place.port, asio::as_tuple(asio::use_awaitable));
  auto [error, found] = co_await std::move(resolving);
  throw_if_cancelled(co_await asio::this_coro::cancellation_state);
  if (error) co_return error;
  Error last = asio::error::host_not_found;
  for (const auto& entry : found) {
    auto connecting = connect_to(transport, entry.endpoint());
    last = co_await std::move(connecting);
    if (!last) break;
    transport.socket().close();
  }
  if (last) co_return last;
  // An engine on another machine may vanish without a word.
  transport.socket().socket().set_option(asio::socket_base::keep_alive(true));
  transport.socket().expires_after(kConnectTime);
  auto shaking = transport.handshake();
  const Error shaken = co_await std::move(shaking);
  throw_if_cancelled(co_await asio::this_coro::cancellation_state);
  co_return shaken;
}

Awaitable<Error> connect_locally(Transport& transport, const Place& place) {
  if (place.path.size() >= 108) co_return asio::error::name_too_long;
  auto connecting = connect_to(transport, asio::local::stream_protocol::endpoint(place.path));
  co_return co_await std::move(connecting);
}

Awaitable<Attempt> try_once(Transport& transport, const std::string& bytes, const Deadline& deadline,
                            const HttpStream* receiver) {
  deadline.arm(transport.socket());
  auto writing = transport.write(asio::buffer(bytes));
  Attempt attempt;
  attempt.error = co_await std::move(writing);
  throw_if_cancelled(co_await asio::this_coro::cancellation_state);
  // The engine may have answered (a refusal) and closed before it read all of the body: the answer counts.
  const Error written = attempt.error;
  if (written && written != asio::error::broken_pipe && written != asio::error::connection_reset)
    co_return attempt;
  auto reading = read_answer(transport, deadline, receiver);
  attempt = co_await std::move(reading);
  if (written && attempt.error) attempt.error = written;
  co_return attempt;
}

}  // namespace

HttpClient::HttpClient(asio::any_io_executor executor, async::Clock& clock, DockerEndpoint endpoint)
    : state_(std::make_shared<State>(std::move(executor), clock, std::move(endpoint))) {
  const DockerEndpoint& at = state_->endpoint;
  if (!at.tls) return;
  auto& context = state_->tls.emplace(asio::ssl::context::tls_client);
  if (!at.ca_file.empty()) {
    context.load_verify_file(at.ca_file);
  } else {
    context.set_default_verify_paths();
  }
  if (!at.certificate_file.empty()) context.use_certificate_chain_file(at.certificate_file);
  if (!at.key_file.empty()) context.use_private_key_file(at.key_file, asio::ssl::context::pem);
  context.set_verify_mode(at.verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
  if (at.verify) context.set_verify_callback(asio::ssl::host_name_verification(state_->place.host));
}

HttpClient::~HttpClient() = default;

Awaitable<EngineResult<HttpResponse>> HttpClient::request(HttpRequest request) {
  HttpStream nobody;
  return stream(std::move(request), std::move(nobody));
}

Awaitable<EngineResult<HttpResponse>> HttpClient::stream(HttpRequest request, HttpStream receiver) {
  const auto state = state_;
  const std::string bytes = to_bytes(request, state->place);
  const Deadline deadline(state->clock, request.deadline, request.inactivity);
  const HttpStream* to = receiver.bytes || receiver.opened || receiver.deliver ? &receiver : nullptr;
  if (auto pooled = request.repeatable ? state->take_idle() : nullptr) {
    auto trying = try_once(*pooled, bytes, deadline, to);
    Attempt attempt = co_await std::move(trying);
    if (!attempt.error) {
      if (attempt.keep && state->idle.size() < kIdleConnections) state->idle.push_back(std::move(pooled));
      co_return std::move(attempt.response);
    }
    if (attempt.answered || attempt.error == beast::error::timeout) co_return state->failure(attempt.error);
  }
  auto fresh = state->make_transport();
  auto connecting =
      state->place.local ? connect_locally(*fresh, state->place) : connect_over_tcp(*fresh, state->place);
  if (const Error error = co_await std::move(connecting)) co_return state->failure(error);
  auto trying = try_once(*fresh, bytes, deadline, to);
  Attempt attempt = co_await std::move(trying);
  if (attempt.error) co_return state->failure(attempt.error);
  if (attempt.keep && state->idle.size() < kIdleConnections) state->idle.push_back(std::move(fresh));
  co_return std::move(attempt.response);
}

}  // namespace slipway::runtime::docker
