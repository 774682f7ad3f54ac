#include "cli/options.h"

#include "slipway/app/environment.h"

namespace slipway::cli {

std::string default_endpoint() {
  for (const char* name : {"SLIPWAY_ENDPOINT", "AWS_ENDPOINT_URL"}) {
    if (std::string value = app::environment(name); !value.empty()) return value;
  }
  return "http://127.0.0.1:4566";
}

void add_client_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--endpoint", options.endpoint, "Where Slipway listens")->capture_default_str();
  command.add_option("-o,--output", options.output, "How to print")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_scope_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--region", options.region, "Only this region (default: all)");
  command.add_option("--cluster", options.cluster, "Only this cluster (default: all)");
}

}  // namespace slipway::cli
