// An HttpResponse as the bytes of an HTTP/1.1 answer. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "slipway/server/http.h"

namespace slipway::server {

// How the client learns where the body ends.
enum class Framing {
  Length,
  Chunked,
  Close  // with the connection: a streamed body for a client that knows no chunks
};

// What the session adds to every answer.
struct AnswerFrame {
  std::string_view date;        // IMF-fixdate
  std::string_view request_id;  // x-amzn-RequestId; empty when the response has it already
  bool keep_alive = true;
  bool http_1_0 = false;
  Framing framing = Framing::Length;
};

// Appends status line and header fields, with the empty line. 204 and 304 say no length.
void append_head(std::string& out, const HttpResponse& response, const AnswerFrame& frame);

// The response says its x-amzn-RequestId itself.
bool has_request_id(const HttpResponse& response);

// "Sun, 22 Nov 2026 13:00:00 GMT".
std::string http_date(std::int64_t epoch_seconds);

// A JSON error of the HTTP layer itself: {"__type": code, "message": …}.
HttpResponse plain_error(int status, std::string_view code, std::string_view message);

}  // namespace slipway::server
