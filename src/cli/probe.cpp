#include "cli/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/http_client.h"
#include "cli/options.h"

namespace slipway::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kBadArguments = 0x40;
constexpr milliseconds kPause{100};
// For each target of a probe container: its other end may still be starting.
constexpr milliseconds kPatience{3000};
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\nConnection: close\r\n\r\nslipway "
    "probe\n";

void answer_one(int listening) {
  const int peer = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
  if (peer < 0) return;
  // The request is read, so that closing does not reset the connection before the answer is.
  const timeval patience{1, 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::array<char, 4096> request{};
  if (recv(peer, request.data(), request.size(), 0) > 0) {
    ::send(peer, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    shutdown(peer, SHUT_WR);
  }
  close(peer);
}

void answer_all(const std::stop_token& stop, int listening) {
  while (!stop.stop_requested()) {
    pollfd ready{listening, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(kPause.count())) > 0) answer_one(listening);
  }
}

}  // namespace

ProbeListener::ProbeListener(const std::string& address, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  socklen_t size = sizeof where;
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* plain = reinterpret_cast<sockaddr*>(&where);
  if (inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1 || bind(socket_, plain, size) != 0 ||
      listen(socket_, SOMAXCONN) != 0 || getsockname(socket_, plain, &size) != 0) {
    if (socket_ >= 0) close(socket_);
    throw CommandError("cannot listen on " + address + ":" + std::to_string(port));
  }
  port_ = ntohs(where.sin_port);
  answering_ = std::jthread(answer_all, socket_);
}

ProbeListener::~ProbeListener() {
  answering_.request_stop();
  answering_.join();
  close(socket_);
}

bool answers(const std::string& host_port, milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    try {
      const auto left = std::chrono::ceil<seconds>(deadline - std::chrono::steady_clock::now());
      send("http://" + host_port, {.path = "/_slipway/health",
                                   .headers = {},
                                   .body = {},
                                   .timeout = std::max(left, std::chrono::ceil<seconds>(kPause))});
      return true;
    } catch (const CommandError&) {
      if (std::chrono::steady_clock::now() + kPause >= deadline) return false;
      std::this_thread::sleep_for(kPause);
    }
  }
}

int run_probe(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return kBadArguments;
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[0].c_str()));
  const seconds life(std::atoi(arguments[1].c_str()));
  if (arguments.size() == 2) {
    const ProbeListener listener("0.0.0.0", port);
    std::this_thread::sleep_for(life);
    return 0;
  }
  int failed = 0;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    if (!answers(arguments[i], kPatience)) failed |= 1 << (i - 2);
  }
  return failed;
}

}  // namespace slipway::cli
