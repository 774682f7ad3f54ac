#include "unit/dataplane/fixture.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

namespace slipway::dataplane {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int bound_socket(std::uint16_t& port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port = ntohs(address.sin_port);
  return descriptor;
}

}  // namespace

Wire::Wire(int descriptor) : descriptor_(descriptor) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Wire Wire::to(std::uint16_t port) {
  Wire wire(::socket(AF_INET, SOCK_STREAM, 0));
  wire.connect(port);
  return wire;
}

void Wire::connect(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

Wire::Wire(Wire&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Wire& Wire::operator=(Wire&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Wire::~Wire() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Wire::receive(std::size_t most) {
  std::string bytes(most, '\0');
  const auto got = ::recv(descriptor_, bytes.data(), most, 0);
  if (got < 0) return errno == EAGAIN ? "TIMEOUT" : "RST";
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::string Wire::receive_all() {
  std::string all;
  for (;;) {
    const std::string part = receive();
    all += part;
    if (part.empty() || part == "RST" || part == "TIMEOUT") return all;
  }
}

void Wire::end() { ::shutdown(descriptor_, SHUT_WR); }

void Wire::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(descriptor_, -1));
}

TestTarget::TestTarget(Serve serve) : serve_(std::move(serve)), listener_(bound_socket(port_)) {
  EXPECT_EQ(::listen(listener_, 1024), 0);
  thread_ = std::thread([this] { accept(); });
}

TestTarget::~TestTarget() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (auto& connection : connections_) connection.join();
  ::close(listener_);
}

void TestTarget::accept() {
  for (;;) {
    const int descriptor = ::accept(listener_, nullptr, nullptr);
    if (descriptor < 0) return;
    ++accepted_;
    connections_.emplace_back([this, descriptor] { serve_(Wire(descriptor)); });
  }
}

TestTarget::Serve says(std::string name) {
  return [name = std::move(name)](Wire wire) { wire.send(name); };
}

TestTarget::Serve echoes() {
  return [](Wire wire) {
    for (std::string part = wire.receive(); !part.empty() && part != "RST"; part = wire.receive()) {
      if (!wire.send(part)) return;
    }
  };
}

SilentTarget::SilentTarget() {
  const int listener = bound_socket(port_);
  wires_.emplace_back(listener);
  EXPECT_EQ(::listen(listener, 0), 0);
  for (int i = 0; i < 3; ++i) {
    const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    wires_.emplace_back(filler);
    const sockaddr_in address = loopback(port_);
    ::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

std::uint16_t refusing_port() {
  std::uint16_t port = 0;
  ::close(bound_socket(port));
  return port;
}

std::shared_ptr<const TargetTable> table(std::vector<Target> targets) {
  return std::make_shared<const TargetTable>(TargetTable{std::move(targets)});
}

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::uint16_t DataPlaneTest::open(const std::string& id, std::vector<Target> targets) {
  const auto port = plane_->open({.id = id, .address = "127.0.0.1", .port = 0}, table(std::move(targets)));
  EXPECT_TRUE(port) << port.error().message;
  return port ? *port : std::uint16_t{0};
}

ListenerStats DataPlaneTest::stats(const std::string& id) const {
  for (auto& listener : plane_->stats()) {
    if (listener.id == id) return listener;
  }
  ADD_FAILURE() << "no listener " << id;
  return {};
}

}  // namespace slipway::dataplane
