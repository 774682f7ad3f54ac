// One client connection: requests in order, one at a time, from the first byte to the close. Several wait on
// the control thread side by side; none can hold up another. Control thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/server/http_server.h"

namespace slipway::server {

using SteadyTime = std::chrono::steady_clock::time_point;

// A connection as the server sees it, which ends those whose deadline has passed (there is no timer per
// request).
struct Connection {
  enum class Phase {
    Idle,      // no byte of the next request has come
    Reading,   // part of a request has
    Handling,  // its handler works: no deadline
    Writing,
    Streaming,  // a streamed body is on its way: no deadline, the client may let it wait
    Draining    // answered and half closed; what the client still sends is thrown away
  };

  explicit Connection(boost::asio::ip::tcp::socket socket_in) : socket(std::move(socket_in)) {}

  boost::asio::ip::tcp::socket socket;
  std::string peer;
  Phase phase = Phase::Idle;
  SteadyTime deadline = SteadyTime::max();
  bool timed_out = false;  // the operation in flight was cancelled because of the deadline

  void enter(Phase next, SteadyTime until) {
    phase = next;
    deadline = until;
    timed_out = false;
  }
};

// What the sessions of a server share. References outlive the sessions.
struct SessionContext {
  const ServerSettings& settings;
  const std::vector<Route>& routes;
  const Handler& handler;
  Log& log;
  IdSource& ids;
  bool stopping = false;  // every answer closes its connection
  // The Date header of this second.
  std::int64_t date_second = -1;
  std::string date{};
};

// Ends when the connection is to be closed. Throws only when it is cancelled.
async::Awaitable<void> run_session(SessionContext& context, Connection& connection);

}  // namespace slipway::server
