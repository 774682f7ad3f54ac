// GET /_slipway/logs: what containers print, as lines of JSON.
//
//   arn        ARN of a task or a service, name of a service, id of a task or its beginning
//   cluster, region   narrow a name down
//   container  only this one
//   since      "10m", "1h", or a time as RFC 3339; tail: the last N lines of each container
//   follow     1: also what comes, until the task has ended, or the service is gone
//
// The header X-Slipway-Log-Sources says "one" or "several": whether lines of several containers may come. See
// log_lines.h for the lines. Control thread only.
#pragma once

#include <functional>
#include <vector>

#include "app/log_session.h"
#include "slipway/server/http.h"

namespace slipway::app {

// `now` is what spans of `since` count from: the clock by which the engine writes its times. References in
// `context` outlive the routes.
std::vector<server::Route> log_routes(const LogContext& context, std::function<TimePoint()> now);

}  // namespace slipway::app
