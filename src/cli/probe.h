// What `slipway doctor` runs in containers of its own, and its other end on this machine: something that
// answers, and something that asks. Blocking; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace slipway::cli {

// Answers every HTTP request with 200 while it lives.
class ProbeListener final {
 public:
  // Port 0: one that is free. Throws CommandError when the address cannot be listened on.
  ProbeListener(const std::string& address, std::uint16_t port);
  ~ProbeListener();
  ProbeListener(const ProbeListener&) = delete;
  ProbeListener& operator=(const ProbeListener&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::jthread answering_;
};

// Whether something at `host_port` answers HTTP within `patience`; a refusal is tried again until then.
bool answers(const std::string& host_port, std::chrono::milliseconds patience);

// `slipway probe PORT SECONDS [HOST:PORT…]`, in a container: without targets it listens on PORT for SECONDS,
// else it asks each target. The exit code has bit i set when target i did not answer, 0x40 for bad arguments.
int run_probe(const std::vector<std::string>& arguments);

}  // namespace slipway::cli
