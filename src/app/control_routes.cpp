#include "app/control_routes.h"

#include <nlohmann/json.hpp>

#include "app/port_route.h"
#include "app/route_answers.h"
#include "app/why_route.h"
#include "slipway/base/version.h"

namespace slipway::app {
namespace {

using async::Awaitable;
using nlohmann::json;
using server::HttpRequest;
using server::HttpResponse;

StatusView status_view(const ControlContext& context) {
  StatusView view;
  view.published_at = user_address(context.standing, context.publish_address);
  if (context.service_ports != nullptr) view.service_ports = context.service_ports->list();
  return view;
}

json services_json() { return {{"ecs", "running"}, {"sts", "running"}, {"iam", "running"}}; }

json health_json(const ControlContext& context, Millis uptime, bool reachable) {
  return {{"status", "running"},
          {"version", kVersion},
          {"uptimeSeconds", static_cast<double>(uptime.count()) / 1000.0},
          {"serverId", context.store.server_id()},
          {"strict", context.strict},
          {"engine",
           {{"kind", context.engine_kind},
            {"id", context.engine_id},
            {"version", context.engine_version},
            {"reachable", reachable}}},
          {"tasks",
           {{"place", to_string(context.standing.place)},
            {"networks", context.networks},
            {"publishAddress", context.publish_address},
            {"endpoints", context.task_endpoints}}},
          {"services", services_json()}};
}

json clock_json(const async::SystemClock& clock) {
  const Now now = clock.now();
  return {{"controlTime", iso_time(now.control)}, {"realTime", iso_time(now.real)}, {"scale", clock.scale()}};
}

json warnings_json(const store::Model& model) {
  json list = json::array();
  for (const model::Warning& warning : model.warnings()) {
    list.push_back({{"account", warning.scope.account},
                    {"region", warning.scope.region},
                    {"kind", warning.kind},
                    {"resource", warning.resource},
                    {"text", warning.text},
                    {"firstAt", iso_time(warning.first_at)},
                    {"lastAt", iso_time(warning.last_at)},
                    {"count", warning.count}});
  }
  return {{"warnings", list}};
}

// Far enough for every deadline that ECS has.
constexpr double kMostAdvanceSeconds = 10.0 * 366 * 24 * 3600;

HttpResponse advance_clock(const ControlContext& context, const HttpRequest& request) {
  const json body = json::parse(request.body, nullptr, false);
  const auto wanted = body.is_object() ? body.find("advanceSeconds") : body.end();
  if (!body.is_object() || wanted == body.end() || !wanted->is_number()) {
    return json_response({{"message", R"(send {"advanceSeconds": N})"}}, 400);
  }
  const double seconds = wanted->get<double>();
  if (!(seconds >= 0 && seconds <= kMostAdvanceSeconds)) {
    return json_response(
        {{"message", "advanceSeconds is between 0 and 316224000: time never goes backwards"}}, 400);
  }
  const Millis span(static_cast<std::int64_t>(seconds * 1000));
  if (context.clock.now().control + span > async::SystemClock::kEnd) {
    return json_response({{"message", "advanceSeconds would go beyond 2200-01-01, where the clock ends"}},
                         400);
  }
  // Stored first: on a full disk the clock stays where it was.
  const async::ClockAnchor anchor = context.clock.anchor();
  context.store.save_clock_anchor({anchor.control + span, anchor.real});
  context.clock.advance(span);
  return json_response(clock_json(context.clock));
}

// The coroutines own what they look at: the routes are copied around.
Awaitable<HttpResponse> answer(std::function<HttpResponse(const HttpRequest&)> make,
                               const HttpRequest& request) {
  co_return make(request);
}

Awaitable<HttpResponse> answer_health(ControlContext context, Millis uptime) {
  const bool reachable = co_await context.engine_reachable();
  co_return json_response(health_json(context, uptime, reachable));
}

Awaitable<HttpResponse> answer_metrics(ControlContext context, Millis uptime) {
  const bool reachable = co_await context.engine_reachable();
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = metrics_text(context, uptime, reachable);
  co_return response;
}

Awaitable<HttpResponse> answer_reset(std::function<Awaitable<void>()> reset) {
  co_await reset();
  co_return json_response({{"status", "reset"}});
}

}  // namespace

std::vector<server::Route> control_routes(const ControlContext& context) {
  const TimePoint started = context.clock.now().real;
  const auto uptime = [context, started] { return context.clock.now().real - started; };
  std::vector<server::Route> routes;
  const auto add = [&routes](std::string method, std::string path,
                             std::function<HttpResponse(const HttpRequest&)> make) {
    routes.push_back(
        {std::move(method), std::move(path),
         [make = std::move(make)](const HttpRequest& request) { return answer(make, request); }});
  };
  add("GET", "/_localstack/health", [](const HttpRequest&) {
    return json_response({{"services", services_json()}, {"edition", "slipway"}, {"version", kVersion}});
  });
  add("GET", "/_slipway/clock",
      [context](const HttpRequest&) { return json_response(clock_json(context.clock)); });
  add("POST", "/_slipway/clock",
      [context](const HttpRequest& request) { return advance_clock(context, request); });
  add("GET", "/_slipway/warnings",
      [context](const HttpRequest&) { return json_response(warnings_json(context.store.model())); });
  add("GET", "/_slipway/status", [context](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = status_json(context.store.model(), status_view(context));
    return response;
  });
  routes.push_back({"GET", "/_slipway/health",
                    [context, uptime](const HttpRequest&) { return answer_health(context, uptime()); }});
  routes.push_back({"GET", "/_slipway/metrics",
                    [context, uptime](const HttpRequest&) { return answer_metrics(context, uptime()); }});
  routes.push_back(why_route(context));
  routes.push_back(port_route(context));
  const auto reset = [context](const HttpRequest&) { return answer_reset(context.reset); };
  routes.push_back({"POST", "/_slipway/reset", reset});
  routes.push_back({"POST", "/_localstack/state/reset", reset});
  return routes;
}

}  // namespace slipway::app
