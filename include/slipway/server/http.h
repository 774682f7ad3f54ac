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

// Takes a streamed body, piece by piece.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Ends when the connection has taken `bytes`, however long the client lets it wait. Throws
  // boost::system::system_error(operation_aborted) when the client has gone. Never called by two coroutines
  // at a time.
  virtual async::Awaitable<void> write(std::string bytes) = 0;
};

// Makes a streamed body. It is cancelled when the client goes (also when that only ends its sending side) and
// when the server stops; an exception breaks the connection off, so that the client sees that something is
// missing. The sink and the request outlive the coroutine.
using BodyProducer = std::function<async::Awaitable<void>(BodySink& sink)>;

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;
  // Set: the body is what it writes, sent in chunks as it comes, and `body` does not count. Only from routes.
  BodyProducer stream{};
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
