// A blocking HTTP client for one request at a time: all that client commands need. An answer comes whole, or
// as a stream. Plain http only.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
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
// The same for routes whose refusals are sentences for the user: those become the CommandError as they are.
nlohmann::json ask_json(const std::string& endpoint, const ClientRequest& request);

// `text` as the value of a query parameter.
std::string percent_encode(std::string_view text);

// The head of a streamed answer.
struct ClientHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  // The first header of that name (any case), or empty.
  std::string header(std::string_view name) const;
};

// Takes a streamed answer.
struct ClientStream {
  std::function<void(const ClientHead& head)> opened{};  // its head has come, with a 2xx status
  std::function<bool(std::string_view bytes)> bytes{};   // a piece of its body; false: enough
};

// Sends `request` and hands out the body of a 2xx answer as it comes; `request.timeout` is for the head
// alone. Returns at the end of the body, after a false of `bytes`, or when nobody reads our standard output
// any more. Throws CommandError as fetch() does, and when the answer breaks off.
void fetch_stream(const std::string& endpoint, const ClientRequest& request, const ClientStream& stream);

}  // namespace slipway::cli
