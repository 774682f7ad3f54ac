// A blocking HTTP client for one request at a time: all that client commands need. Plain http only.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace slipway::cli {

struct ClientRequest {
  std::string method = "GET";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::seconds timeout{30};
};

struct ClientResponse {
  int status = 0;
  std::string body;
};

// Sends `request` to `endpoint` (http://host:port). Throws CommandError when nothing answers there.
ClientResponse send(const std::string& endpoint, const ClientRequest& request);

// The same, and throws CommandError with the server's own text unless the status is 2xx.
std::string fetch(const std::string& endpoint, const ClientRequest& request);

}  // namespace slipway::cli
