// The only program in the benchmarks' image: does nothing until SIGTERM, then ends at once (process 1 would
// ignore it without a handler).
#include <unistd.h>

#include <csignal>

namespace {
extern "C" void end(int) { _exit(0); }
}  // namespace

int main() {
  if (std::signal(SIGTERM, end) == SIG_ERR || std::signal(SIGINT, end) == SIG_ERR) return 1;
  for (;;) pause();
}
