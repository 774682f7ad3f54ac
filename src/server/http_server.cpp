#include "slipway/server/http_server.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <stdexcept>

#include "server/session.h"
#include "slipway/async/task_scope.h"
#include "slipway/base/port_holder.h"

namespace slipway::server {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Endpoint = std::pair<std::string, std::uint16_t>;

constexpr int kBacklog = 1024;
constexpr Millis kAcceptPause{100};  // after a failed accept (no file descriptors left): not a busy loop
constexpr Millis kShortestTick{5};
constexpr Millis kLongestTick{1000};

std::string text_of(const Endpoint& endpoint) {
  const bool v6 = endpoint.first.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.first + "]" : endpoint.first) + ":" + std::to_string(endpoint.second);
}

std::string busy_text(const Endpoint& endpoint) {
  const auto holder = find_port_holder(endpoint.second);
  const std::string who = holder ? "process " + std::to_string(holder->pid) + " (" + holder->command + ")"
                                 : std::string("another process (root can see which)");
  const Endpoint next{endpoint.first, static_cast<std::uint16_t>(endpoint.second + 1)};
  const Endpoint any{endpoint.first, 0};
  return text_of(endpoint) + " is in use by " + who + ". Stop it, or listen elsewhere: --listen " +
         text_of(next) + ", or --listen " + text_of(any) + " for any free port.";
}

[[noreturn]] void fail(const Endpoint& endpoint, const ErrorCode& error) {
  if (error == asio::error::address_in_use) throw std::runtime_error(busy_text(endpoint));
  std::string way_out = ".";
  if (error == asio::error::access_denied)
    way_out = ": ports below 1024 need root. Use --listen with another.";
  if (error == boost::system::errc::address_not_available) {
    way_out = ": this machine has no such address. Use --listen with one that it has.";
  }
  throw std::runtime_error("Cannot listen on " + text_of(endpoint) + " (" + error.message() + ")" + way_out);
}

tcp::endpoint resolve(const Endpoint& endpoint) {
  if (endpoint.first == "localhost") return {asio::ip::address_v4::loopback(), endpoint.second};
  ErrorCode error;
  const auto address = asio::ip::make_address(endpoint.first, error);
  if (error) {
    throw std::runtime_error("Cannot listen on '" + endpoint.first +
                             "': --listen takes an IP address of this machine, such as 127.0.0.1:4566.");
  }
  return {address, endpoint.second};
}

}  // namespace

struct HttpServer::State {
  State(asio::any_io_executor executor_in, Log& log_in, ServerSettings settings_in,
        std::vector<Route> routes_in, Handler handler_in)
      : executor(std::move(executor_in)),
        log(log_in),
        settings(std::move(settings_in)),
        routes(std::move(routes_in)),
        handler(std::move(handler_in)),
        context{settings, routes, handler, log, settings.ids ? *settings.ids : own_ids},
        changed(executor, asio::steady_timer::time_point::max()),
        scope(executor, log) {}

  asio::any_io_executor executor;
  Log& log;
  const ServerSettings settings;
  const std::vector<Route> routes;
  const Handler handler;
  RandomIdSource own_ids;
  SessionContext context;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
  std::vector<std::uint16_t> ports;
  std::set<Connection*> connections;
  bool full = false;           // the limit is reached and was logged
  bool sweeping = false;       // the sweeper runs
  asio::steady_timer changed;  // cancelled when a connection has gone
  async::TaskScope scope;

  std::shared_ptr<tcp::acceptor> open(const Endpoint& endpoint) const;
  bool shares_port_with_v4(const Endpoint& endpoint) const;
  void admit(const std::shared_ptr<State>& self, tcp::socket socket);
  void end_overdue();
  void close_waiting();

  static async::Awaitable<void> accept(std::shared_ptr<State> state, std::shared_ptr<tcp::acceptor> acceptor);
  static async::Awaitable<void> serve(std::shared_ptr<State> state, tcp::socket socket);
  static async::Awaitable<void> sweep(std::shared_ptr<State> state);
};

bool HttpServer::State::shares_port_with_v4(const Endpoint& endpoint) const {
  return std::ranges::any_of(settings.listen, [&](const Endpoint& other) {
    return other.second == endpoint.second && other.first.find(':') == std::string::npos;
  });
}

std::shared_ptr<tcp::acceptor> HttpServer::State::open(const Endpoint& endpoint) const {
  const tcp::endpoint address = resolve(endpoint);
  auto acceptor = std::make_shared<tcp::acceptor>(executor);
  ErrorCode error;
  acceptor->open(address.protocol(), error);
  if (error) fail(endpoint, error);
  acceptor->set_option(tcp::acceptor::reuse_address(true));
  if (address.address().is_v6()) {
    acceptor->set_option(asio::ip::v6_only(shares_port_with_v4(endpoint)));
  }
  acceptor->bind(address, error);
  if (error) fail(endpoint, error);
  acceptor->listen(kBacklog, error);
  if (error) fail(endpoint, error);
  return acceptor;
}

