// Makes accept(2) of this program fail as it does without file descriptors. Taking the descriptors away for
// real would make the sanitizers see faults everywhere: they look at memory through pipes.
#pragma once

#include <cstdint>

namespace slipway::dataplane {

// While one lives, accept(2) on sockets that listen on `port` says EMFILE.
class AcceptFault final {
 public:
  explicit AcceptFault(std::uint16_t port);
  ~AcceptFault();
  AcceptFault(const AcceptFault&) = delete;
  AcceptFault& operator=(const AcceptFault&) = delete;
  // Calls that were refused since this began.
  int refused() const;
};

}  // namespace slipway::dataplane
