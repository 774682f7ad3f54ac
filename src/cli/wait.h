// Whether a server answers.
#pragma once

#include <string>

namespace slipway::cli {

// The health route of `endpoint` answers 200.
bool is_ready(const std::string& endpoint);

}  // namespace slipway::cli