async::Awaitable<void> HttpServer::State::accept(std::shared_ptr<State> state,
                                                 std::shared_ptr<tcp::acceptor> acceptor) {
  asio::steady_timer pause(state->executor);
  while (acceptor->is_open()) {
    auto accepting = acceptor->async_accept(asio::as_tuple(asio::use_awaitable));
    auto [error, socket] = co_await std::move(accepting);
    if (!acceptor->is_open()) co_return;
    if (!error) {
      state->admit(state, std::move(socket));
    } else if (error != asio::error::connection_aborted) {
      state->log.warn("cannot accept a connection", {{"error", error.message()}});
      pause.expires_after(kAcceptPause);
      auto pausing = pause.async_wait(asio::as_tuple(asio::use_awaitable));
      co_await std::move(pausing);
    }
  }
}

void HttpServer::State::admit(const std::shared_ptr<State>& self, tcp::socket socket) {
  if (connections.size() >= settings.max_connections) {
    if (!full) {
      log.warn("too many connections: new ones are closed", {{"limit", std::to_string(connections.size())}});
    }
    full = true;
    return;
  }
  full = false;
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  scope.spawn("session", serve(self, std::move(socket)));
}

async::Awaitable<void> HttpServer::State::serve(std::shared_ptr<State> state, tcp::socket socket) {
  Connection connection(std::move(socket));
  struct Listed {
    State& state;
    Connection* connection;
    ~Listed() {
      state.connections.erase(connection);
      state.changed.cancel();
    }
  };
  state->connections.insert(&connection);
  const Listed listed{*state, &connection};
  ErrorCode gone;
  const auto peer = connection.socket.remote_endpoint(gone);
  if (gone) co_return;
  connection.peer = peer.address().to_string();
  if (!std::exchange(state->sweeping, true)) state->scope.spawn("connection deadlines", sweep(state));
  auto session = run_session(state->context, connection);
  co_await std::move(session);
}

// One timer for all connections, only while there are any.
async::Awaitable<void> HttpServer::State::sweep(std::shared_ptr<State> state) {
  const ServerSettings& settings = state->settings;
  const Millis shortest = std::min({settings.read_timeout, settings.idle_timeout, settings.write_timeout});
  const Millis tick = std::clamp(shortest / 4, kShortestTick, kLongestTick);
  asio::steady_timer timer(state->executor);
  while (!state->connections.empty()) {
    timer.expires_after(tick);
    auto waiting = timer.async_wait(asio::use_awaitable);
    co_await std::move(waiting);
    state->end_overdue();
  }
  state->sweeping = false;
}

void HttpServer::State::end_overdue() {
  const auto now = std::chrono::steady_clock::now();
  for (Connection* connection : connections) {
    if (connection->deadline > now || connection->timed_out) continue;
    connection->timed_out = true;
    ErrorCode ignored;
    connection->socket.cancel(ignored);
  }
}

// Ends the connections that have no request under way, and the streams: many have no end of their own.
void HttpServer::State::close_waiting() {
  for (Connection* connection : connections) {
    const bool waits = connection->phase == Connection::Phase::Idle ||
                       connection->phase == Connection::Phase::Streaming ||
                       connection->phase == Connection::Phase::Draining;
    ErrorCode ignored;
    if (waits) connection->socket.cancel(ignored);
  }
}

HttpServer::HttpServer(asio::any_io_executor executor, Log& log, ServerSettings settings,
                       std::vector<Route> routes, Handler handler)
    : state_(std::make_shared<State>(std::move(executor), log, std::move(settings), std::move(routes),
                                     std::move(handler))) {}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
  for (const Endpoint& endpoint : state_->settings.listen)
    state_->acceptors.push_back(state_->open(endpoint));
  for (const auto& acceptor : state_->acceptors) {
    state_->ports.push_back(acceptor->local_endpoint().port());
    state_->scope.spawn("accept", State::accept(state_, acceptor));
  }
}

std::vector<std::uint16_t> HttpServer::ports() const { return state_->ports; }

async::Awaitable<void> HttpServer::stop(Millis grace) {
  const auto state = state_;
  state->context.stopping = true;
  ErrorCode ignored;
  for (const auto& acceptor : state->acceptors) acceptor->close(ignored);
  state->close_waiting();
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (!state->connections.empty() && std::chrono::steady_clock::now() < deadline) {
    state->changed.expires_at(deadline);
    auto waiting = state->changed.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(waiting);
  }
  auto stopping = state->scope.stop();
  co_await std::move(stopping);
}

std::size_t HttpServer::connections() const { return state_->connections.size(); }

}  // namespace slipway::server
