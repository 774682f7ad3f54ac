// What the routes below /_slipway/ share: JSON answers and times. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "slipway/base/time.h"
#include "slipway/server/http.h"

namespace slipway::app {

server::HttpResponse json_response(const nlohmann::json& body, int status = 200);
// {"message": text}: a sentence that the command line shows as it is.
server::HttpResponse refusal(const std::string& text, int status = 400);

// "2026-11-22T12:03:40.123Z"
std::string iso_time(TimePoint time);

}  // namespace slipway::app
