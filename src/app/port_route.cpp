#include "app/port_route.h"

#include <nlohmann/json.hpp>

#include "app/log_target.h"
#include "app/route_answers.h"
#include "slipway/base/error.h"

namespace slipway::app {
namespace {

using nlohmann::json;
using server::HttpRequest;
using server::HttpResponse;

constexpr const char* kUsage =
    R"(send {"arn": "<ARN or name of a service>", "containerPort": 1 to 65535 or nothing})";

struct Wish {
  LogQuestion question;
  std::optional<std::uint16_t> port;
};

std::string text_of(const json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// nullopt: it is not understood.
std::optional<Wish> read_wish(const std::string& text) {
  const json body = json::parse(text, nullptr, false);
  if (!body.is_object()) return std::nullopt;
  Wish wish;
  wish.question.target = text_of(body, "arn");
  wish.question.cluster = text_of(body, "cluster");
  wish.question.region = text_of(body, "region");
  if (wish.question.target.empty()) return std::nullopt;
  const auto port = body.find("containerPort");
  if (port == body.end()) return wish;
  if (!port->is_number_unsigned()) return std::nullopt;
  const auto number = port->get<std::uint64_t>();
  if (number < 1 || number > 65535) return std::nullopt;
  wish.port = static_cast<std::uint16_t>(number);
  return wish;
}

HttpResponse open_port(const ControlContext& context, const HttpRequest& request) {
  const auto wish = read_wish(request.body);
  if (!wish) return refusal(kUsage);
  try {
    const LogTarget target = find_log_target(context.store, wish->question);
    if (target.service.empty()) {
      return refusal("'" + wish->question.target +
                     "' is a task: only services have addresses that stay; "
                     "`slipway status` shows those of tasks");
    }
    if (context.service_ports == nullptr) {
      return refusal("containers of the simulated engine listen nowhere: there is nothing to connect to",
                     409);
    }
    const auto opened = context.service_ports->open(target.service_arn, wish->port);
    if (!opened) return refusal(opened.error().text, 409);
    return json_response(
        {{"address", opened->address}, {"port", opened->port}, {"containerPort", opened->container_port}});
  } catch (const AwsError& error) {
    return refusal(error.what(), error.status());
  }
}

async::Awaitable<HttpResponse> answer(ControlContext context, const HttpRequest& request) {
  co_return open_port(context, request);
}

}  // namespace

server::Route port_route(const ControlContext& context) {
  return {"POST", "/_slipway/ports",
          [context](const HttpRequest& request) { return answer(context, request); }};
}

}  // namespace slipway::app
