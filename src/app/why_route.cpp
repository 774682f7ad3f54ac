#include "app/why_route.h"

#include <nlohmann/json.hpp>

#include "app/log_target.h"
#include "app/route_answers.h"
#include "slipway/base/error.h"
#include "slipway/protocol/codec.h"

namespace slipway::app {
namespace {

using server::HttpRequest;
using server::HttpResponse;

HttpResponse why(const ControlContext& context, const HttpRequest& request) {
  LogQuestion question;
  question.target = protocol::form_value(request.query(), "arn");
  question.cluster = protocol::form_value(request.query(), "cluster");
  question.region = protocol::form_value(request.query(), "region");
  if (question.target.empty())
    return refusal("say of what: arn= takes the ARN or name of a service, or the ARN or id of a task");
  try {
    const LogTarget target = find_log_target(context.store, question);
    const Now now = context.clock.now();
    const store::Model& model = context.store.model();
    if (const auto task = context.store.find_task(target.task_arn)) {
      return json_response(why_task(model, *task, context.why, now));
    }
    const auto service = model.find_service(target.service_arn);
    if (!service) return refusal("service '" + target.service + "' is gone; only tasks of it are left", 404);
    return json_response(why_service(model, *service, context.why, now));
  } catch (const AwsError& error) {
    return refusal(error.what(), error.status());
  }
}

async::Awaitable<HttpResponse> answer(ControlContext context, const HttpRequest& request) {
  co_return why(context, request);
}

}  // namespace

server::Route why_route(const ControlContext& context) {
  return {"GET", "/_slipway/why", [context](const HttpRequest& request) { return answer(context, request); }};
}

}  // namespace slipway::app
