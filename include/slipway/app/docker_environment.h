// What of the process's environment decides which engine is used, and where registry credentials are.
#pragma once

#include <string>

#include "slipway/runtime/docker_engine.h"

namespace slipway::app {

runtime::DockerEnvironment docker_environment(const std::string& docker_host_flag,
                                              const std::string& docker_context_flag);
// $DOCKER_CONFIG, else ~/.docker.
std::string docker_config_directory();

}  // namespace slipway::app
