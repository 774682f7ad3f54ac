#include "unit/dataplane/accept_fault.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<std::uint16_t> failing_port = 0;
std::atomic<int> refusals = 0;

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

// Stands in front of the C library's for the whole program.
extern "C" int accept(int listener, sockaddr* address, socklen_t* size) noexcept(false) {
  if (failing_port != 0 && port_of(listener) == failing_port) {
    ++refusals;
    errno = EMFILE;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_accept4, listener, address, size, 0));
}

namespace slipway::dataplane {

AcceptFault::AcceptFault(std::uint16_t port) {
  refusals = 0;
  failing_port = port;
}

AcceptFault::~AcceptFault() { failing_port = 0; }

int AcceptFault::refused() const { return refusals; }

}  // namespace slipway::dataplane
