#include "dataplane/connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace slipway::dataplane {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr Millis kConnectTimeout{1'000};

// A peer that vanished without a word (its network namespace is gone) is found out after about a minute: with
// no idle timeout its connection would stay for ever.
constexpr std::pair<int, int> kProbing[] = {{TCP_KEEPIDLE, 30}, {TCP_KEEPINTVL, 10}, {TCP_KEEPCNT, 3}};

void prepare(tcp::socket& socket) {
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  for (const auto& [option, value] : kProbing) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
  }
}

// From one side to the other.
struct Direction {
  tcp::socket& from;
  tcp::socket& to;
  std::uint64_t& bytes;
};

// Ends at once when the connection is broken: the caller tries once more then and gives up where it would
// wait.
async::Awaitable<void> wait(Connection& connection, tcp::socket& socket, tcp::socket::wait_type what) {
  if (connection.broken) co_return;
  auto waiting = socket.async_wait(what, asio::as_tuple(asio::use_awaitable));
  co_await std::move(waiting);
}

// Writes all of `rest`; an error otherwise. would_block: the connection broke while it waited.
async::Awaitable<ErrorCode> write_rest(Connection& connection, Direction way, std::vector<char> rest) {
  std::size_t done = 0;
  ErrorCode error;
  while (done < rest.size()) {
    auto waiting = wait(connection, way.to, tcp::socket::wait_write);
    co_await std::move(waiting);
    done += way.to.write_some(asio::buffer(rest) + done, error);
    if (error && (error != asio::error::would_block || connection.broken)) co_return error;
  }
  way.bytes += done;
  co_return ErrorCode{};
}

// `to` takes nothing any more: its last words, if it sent some, are still passed on by the other direction,
// which is woken.
void stop_taking(Connection& connection, Direction way) {
  if (connection.broken || connection.ended > 0) return connection.reset();
  connection.broken = true;
  ErrorCode ignored;
  way.from.cancel(ignored);
  way.to.cancel(ignored);
}

void pass_on_end(Connection& connection, Direction way) {
  ErrorCode ignored;
  way.to.shutdown(tcp::socket::shutdown_send, ignored);
  ++connection.ended;
}

// Copies one way until FIN or failure. A turn moves at most one buffer, so that a busy connection does not
// keep the others waiting; what `to` has no room for waits in a buffer of its own, and nothing more is read
// meanwhile.
async::Awaitable<void> copy(Plane& plane, std::shared_ptr<Connection> connection, Direction way) {
  for (;;) {
    auto waiting = wait(*connection, way.from, tcp::socket::wait_read);
    co_await std::move(waiting);
    ErrorCode error;
    const std::size_t read = way.from.read_some(asio::buffer(plane.buffer), error);
    if (error == asio::error::would_block && !connection->broken) continue;
    if (error == asio::error::eof && !connection->broken) co_return pass_on_end(*connection, way);
    if (error) co_return connection->reset();

    std::size_t written = way.to.write_some(asio::buffer(plane.buffer, read), error);
    way.bytes += written;
    if (written < read && (!error || error == asio::error::would_block)) {
      const auto rest = plane.buffer.begin() + static_cast<std::ptrdiff_t>(written);
      std::vector<char> kept(rest, plane.buffer.begin() + static_cast<std::ptrdiff_t>(read));
      auto writing = write_rest(*connection, way, std::move(kept));
      error = co_await std::move(writing);
    }
    if (error) co_return stop_taking(*connection, way);
  }
}

async::Awaitable<ErrorCode> connect(std::shared_ptr<Connection> connection, tcp::endpoint endpoint) {
  tcp::socket& target = connection->target;
  ErrorCode error;
  if (target.is_open()) target.close(error);
  target.open(tcp::v4(), error);
  if (error) co_return error;
  asio::steady_timer deadline(target.get_executor(), kConnectTimeout);
  deadline.async_wait([connection, attempt = ++connection->attempt](const ErrorCode& cancelled) {
    ErrorCode ignored;
    // The attempt may have ended when this was on its way already.
    if (!cancelled && attempt == connection->attempt) connection->target.cancel(ignored);
  });
  auto connecting = target.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  const auto [failure] = co_await std::move(connecting);
  ++connection->attempt;
  co_return failure;
}

// False when no target takes the connection.
async::Awaitable<bool> reach_target(Plane& plane, std::shared_ptr<Connection> connection) {
  TargetSet::Members tried;
  while (const auto member = connection->listener->targets.pick(tried)) {
    auto connecting = connect(connection, member->endpoint);
    const ErrorCode error = co_await std::move(connecting);
    if (!connection->client.is_open()) co_return false;  // the listener was told to reset it
    if (!error) {
      ++member->connections;
      ++member->active;
      connection->member = member;
      co_return true;
    }
    plane.log.debug("a target does not take a connection",
                    {{"listener", connection->listener->spec.id},
                     {"target", member->endpoint.address().to_string()},
                     {"port", std::to_string(member->endpoint.port())},
                     {"error", error.message()}});
    ++member->refused;
    tried.push_back(member);
  }
  co_return false;
}

}  // namespace

Connection::Connection(std::shared_ptr<Listener> listener_in, tcp::socket client_in)
    : listener(std::move(listener_in)), client(std::move(client_in)), target(client.get_executor()) {
  listener->connections.insert(this);
}

Connection::~Connection() {
  if (ended < 2) reset();
  listener->connections.erase(this);
  if (member) --member->active;
}

void Connection::reset() {
  broken = true;
  ErrorCode ignored;
  for (tcp::socket* socket : {&client, &target}) {
    if (!socket->is_open()) continue;
    socket->set_option(asio::socket_base::linger(true, 0), ignored);
    socket->close(ignored);
  }
}

async::Awaitable<void> forward(Plane& plane, std::shared_ptr<Connection> connection) {
  auto reaching = reach_target(plane, connection);
  const bool reached = co_await std::move(reaching);
  if (!reached) {
    ++connection->listener->counts.failed;
    co_return;
  }
  prepare(connection->client);
  prepare(connection->target);
  ListenerStats& counts = connection->listener->counts;
  const Direction up{connection->client, connection->target, counts.bytes_to_targets};
  const Direction down{connection->target, connection->client, counts.bytes_to_clients};
  plane.scope.spawn("connection", copy(plane, connection, down));
  auto copying = copy(plane, connection, up);
  co_await std::move(copying);
}

}  // namespace slipway::dataplane
