#include "server/browser_policy.h"

#include <array>
#include <span>

#include "server/host_name.h"
#include "server/text.h"

namespace slipway::server {
namespace {

// Names that resolve to this machine, its network or AWS: nobody else can point them at us.
constexpr std::array<std::string_view, 3> kLocalSuffixes{".localhost", ".local", ".internal"};
constexpr std::array<std::string_view, 4> kAwsSuffixes{".amazonaws.com", ".amazonaws.com.cn", ".api.aws",
                                                       ".api.amazonwebservices.com.cn"};
constexpr std::string_view kLocalStack = "localhost.localstack.cloud";

bool has_suffix(const std::string& name, std::span<const std::string_view> suffixes) {
  return std::ranges::any_of(suffixes, [&](std::string_view s) { return name.ends_with(s); });
}

// `entry`: a name, "*.suffix" or "*"; a port behind it does not matter.
bool entry_matches(std::string_view entry, const HostName& host) {
  if (entry == "*") return true;
  if (entry.starts_with("*.")) return host.name.ends_with(lower(entry.substr(1)));
  const auto parsed = parse_host(entry);
  if (parsed) return parsed->name == host.name;
  return equal_ignoring_case(entry, host.name);  // an IPv6 address without brackets
}

bool given_host(const BrowserPolicy& policy, const HostName& host) {
  return std::ranges::any_of(policy.allowed_hosts, [&](const auto& e) { return entry_matches(e, host); });
}

bool host_allowed(const BrowserPolicy& policy, const HostName& host) {
  return host.ip_literal || host.name.find('.') == std::string::npos ||
         has_suffix(host.name, kLocalSuffixes) || has_suffix(host.name, kAwsSuffixes) ||
         host.name == kLocalStack || host.name.ends_with("." + std::string(kLocalStack)) ||
         given_host(policy, host);
}

std::string_view without_slash(std::string_view origin) {
  if (origin.ends_with('/')) origin.remove_suffix(1);
  return origin;
}

bool given_origin(const BrowserPolicy& policy, std::string_view origin) {
  return std::ranges::any_of(policy.allowed_origins, [&](const std::string& entry) {
    return entry == "*" || equal_ignoring_case(without_slash(entry), origin);
  });
}

// A page may come from this machine, from the address that it calls, or from where --allow-host or
// --allow-origin say. That a name may stand in Host is not enough: anybody can put a page under
// *.s3.amazonaws.com.
bool origin_allowed(const BrowserPolicy& policy, std::string_view origin,
                    const std::optional<HostName>& own) {
  if (given_origin(policy, origin)) return true;
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null" among others
  const auto host = parse_host(origin.substr(scheme + 3));
  if (!host) return false;
  const bool same = own && own->name == host->name && own->port == host->port;
  return same || is_loopback(*host) || given_host(policy, *host);
}

std::string refused_host(std::string_view host) {
  const std::string name(host.substr(0, host.rfind(':')));
  return "Host '" + std::string(host) +
         "' is not a name of this machine, so the request may come from a web page (DNS rebinding). When the "
         "name is meant, start the server with --allow-host " +
         name + " (or SLIPWAY_ALLOW_HOST).";
}

std::string refused_origin(std::string_view origin) {
  return "A web page of '" + std::string(origin) +
         "' sent this request, and pages of other sites may not use Slipway. When the page is meant, start "
         "the server with --allow-origin " +
         std::string(origin) + " (or SLIPWAY_ALLOW_ORIGIN).";
}

std::string refused_site(std::string_view site) {
  return "A web page of another site sent this request (Sec-Fetch-Site: " + std::string(site) +
         "), and pages of other sites may not use Slipway. Open the address directly, or start the server "
         "with --allow-origin and the page's origin (or SLIPWAY_ALLOW_ORIGIN).";
}

}  // namespace

std::optional<std::string> refuse_browser(const BrowserPolicy& policy, const BrowserHeaders& headers) {
  const auto host = parse_host(headers.host);
  if (!headers.host.empty() && !(host && host_allowed(policy, *host))) return refused_host(headers.host);
  if (!headers.origin.empty()) {
    if (origin_allowed(policy, headers.origin, host)) return std::nullopt;
    return refused_origin(headers.origin);
  }
  const std::string_view site = headers.sec_fetch_site;
  if (site.empty() || equal_ignoring_case(site, "none") || equal_ignoring_case(site, "same-origin")) {
    return std::nullopt;
  }
  return refused_site(site);
}

bool is_preflight(const BrowserHeaders& headers) {
  return headers.method == "OPTIONS" && !headers.origin.empty() && !headers.request_method.empty();
}

HeaderList cors_headers(std::string_view origin) {
  if (origin.empty()) return {};
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Expose-Headers", "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-query-error"},
          {"Vary", "Origin"}};
}

HttpResponse preflight_answer(std::string_view requested_headers) {
  HttpResponse response;
  response.status = 204;
  response.headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"},
                      {"Access-Control-Max-Age", "600"},
                      // Chrome asks before a page may reach a loopback address.
                      {"Access-Control-Allow-Private-Network", "true"}};
  if (!requested_headers.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Headers", std::string(requested_headers));
  }
  return response;
}

}  // namespace slipway::server
