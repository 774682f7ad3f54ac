// One client's connection and the one to its target: finds a target that takes it, then copies both ways.
// This is the TCP kind of session: another kind (HTTP, which chooses a target for each request) would be
// another function beside forward(), with the same listener, targets and counts. Data plane's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "dataplane/listener.h"
#include "dataplane/target_set.h"

namespace slipway::dataplane {

// Owned by the coroutines that serve it; leaves its listener's list when the last one ends.
class Connection final {
 public:
  Connection(std::shared_ptr<Listener> listener_in, boost::asio::ip::tcp::socket client_in);
  ~Connection();  // resets what did not end by FIN on both sides
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Closes both sockets with RST; the coroutines end.
  void reset();

  const std::shared_ptr<Listener> listener;
  boost::asio::ip::tcp::socket client, target;
  std::shared_ptr<TargetSet::Member> member;  // whom `target` reached
  int attempt = 0;                            // to reach a target: each one's number
  int ended = 0;                              // directions whose FIN was passed on: 0..2
  // One side no longer takes anything. What it sent before still goes to the other side, without any more
  // waiting.
  bool broken = false;
};

// The whole life of a connection.
async::Awaitable<void> forward(Plane& plane, std::shared_ptr<Connection> connection);

}  // namespace slipway::dataplane
