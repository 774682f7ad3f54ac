#include "cli/http_client.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/chunked_body.h"
#include "cli/options.h"

namespace slipway::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string render(const ClientRequest& request, const ServerAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  std::string text = request.method;
  text += ' ';
  text += request.path;
  text += " HTTP/1.1\r\nHost: ";
  text += v6 ? "[" + address.host + "]" : address.host;
  text += ':';
  text += address.port;
  text += "\r\nConnection: close\r\nContent-Length: ";
  text += std::to_string(request.body.size());
  text += "\r\n";
  for (const auto& [name, value] : request.headers) {
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  text += "\r\n";
  text += request.body;
  return text;
}

ClientResponse parse_response(const std::string& text, const std::string& endpoint) {
  const auto head_end = text.find("\r\n\r\n");
  const auto space = text.find(' ');
  if (!text.starts_with("HTTP/1.") || head_end == std::string::npos || space == std::string::npos) {
    throw CommandError("what answers at " + endpoint +
                       " does not speak HTTP; is it Slipway? (see --endpoint)");
  }
  return {std::atoi(text.c_str() + space + 1), text.substr(head_end + 4)};
}

enum class Until { Head, End };

struct Question {
  const std::string& endpoint;
  const ClientRequest& request;
};

// What is received up to the end of the answer, or of its head (and perhaps more).
std::string exchange(tcp::socket& socket, asio::io_context& context, const Question& question, Until until) {
  const auto& [endpoint, request] = question;
  const ServerAddress address = parse_endpoint(endpoint);
  std::string received;
  boost::system::error_code failure;
  bool sent = false;

  tcp::resolver resolver(context);
  const auto found = resolver.resolve(address.host, address.port, failure);
  if (failure) throw CommandError("cannot resolve " + address.host + " (see --endpoint)");
  const std::string text = render(request, address);
  const auto read = [&](boost::system::error_code error, std::size_t) { failure = error; };
  asio::async_connect(socket, found, [&](boost::system::error_code error, const tcp::endpoint&) {
    failure = error;
    if (error) return;
    asio::async_write(socket, asio::buffer(text), [&](boost::system::error_code write_error, std::size_t) {
      failure = write_error;
      if (write_error) return;
      sent = true;
      if (until == Until::End) {
        asio::async_read(socket, asio::dynamic_buffer(received), read);
      } else {
        asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", read);
      }
    });
  });
  context.run_for(request.timeout);
  if (!context.stopped()) {
    throw CommandError("no answer from " + endpoint + " within " + std::to_string(request.timeout.count()) +
                       " s");
  }
  if (!sent) {
    throw CommandError("nothing answers at " + endpoint +
                       "; start Slipway with `slipway start`, or name another one with "
                       "--endpoint");
  }
  if (failure && failure != asio::error::eof) {
    throw CommandError("the connection to " + endpoint + " broke before the answer (" + failure.message() +
                       "): try again");
  }
  return received;
}

// What an error answer says, on one line: the message of a JSON error, else its first line.
std::string reason(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) {
    for (const char* name : {"message", "Message"}) {
      if (json.contains(name) && json[name].is_string()) return json[name].get<std::string>();
    }
  }
  return body.substr(0, body.find('\n'));
}

constexpr std::size_t kLongestRefusal = 64 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

ClientHead parse_head(std::string_view text, int status) {
  ClientHead head{.status = status, .headers = {}};
  text.remove_prefix(text.find("\r\n") + 2);
  while (!text.starts_with("\r\n")) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    const auto colon = std::min(line.find(':'), line.size());
    const auto value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    head.headers.emplace_back(line.substr(0, colon), line.substr(value));
    text.remove_prefix(line.size() + 2);
  }
  return head;
}

// The body of a streamed answer: in chunks, or up to the end of the connection.
class StreamedBody final {
 public:
  StreamedBody(const ClientHead& head, const std::string& endpoint)
      : chunked_(head.header("Transfer-Encoding") == "chunked"), endpoint_(endpoint) {}

  // Takes what it can use off `received`.
  std::string take(std::string& received) {
    if (!chunked_) return std::exchange(received, {});
    std::string out = chunks_.feed(received);
    received.clear();
    if (chunks_.broken()) throw CommandError("what answers at " + endpoint_ + " does not speak HTTP");
    return out;
  }
  bool ended() const { return chunked_ && chunks_.done(); }
  // False at the end of a body that ends with its connection.
  bool read_more(tcp::socket& socket, std::string& received) const {
    std::array<char, 16 * 1024> block;
    boost::system::error_code error;
    const std::size_t size = socket.read_some(asio::buffer(block), error);
    received.append(block.data(), size);
    if (!error) return true;
    if (error == asio::error::eof && !chunked_) return false;
    throw CommandError("the answer of " + endpoint_ +
                       " broke off: Slipway was stopped, or failed (see its log)");
  }

