#include "server/host_name.h"

#include <arpa/inet.h>

#include "server/text.h"

namespace slipway::server {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), &address) == 1;
}

std::optional<HostName> parse_bracketed(std::string_view text) {
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  HostName host{lower(text.substr(1, end - 1)), {}, true};
  std::string_view rest = text.substr(end + 1);
  if (!rest.empty()) {
    if (rest.front() != ':' || !all_digits(rest.substr(1))) return std::nullopt;
    host.port = rest.substr(1);
  }
  if (!is_ipv6(host.name)) return std::nullopt;
  return host;
}

}  // namespace

std::optional<HostName> parse_host(std::string_view text) {
  if (text.starts_with('[')) return parse_bracketed(text);
  HostName host;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (!all_digits(text.substr(colon + 1))) return std::nullopt;
    host.port = text.substr(colon + 1);
  }
  host.name = lower(text.substr(0, colon));
  if (host.name.ends_with('.')) host.name.pop_back();
  const bool empty_label = host.name.empty() || host.name.starts_with('.') || host.name.ends_with('.') ||
                           host.name.find("..") != std::string::npos;
  if (empty_label || !std::ranges::all_of(host.name, is_name_character)) return std::nullopt;
  host.ip_literal = is_ipv4(host.name);
  return host;
}

bool is_loopback(const HostName& host) {
  if (!host.ip_literal) return host.name == "localhost" || host.name.ends_with(".localhost");
  if (host.name.find(':') == std::string::npos) return host.name.starts_with("127.");
  in6_addr address{};
  return inet_pton(AF_INET6, host.name.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

}  // namespace slipway::server
