// Which target is next: smooth weighted round robin over the targets of one listener, with what is counted of
// each. No sockets. Used by the listener and its connections, on the data plane's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "slipway/dataplane/data_plane.h"

namespace slipway::dataplane {

class TargetSet final {
 public:
  struct Member {
    boost::asio::ip::tcp::endpoint endpoint;
    std::uint32_t weight = 1;
    bool removed = false;
    std::int64_t credit = 0;  // grows by the weight each turn, falls by the sum of the weights when chosen
    std::uint64_t connections = 0, active = 0, refused = 0;
  };
  using Members = std::vector<std::shared_ptr<Member>>;

  // Every address of `table` is an IPv4 literal. Targets that stay keep their credit and counts, so that a
  // new table does not begin the round anew.
  void assign(const TargetTable& table);

  // The next one that is in the table, has a weight and is not among `tried`; nullptr when there is none.
  std::shared_ptr<Member> pick(const Members& tried);

  // In the table's order, then the removed ones that have connections.
  std::vector<TargetStats> stats() const;

 private:
  Members members_;
};

}  // namespace slipway::dataplane
