#include "slipway/app/environment.h"

#include <cstdlib>

namespace slipway::app {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace slipway::app
