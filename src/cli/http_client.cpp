#include "cli/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "cli/options.h"

namespace slipway::cli {
namespace {

namespace asio = boost::asio;

struct Address {
  std::string host;
  std::string port = "80";
};

Address parse_endpoint(const std::string& endpoint) {
  constexpr std::string_view kScheme = "http://";
  if (!endpoint.starts_with(kScheme)) {
    throw CommandError("the endpoint '" + endpoint +
                       "' is not of the form http://host:port (see --endpoint)");
  }
  std::string rest = endpoint.substr(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  Address address;
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
  address.host = has_port ? rest.substr(0, colon) : rest;
  if (has_port) address.port = rest.substr(colon + 1);
  if (address.host.size() > 1 && address.host.front() == '[') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

std::string render(const ClientRequest& request, const Address& address) {
  std::string text =
      request.method + " " + request.path + " HTTP/1.1\r\nHost: " + address.host + ":" + address.port +
      "\r\nConnection: close\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + request.body;
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

}  // namespace

ClientResponse send(const std::string& endpoint, const ClientRequest& request) {
  const Address address = parse_endpoint(endpoint);
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
  return parse_response(received, endpoint);
}

std::string fetch(const std::string& endpoint, const ClientRequest& request) {
  ClientResponse response = send(endpoint, request);
  if (response.status < 200 || response.status > 299) {
    throw CommandError(request.method + " " + request.path + " answered " + std::to_string(response.status) +
                       ": " + response.body);
  }
  return std::move(response.body);
}

}  // namespace slipway::cli
