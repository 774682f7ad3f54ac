// The Docker Engine over its HTTP API: unix socket, tcp or TLS. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "slipway/base/log.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime {

// Where an engine is. `url`: unix:///path, tcp://host:port, http://…, https://….
struct DockerEndpoint {
  std::string url;
  bool tls = false;
  bool verify = true;
  std::string ca_file, certificate_file, key_file;
  std::string
      source;  // how it was found, for messages: "--docker-host", "DOCKER_HOST", "context foo", "default"
};

// What the docker CLI looks at. Empty strings: not set.
struct DockerEnvironment {
  std::string docker_host_flag, docker_context_flag;  // --docker-host, --docker-context
  std::string docker_host, docker_context, docker_tls_verify, docker_cert_path, docker_config, home;
};

// As the docker CLI resolves it: flag, DOCKER_HOST, DOCKER_CONTEXT, currentContext of config.json, the
// default socket. Reads the context's files. Throws std::runtime_error with a text that says what to do.
DockerEndpoint resolve_docker_endpoint(const DockerEnvironment& environment);

// `config_directory`: where config.json with the registry credentials is (~/.docker); may not exist.
std::unique_ptr<Engine> make_docker_engine(const boost::asio::any_io_executor& executor, async::Clock& clock,
                                           Log& log, DockerEndpoint endpoint, std::string config_directory);

}  // namespace slipway::runtime
