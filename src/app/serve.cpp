#include "slipway/app/serve.h"

#include "app/program.h"

namespace slipway::app {

int serve(const Config& config) {
  Program program(config);
  return program.run();
}

}  // namespace slipway::app
