// Who listens on a TCP port of this machine, for the message that says why ours cannot. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace slipway {

// The socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6. With an IPv4 `address`
// (host byte order) only those that keep others from listening there: on it, or on every address. Pure.
std::set<std::string> listening_inodes(std::string_view proc_net_tcp, std::uint16_t port,
                                       std::optional<std::uint32_t> address = std::nullopt);

struct PortHolder {
  int pid = 0;
  std::string command;  // /proc/<pid>/comm
};

// Reads /proc. nullopt when the holder belongs to another user and we may not look. `address` as above.
std::optional<PortHolder> find_port_holder(std::uint16_t port,
                                           std::optional<std::uint32_t> address = std::nullopt);

}  // namespace slipway
