#include "app/route_answers.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace slipway::app {
server::HttpResponse json_response(const nlohmann::json& body, int status) {
  server::HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  // Reasons hold what engines and containers say: whatever is no UTF-8 there is replaced.
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return response;
}

server::HttpResponse refusal(const std::string& text, int status) {
  return json_response({{"message", text}}, status);
}

std::string iso_time(TimePoint time) {
  const auto seconds = std::chrono::floor<Seconds>(time);
  const std::time_t whole = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const auto rest = static_cast<int>((time - seconds).count());
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ", rest);
  return text.data();
}

}  // namespace slipway::app
