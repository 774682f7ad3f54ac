// What every client command takes, and where it comes from: --endpoint, else $SLIPWAY_ENDPOINT, else
// $AWS_ENDPOINT_URL, else http://127.0.0.1:4566 (contract.md).
#pragma once

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>

namespace slipway::cli {

// What the environment names, else the default.
std::string default_endpoint();

struct ClientOptions {
  std::string endpoint = default_endpoint();
  std::string region;
  std::string cluster;
  std::string output = "text";
  bool json() const { return output == "json"; }
  // `cluster` may be an ARN.
  std::string cluster_name() const { return cluster.substr(cluster.rfind('/') + 1); }
};

// The container engine, for commands that look at it themselves.
struct EngineOptions {
  std::string docker_host, docker_context;
};

// A failed command: one line that says what to do; exit code 1.
class CommandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Adds --endpoint.
void add_endpoint_option(CLI::App& command, ClientOptions& options);
// Adds --endpoint and -o/--output.
void add_client_options(CLI::App& command, ClientOptions& options);
// Adds --region and --cluster.
void add_scope_options(CLI::App& command, ClientOptions& options);
// The same for commands that work in one of each.
void add_place_options(CLI::App& command, ClientOptions& options);
// Adds --docker-host and --docker-context.
void add_engine_options(CLI::App& command, EngineOptions& options);
// Adds --timeout, in seconds.
void add_timeout_option(CLI::App& command, int& seconds, const std::string& help);

}  // namespace slipway::cli
