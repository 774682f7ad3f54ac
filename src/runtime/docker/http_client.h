// HTTP/1.1 to a Docker Engine over a unix socket, TCP or TLS, with a small pool of idle connections. Used by
// the Docker engine only; knows nothing of Docker but where it is. A cancelled call closes its connection.
// Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "slipway/async/clock.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::runtime::docker {

struct HttpRequest {
  std::string method = "GET";
  std::string target;  // path and query, encoded
  std::string body;
  std::string content_type = "application/json";  // of a body
  std::vector<std::pair<std::string, std::string>> headers;
  // Sent once more when a pooled connection turns out to be dead before any byte of the answer.
  bool repeatable = true;
  Millis deadline{30'000};  // for all of it
  Millis inactivity{0};     // between two pieces of the answer; 0: only the deadline counts
};

struct HttpResponse {
  int status = 0;
  std::string api_version;  // the header Api-Version
  std::string body;         // empty when it was streamed
};

// Receives a streamed answer.
struct HttpStream {
  std::function<void()> opened;                 // the header came, with a 2xx status
  std::function<void(std::string_view)> bytes;  // a piece of a 2xx answer's body
  // The same, awaited: nothing is read until it has ended, and no time limit runs meanwhile.
  std::function<Awaitable<void>(std::string_view)> deliver{};
};

class HttpClient final {
 public:
  // `endpoint` was resolved. Certificates are read here: throws std::runtime_error when they cannot be.
  HttpClient(boost::asio::any_io_executor executor, async::Clock& clock, DockerEndpoint endpoint);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any status is an answer; Unreachable and Timeout are the errors.
  Awaitable<EngineResult<HttpResponse>> request(HttpRequest request);
  // The same with the body of a 2xx answer handed out as it comes. A deadline of 0 never ends.
  Awaitable<EngineResult<HttpResponse>> stream(HttpRequest request, HttpStream receiver);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the calls in progress
};

}  // namespace slipway::runtime::docker
