#include "unit/dataplane/accept_fault.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<bool> failing = false;
std::atomic<int> refusals = 0;

}  // namespace

// Stands in front of the C library's for the whole program.
extern "C" int accept(int listener, sockaddr* address, socklen_t* size) noexcept(false) {
  if (failing) {
    ++refusals;
    errno = EMFILE;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_accept4, listener, address, size, 0));
}

namespace slipway::dataplane {

AcceptFault::AcceptFault() {
  refusals = 0;
  failing = true;
}

AcceptFault::~AcceptFault() { failing = false; }

int AcceptFault::refused() const { return refusals; }

}  // namespace slipway::dataplane
