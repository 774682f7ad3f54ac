#include "slipway/app/docker_environment.h"

#include "slipway/app/environment.h"

namespace slipway::app {
runtime::DockerEnvironment docker_environment(const std::string& docker_host_flag,
                                              const std::string& docker_context_flag) {
  runtime::DockerEnvironment found;
  found.docker_host_flag = docker_host_flag;
  found.docker_context_flag = docker_context_flag;
  found.docker_host = environment("DOCKER_HOST");
  found.docker_context = environment("DOCKER_CONTEXT");
  found.docker_tls_verify = environment("DOCKER_TLS_VERIFY");
  found.docker_cert_path = environment("DOCKER_CERT_PATH");
  found.docker_config = environment("DOCKER_CONFIG");
  found.home = environment("HOME");
  return found;
}

std::string docker_config_directory() {
  if (std::string directory = environment("DOCKER_CONFIG"); !directory.empty()) return directory;
  return environment("HOME") + "/.docker";
}

}  // namespace slipway::app
