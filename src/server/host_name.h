// The host part of a Host header or an Origin, and what kind of name it is. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::server {

struct HostName {
  std::string name;  // lower case, without a trailing dot; an IPv6 address without its brackets
  std::string port;  // digits, or empty
  bool ip_literal = false;
};

// "localhost:4566", "[::1]:4566", "ECS.us-east-1.amazonaws.com."; nullopt when it is no host.
std::optional<HostName> parse_host(std::string_view text);

// localhost, *.localhost, 127.0.0.0/8, ::1.
bool is_loopback(const HostName& host);

}  // namespace slipway::server
