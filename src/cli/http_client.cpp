#include "cli/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/options.h"

namespace slipway::cli {
namespace {

namespace asio = boost::asio;

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
  const ServerAddress address = parse_endpoint(endpoint);
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  std::string received;
  boost::system::error_code failure;
  bool sent = false;

  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(address.host, address.port, failure);
  if (failure) throw CommandError("cannot resolve " + address.host + " (see --endpoint)");
  const std::string text = render(request, address);
  asio::async_connect(socket, found, [&](boost::system::error_code error, const asio::ip::tcp::endpoint&) {
    failure = error;
    if (error) return;
    asio::async_write(socket, asio::buffer(text), [&](boost::system::error_code write_error, std::size_t) {
      failure = write_error;
      if (write_error) return;
      sent = true;
      asio::async_read(socket, asio::dynamic_buffer(received),
                       [&](boost::system::error_code read_error, std::size_t) { failure = read_error; });
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
  if (failure != asio::error::eof) {
    throw CommandError("the connection to " + endpoint + " broke before the answer (" + failure.message() +
                       "): try again");
  }
  return parse_response(received, endpoint);
}

std::string fetch(const std::string& endpoint, const ClientRequest& request) {
  ClientResponse response = send(endpoint, request);
  if (response.status == 404) {
    throw CommandError("what answers at " + endpoint + " is not Slipway (see --endpoint)");
  }
  if (response.status < 200 || response.status > 299) {
    throw CommandError(request.method + " " + request.path + " answered " + std::to_string(response.status) +
                       ": " + reason(response.body));
  }
  return std::move(response.body);
}

nlohmann::json fetch_json(const std::string& endpoint, const ClientRequest& request) {
  nlohmann::json body = nlohmann::json::parse(fetch(endpoint, request), nullptr, false);
  if (!body.is_object()) {
    throw CommandError("what answers at " + endpoint + " is not Slipway (see --endpoint)");
  }
  return body;
}

}  // namespace slipway::cli