 private:
  bool chunked_;
  const std::string& endpoint_;
  ChunkedBody chunks_;
};

// Waits for the server. False when nobody reads our standard output any more.
bool readable(int socket) {
  std::array<pollfd, 2> watched{
      {{.fd = socket, .events = POLLIN, .revents = 0}, {.fd = STDOUT_FILENO, .events = 0, .revents = 0}}};
  while (::poll(watched.data(), watched.size(), -1) < 0) {
    if (errno != EINTR) return true;
  }
  return (watched[1].revents & (POLLERR | POLLHUP)) == 0;
}

// What a server that is not Slipway refuses is not worth repeating.
std::string refusal(const std::string& body, const std::string& endpoint) {
  const bool ours = nlohmann::json::parse(body, nullptr, false).is_object();
  return ours ? reason(body) : "what answers at " + endpoint + " is not Slipway (see --endpoint)";
}

std::string checked_body(const std::string& endpoint, const ClientRequest& request, ClientResponse response) {
  if (response.status == 404) {
    throw CommandError("what answers at " + endpoint + " is not Slipway (see --endpoint)");
  }
  if (response.status < 200 || response.status > 299) {
    throw CommandError(request.method + " " + request.path + " answered " + std::to_string(response.status) +
                       ": " + reason(response.body));
  }
  return std::move(response.body);
}

nlohmann::json parse_object(const std::string& endpoint, const std::string& body) {
  nlohmann::json parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) {
    throw CommandError("what answers at " + endpoint + " is not Slipway (see --endpoint)");
  }
  return parsed;
}

}  // namespace

ServerAddress parse_endpoint(const std::string& endpoint) {
  constexpr std::string_view kScheme = "http://";
  ServerAddress address;
  std::string rest = endpoint.starts_with(kScheme) ? endpoint.substr(kScheme.size()) : "";
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
  address.host = has_port ? rest.substr(0, colon) : rest;
  if (has_port) address.port = rest.substr(colon + 1);
  if (address.host.size() > 1 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  std::uint16_t port = 0;
  const char* port_end = address.port.data() + address.port.size();
  const auto [end, error] = std::from_chars(address.port.data(), port_end, port);
  if (address.host.empty() || error != std::errc() || end != port_end) {
    throw CommandError("the endpoint '" + endpoint +
                       "' is not of the form http://host:port (see --endpoint)");
  }
  return address;
}

ClientResponse send(const std::string& endpoint, const ClientRequest& request) {
  asio::io_context context;
  tcp::socket socket(context);
  return parse_response(exchange(socket, context, {endpoint, request}, Until::End), endpoint);
}

std::string fetch(const std::string& endpoint, const ClientRequest& request) {
  return checked_body(endpoint, request, send(endpoint, request));
}

nlohmann::json fetch_json(const std::string& endpoint, const ClientRequest& request) {
  return parse_object(endpoint, fetch(endpoint, request));
}

nlohmann::json ask_json(const std::string& endpoint, const ClientRequest& request) {
  ClientResponse response = send(endpoint, request);
  if (response.status >= 400 && response.status < 500) throw CommandError(refusal(response.body, endpoint));
  return parse_object(endpoint, checked_body(endpoint, request, std::move(response)));
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string ClientHead::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [name](const auto& header) {
    return std::ranges::equal(header.first, name, [](char a, char b) { return lower(a) == lower(b); });
  });
  return found == headers.end() ? "" : found->second;
}

void fetch_stream(const std::string& endpoint, const ClientRequest& request, const ClientStream& stream) {
  asio::io_context context;
  tcp::socket socket(context);
  std::string received = exchange(socket, context, {endpoint, request}, Until::Head);
  const int status = parse_response(received, endpoint).status;
  const std::size_t head_size = received.find("\r\n\r\n") + 4;
  const ClientHead head = parse_head(received.substr(0, head_size), status);
  received.erase(0, head_size);
  StreamedBody body(head, endpoint);
  socket.non_blocking(false);
  if (status < 200 || status > 299) {
    std::string text = body.take(received);
    while (!body.ended() && text.size() < kLongestRefusal && body.read_more(socket, received)) {
      text += body.take(received);
    }
    throw CommandError(refusal(text, endpoint));
  }
  if (stream.opened) stream.opened(head);
  for (;;) {
    const std::string piece = body.take(received);
    if (!piece.empty() && stream.bytes && !stream.bytes(piece)) return;
    if (body.ended() || !readable(socket.native_handle())) return;
    if (!body.read_more(socket, received)) return;
  }
}

}  // namespace slipway::cli
