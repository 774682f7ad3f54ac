// One HTTP request and response as the rest of the program sees them; Beast stays inside session.cpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "slipway/async/clock.h"

namespace slipway::server {

// Views are valid until the request has been answered.
struct HttpRequest {
  std::string_view method;
  std::string_view target;  // path and query
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string body;       // decoded from chunks and gzip
  std::string_view peer;  // address of the client, without the port

  std::string_view path() const;
  std::string_view query() const;  // without '?'
  // The first header of that name (any case), or empty.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;
};

// Answers at once: the AWS APIs.
using Handler = std::function<HttpResponse(const HttpRequest& request)>;
// May wait: /_slipway/reset and the like. The request outlives the coroutine.
using AsyncHandler = std::function<async::Awaitable<HttpResponse>(const HttpRequest& request)>;

// A path of our own, matched exactly before the AWS APIs.
struct Route {
  std::string method;
  std::string path;
  AsyncHandler handler;
};

}  // namespace slipway::server
