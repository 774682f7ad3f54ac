// Cross-origin answers for the web pages that BrowserPolicy lets in. Pure, any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "slipway/server/http_server.h"

namespace slipway::server {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// An OPTIONS request by which a browser asks whether it may send another one.
bool is_preflight(const BrowserHeaders& headers);

// What lets a page of `origin`, which has passed refuse_browser, read the answer. Nothing without an Origin.
HeaderList cors_headers(std::string_view origin);

// The answer to a preflight. `requested_headers` is its Access-Control-Request-Headers.
HttpResponse preflight_answer(std::string_view requested_headers);

}  // namespace slipway::server
