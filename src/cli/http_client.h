// A blocking HTTP client for one request at a time: all that client commands need. Plain http only.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
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

struct ServerAddress {
  std::string host;
  std::string port = "80";
  bool operator==(const ServerAddress&) const = default;
};

// "http://host:port", also "http://[v6]:port" and with a path, which is left out. Throws CommandError.
ServerAddress parse_endpoint(const std::string& endpoint);

// Sends `request` to `endpoint` (http://host:port). Throws CommandError when nothing answers there.
ClientResponse send(const std::string& endpoint, const ClientRequest& request);

// The same, and throws CommandError with the server's own text unless the status is 2xx.
std::string fetch(const std::string& endpoint, const ClientRequest& request);
// The same for an answer that is a JSON object.
nlohmann::json fetch_json(const std::string& endpoint, const ClientRequest& request);

}  // namespace slipway::cli
