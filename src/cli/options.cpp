#include "cli/options.h"

#include <charconv>

#include "slipway/app/environment.h"

namespace slipway::cli {

std::string default_endpoint() {
  for (const char* name : {"SLIPWAY_ENDPOINT", "AWS_ENDPOINT_URL"}) {
    if (std::string value = app::environment(name); !value.empty()) return value;
  }
  return "http://127.0.0.1:4566";
}

void add_endpoint_option(CLI::App& command, ClientOptions& options) {
  command.add_option("--endpoint", options.endpoint, "Where Slipway listens")
      ->type_name("URL")
      ->capture_default_str();
}

void add_client_options(CLI::App& command, ClientOptions& options) {
  add_endpoint_option(command, options);
  command.add_option("-o,--output", options.output, "How to print")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_engine_options(CLI::App& command, EngineOptions& options) {
  command
      .add_option("--docker-host", options.docker_host,
                  "Engine address (default: as the docker CLI finds it)")
      ->type_name("URL")
      ->envname("SLIPWAY_DOCKER_HOST");
  command.add_option("--docker-context", options.docker_context, "Docker context to use")
      ->type_name("NAME")
      ->envname("SLIPWAY_DOCKER_CONTEXT");
}

void add_scope_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--region", options.region, "Only this region (default: all)")->type_name("REGION");
  command.add_option("--cluster", options.cluster, "Only this cluster (default: all)")->type_name("NAME");
}

void add_place_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--region", options.region, "Region (default: the shell's, else the server's)")
      ->type_name("REGION");
  command.add_option("--cluster", options.cluster, "Cluster, where the file names none (default: default)")
      ->type_name("NAME");
}

void add_timeout_option(CLI::App& command, int& seconds, const std::string& help) {
  static constexpr int kMostSeconds = 86400;
  const auto check = [](const std::string& text) -> std::string {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool number = error == std::errc() && end == text.data() + text.size();
    return number && value >= 0 && value <= kMostSeconds
               ? ""
               : "'" + text + "' is not a number of seconds (0-86400)";
  };
  command.add_option("--timeout", seconds, help)
      ->check(CLI::Validator(check, "SECONDS"))
      ->capture_default_str();
}

}  // namespace slipway::cli
