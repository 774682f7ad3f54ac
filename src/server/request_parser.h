// HTTP/1.1 requests out of a stream of bytes, without a socket: the session puts in what it has read and asks
// for the next step. Beast's grammar runs inside; the head is not copied, request() points into the buffer.
// Control thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "slipway/server/http.h"

namespace slipway::server {

struct ParserLimits {
  std::size_t header = 0;  // bytes of request line and header fields
  std::size_t body = 0;    // bytes, as sent and after gunzip
};

// Why a request cannot be served by the HTTP layer; the connection closes after the answer.
struct HttpFault {
  int status = 400;
  std::string_view code;
  std::string message;
};

class RequestParser final {
 public:
  enum class Step {
    NeedMore,  // read into free_space(), call received()
    HeadDone,  // once per request, before its body is read: request() has no body yet
    Done,      // request() is whole; call next() when it is answered
    Failed     // see fault(); the stream cannot go on
  };

  explicit RequestParser(ParserLimits limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Never empty. Views taken out of request() before are invalid afterwards.
  std::span<char> free_space();
  void received(std::size_t bytes);
  Step step();
  void next();

  // Some bytes of a request that is not answered yet have come.
  bool started() const;

  // From HeadDone until next(); its `peer` is left empty.
  HttpRequest& request();
  const HttpFault& fault() const;
  // The Host header, or the authority of an absolute-form target (RFC 9112, 3.2.2).
  std::string_view host() const;
  bool http_1_0() const;
  bool keep_alive() const;
  // Nothing of the body is missing.
  bool complete() const;
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::server
