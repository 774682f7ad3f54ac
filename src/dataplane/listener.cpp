#include "dataplane/listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dataplane/connection.h"
#include "slipway/base/port_holder.h"

namespace slipway::dataplane {
namespace asio = boost::asio;
namespace {

using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr Millis kAcceptPause{100};  // after a failed accept (no file descriptors left): not a busy loop

ListenError busy(const std::string& where, const tcp::endpoint& endpoint) {
  const auto holder = find_port_holder(endpoint.port(), endpoint.address().to_v4().to_uint());
  const std::string who = holder ? "process " + std::to_string(holder->pid) + " (" + holder->command + ")"
                                 : std::string("another process (root can see which)");
  return {ListenFailure::Busy, where + " is in use by " + who + "."};
}

ListenError explain(const tcp::endpoint& endpoint, const ErrorCode& error) {
  const std::string where = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) return busy(where, endpoint);
  const std::string what = "Cannot listen on " + where + " (" + error.message() + ")";
  if (error == asio::error::access_denied) {
    return {ListenFailure::Denied,
            what + ": ports below net.ipv4.ip_unprivileged_port_start (1024 by default) need root."};
  }
  if (error == boost::system::errc::address_not_available) {
    return {ListenFailure::NoSuchAddress, what + ": this machine has no such address."};
  }
  return {ListenFailure::Other, what + "."};
}

}  // namespace

ListenerStats Listener::stats() const {
  ListenerStats stats = counts;
  stats.id = spec.id;
  stats.address = spec.address;
  stats.port = spec.port;
  stats.active = connections.size();
  stats.targets = targets.stats();
  return stats;
}

void Listener::reset_connections() {
  for (Connection* connection : connections) connection->reset();
}

Result<tcp::acceptor, ListenError> listen(const asio::any_io_executor& executor, const ListenerSpec& spec) {
  ErrorCode error;
  const auto address = asio::ip::make_address_v4(spec.address, error);
  if (error) {
    return ListenError{ListenFailure::NoSuchAddress,
                       "Cannot listen on '" + spec.address + "': it is not an IPv4 address."};
  }
  const tcp::endpoint endpoint(address, spec.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return explain(endpoint, error);
  return acceptor;
}

async::Awaitable<void> accept(Plane& plane, std::shared_ptr<Listener> listener) {
  tcp::acceptor& acceptor = listener->acceptor;
  asio::steady_timer pause(acceptor.get_executor());
  bool failing = false;  // and was logged
  while (acceptor.is_open()) {
    auto accepting = acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    auto [error, socket] = co_await std::move(accepting);
    if (!acceptor.is_open()) co_return;
    if (!error) {
      failing = false;
      ++listener->counts.accepted;
      auto connection = std::make_shared<Connection>(listener, std::move(socket));
      plane.scope.spawn("connection", forward(plane, std::move(connection)));
    } else if (error != asio::error::connection_aborted) {
      if (!std::exchange(failing, true)) {
        plane.log.warn("cannot accept a connection",
                       {{"listener", listener->spec.id}, {"error", error.message()}});
      }
      pause.expires_after(kAcceptPause);
      auto pausing = pause.async_wait(asio::as_tuple(asio::use_awaitable));
      co_await std::move(pausing);
    }
  }
}

}  // namespace slipway::dataplane
