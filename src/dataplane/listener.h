// One bound address and what it knows: its targets, its counts, the connections that came through it. Lives
// on the data plane's thread; only its socket is bound by the caller of DataPlane::open before it comes here.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dataplane/target_set.h"
#include "slipway/async/task_scope.h"

namespace slipway::dataplane {

class Connection;

// What every coroutine of the data plane shares. Outlives them.
struct Plane {
  // A direction copies through this between two suspensions, never across one: an idle connection holds no
  // buffer.
  static constexpr std::size_t kBuffer = 64 * 1024;

  Plane(const boost::asio::any_io_executor& executor, Log& log_in)
      : log(log_in), buffer(kBuffer), scope(executor, log_in) {}
  Log& log;
  std::vector<char> buffer;
  async::TaskScope scope;
};

struct Listener {
  Listener(ListenerSpec spec_in, boost::asio::ip::tcp::acceptor acceptor_in)
      : spec(std::move(spec_in)), acceptor(std::move(acceptor_in)) {}

  const ListenerSpec spec;  // with the port that was bound
  boost::asio::ip::tcp::acceptor acceptor;
  TargetSet targets;
  ListenerStats counts;               // without id, address, port and targets: see stats()
  std::set<Connection*> connections;  // each one leaves it when it is destroyed

  ListenerStats stats() const;
  void reset_connections();
};

// Binds and listens. Any thread: the acceptor is its own until it is moved to the data plane's.
Result<boost::asio::ip::tcp::acceptor, ListenError> listen(const boost::asio::any_io_executor& executor,
                                                           const ListenerSpec& spec);

// Takes connections and starts a coroutine for each, until the acceptor is closed.
async::Awaitable<void> accept(Plane& plane, std::shared_ptr<Listener> listener);

}  // namespace slipway::dataplane
