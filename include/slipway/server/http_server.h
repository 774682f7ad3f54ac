// The HTTP/1.1 listener and its sessions. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/base/id_source.h"
#include "slipway/base/log.h"
#include "slipway/server/http.h"

namespace slipway::server {

// What keeps web pages out (contract.md, "HTTP"; decisions.md 15). Pure data.
struct BrowserPolicy {
  std::vector<std::string> allowed_hosts;    // --allow-host
  std::vector<std::string> allowed_origins;  // --allow-origin
};

// The part of a request that the rule looks at; empty: no such header.
struct BrowserHeaders {
  std::string_view method, host, origin, sec_fetch_site, request_method;  // Access-Control-Request-Method
};

// nullopt when the request may pass, else the text of the 403, which names the option. Pure.
std::optional<std::string> refuse_browser(const BrowserPolicy& policy, const BrowserHeaders& headers);

struct ServerSettings {
  std::vector<std::pair<std::string, std::uint16_t>> listen;  // address, port (0: any free one)
  BrowserPolicy browser;
  std::size_t header_limit = 64 * 1024;       // bytes; more: 431
  std::size_t body_limit = 10 * 1024 * 1024;  // bytes, also after gunzip; more: 413
  Millis read_timeout{30'000};                // for the rest of a request once its first byte has come: 408
  Millis idle_timeout{120'000};               // between requests: closed
  Millis write_timeout{30'000};
  std::size_t max_connections = 4096;  // more: closed at once, logged
  // Of the request ids of answers that the HTTP layer gives itself; nullptr: random ones. Outlives the
  // server.
  IdSource* ids = nullptr;
};

class HttpServer final {
 public:
  // `routes` are matched first, by exact path; everything else goes to `handler`.
  HttpServer(boost::asio::any_io_executor executor, Log& log, ServerSettings settings,
             std::vector<Route> routes, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and accepts. Throws std::runtime_error naming the busy port's holder (from /proc) and the way out.
  void start();
  // The ports that are bound, in the order of settings.listen.
  std::vector<std::uint16_t> ports() const;
  // Stops accepting, breaks streamed answers off, lets the other requests in flight finish (at most `grace`),
  // closes the rest.
  async::Awaitable<void> stop(Millis grace);
  std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace slipway::server
