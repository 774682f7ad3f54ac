// The reference of the HTTP benchmarks: Slipway's own HTTP server with a handler that sends the same bytes
// for every request. What Slipway answers per second is compared with what this program does.
//   reference_http PORT BODY_FILE
// Answers 200 application/x-amz-json-1.1 with the file's bytes on 127.0.0.1:PORT, one thread, until it is
// ended.
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "slipway/base/log.h"
#include "slipway/server/http_server.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: reference_http PORT BODY_FILE\n";
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << argv[2] << "\n";
    return 1;
  }
  const std::string body{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};

  boost::asio::io_context context(1);
  slipway::Log log(slipway::LogLevel::Warn, slipway::LogFormat::Text);
  slipway::server::ServerSettings settings;
  settings.listen = {{"127.0.0.1", static_cast<std::uint16_t>(std::atoi(argv[1]))}};
  const auto answer = [&body](const slipway::server::HttpRequest&) {
    slipway::server::HttpResponse response;
    response.content_type = "application/x-amz-json-1.1";
    response.body = body;
    return response;
  };
  try {
    slipway::server::HttpServer server(context.get_executor(), log, settings, {}, answer);
    server.start();
    context.run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
