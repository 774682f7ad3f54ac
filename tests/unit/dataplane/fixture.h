// Real sockets on loopback for the tests of the data plane: a target that does with each connection what the
// test says, and a client. Blocking, with a deadline on every read, so that a fault is a failure and not a
// test that hangs.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "slipway/dataplane/data_plane.h"

namespace slipway::dataplane {

// A connected TCP socket; closed with FIN by the destructor.
class Wire final {
 public:
  explicit Wire(int descriptor);
  // Connects to 127.0.0.1:port.
  static Wire to(std::uint16_t port);
  void connect(std::uint16_t port);
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&& other) noexcept;
  ~Wire();

  bool send(std::string_view bytes);  // false: the other side does not take it
  // Up to `most` bytes; "" at the end; "RST" when it was reset, "TIMEOUT" after 10 s.
  std::string receive(std::size_t most = 65536);
  // Until the end; what ends it otherwise is appended.
  std::string receive_all();
  void end();    // FIN
  void reset();  // RST

 private:
  int descriptor_;
};

// A listening server with a thread for each connection.
class TestTarget final {
 public:
  using Serve = std::function<void(Wire)>;
  explicit TestTarget(Serve serve);
  ~TestTarget();  // waits for the connections
  std::uint16_t port() const { return port_; }
  int accepted() const { return accepted_; }

 private:
  void accept();
  const Serve serve_;
  std::uint16_t port_ = 0;
  int listener_ = -1;  // sets port_
  std::atomic<int> accepted_ = 0;
  std::list<std::thread> connections_;
  std::thread thread_;
};

// Says `name` and closes.
TestTarget::Serve says(std::string name);
// Sends back what it gets until FIN, then closes.
TestTarget::Serve echoes();

// A port of 127.0.0.1 that neither takes nor refuses a connection: its queue is full and nobody accepts.
class SilentTarget final {
 public:
  SilentTarget();
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  std::vector<Wire> wires_;
};

// A port of 127.0.0.1 where nobody listens.
std::uint16_t refusing_port();

inline Target target(std::uint16_t port, std::uint32_t weight = 1) {
  return {.address = "127.0.0.1", .port = port, .weight = weight};
}

std::shared_ptr<const TargetTable> table(std::vector<Target> targets);

// Waits until `holds` does, 10 s at most.
bool eventually(const std::function<bool()>& holds);

class DataPlaneTest : public testing::Test {
 protected:
  // Opens a listener on a free port of 127.0.0.1.
  std::uint16_t open(const std::string& id, std::vector<Target> targets);
  ListenerStats stats(const std::string& id) const;

  Log log_{LogLevel::Error, LogFormat::Text};
  std::unique_ptr<DataPlane> plane_ = std::make_unique<DataPlane>(log_);
};

}  // namespace slipway::dataplane
