// The process's environment; read in app and cli only (style.md 4.4).
#pragma once

#include <string>

namespace slipway::app {

// $NAME, or empty.
std::string environment(const char* name);

}  // namespace slipway::app
