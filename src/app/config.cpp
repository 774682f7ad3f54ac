#include "slipway/app/config.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "slipway/app/environment.h"

namespace slipway::app {
namespace {

bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string check_account(const std::string& text) {
  return text.size() == 12 && all_digits(text) ? "" : "an account id has 12 digits";
}

std::string check_listen(const std::string& text) {
  try {
    parse_listen(text);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string check_instance(const std::string& text) {
  try {
    parse_local_instance(text);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

void add_engine_options(CLI::App& command, Config& config) {
  static const std::map<std::string, EngineKind> kEngines{{"docker", EngineKind::Docker},
                                                          {"simulated", EngineKind::Simulated}};
  static const std::map<std::string, PullPolicy> kPolicies{
      {"missing", PullPolicy::Missing}, {"always", PullPolicy::Always}, {"never", PullPolicy::Never}};
  command.add_option("--engine", config.engine, "docker, or simulated: tasks run in process, without Docker")
      ->transform(CLI::CheckedTransformer(kEngines))
      ->envname("SLIPWAY_ENGINE");
  command.add_option("--docker-host", config.docker_host, "Engine address, as DOCKER_HOST takes it")
      ->envname("SLIPWAY_DOCKER_HOST");
  command.add_option("--docker-context", config.docker_context, "Docker context to use")
      ->envname("SLIPWAY_DOCKER_CONTEXT");
  command
      .add_option("--pull", config.pull, "When to pull images: missing (default), always (ECS's rule), never")
      ->transform(CLI::CheckedTransformer(kPolicies))
      ->envname("SLIPWAY_PULL");
  command.add_option("--network", config.networks, "Docker network that every task joins too (repeatable)")
      ->delimiter(',')
      ->envname("SLIPWAY_NETWORK");
  command
      .add_option("--publish-address", config.publish_address, "Address on which task ports are published")
      ->check(CLI::ValidIPV4)
      ->capture_default_str()
      ->envname("SLIPWAY_PUBLISH_ADDRESS");
  command
      .add_option("--local-instance", config.local_instance,
                  "Size of the local stand-in instance: cpu=N,memory=M (CPU units, MiB)")
      ->check(CLI::Validator(check_instance, "cpu=N,memory=M"))
      ->envname("SLIPWAY_LOCAL_INSTANCE");
}

void add_log_options(CLI::App& command, Config& config) {
  static const std::map<std::string, LogLevel> kLevels{{"debug", LogLevel::Debug},
                                                       {"info", LogLevel::Info},
                                                       {"warn", LogLevel::Warn},
                                                       {"error", LogLevel::Error}};
  static const std::map<std::string, LogFormat> kFormats{{"text", LogFormat::Text},
                                                         {"json", LogFormat::Json}};
  command.add_option("--log-level", config.log_level, "debug, info (default), warn, error")
      ->transform(CLI::CheckedTransformer(kLevels))
      ->envname("SLIPWAY_LOG_LEVEL");
  command.add_option("--log-format", config.log_format, "text (default), json")
      ->transform(CLI::CheckedTransformer(kFormats))
      ->envname("SLIPWAY_LOG_FORMAT");
}

}  // namespace

void add_serve_options(CLI::App& command, Config& config) {
  command
      .add_option("--listen", config.listen, "HOST:PORT to listen on (repeatable; default 127.0.0.1:4566)")
      ->delimiter(',')
      ->check(CLI::Validator(check_listen, "HOST:PORT"))
      ->envname("SLIPWAY_LISTEN");
  command
      .add_option("--data-dir", config.data_dir, "Where the state is kept (default $XDG_DATA_HOME/slipway)")
      ->envname("SLIPWAY_DATA_DIR");
  command
      .add_flag("--ephemeral", config.ephemeral, "Keep the state in memory; remove the containers at exit")
      ->envname("SLIPWAY_EPHEMERAL");
  add_engine_options(command, config);
  command.add_option("--region", config.region, "Region of requests that name none")
      ->capture_default_str()
      ->envname("SLIPWAY_REGION");
  command.add_option("--account-id", config.account_id, "Account of requests whose access key is not one")
      ->check(CLI::Validator(check_account, "12 digits"))
      ->capture_default_str()
      ->envname("SLIPWAY_ACCOUNT_ID");
  command.add_flag("--strict", config.strict, "Errors as on AWS where the default helps out")
      ->envname("SLIPWAY_STRICT");
  command.add_option("--time-scale", config.time_scale, "Speed of control time")
      ->check(CLI::Range(0.001, 100000.0))
      ->capture_default_str()
      ->envname("SLIPWAY_TIME_SCALE");
  command
      .add_option("--allow-host", config.allow_hosts,
                  "Host header to accept beside the local ones (repeatable)")
      ->delimiter(',')
      ->envname("SLIPWAY_ALLOW_HOST");
  command
      .add_option("--allow-origin", config.allow_origins,
                  "Origin of web pages that may call the API (repeatable)")
      ->delimiter(',')
      ->envname("SLIPWAY_ALLOW_ORIGIN");
  add_log_options(command, config);
}

std::string data_directory(const Config& config) {
  if (!config.data_dir.empty()) return std::filesystem::absolute(config.data_dir).lexically_normal().string();
  if (const std::string base = environment("XDG_DATA_HOME"); !base.empty()) return base + "/slipway";
  if (const std::string home = environment("HOME"); !home.empty()) return home + "/.local/share/slipway";
  throw std::runtime_error("neither $HOME nor $XDG_DATA_HOME is set: name a directory with --data-dir");
}

std::pair<std::string, std::uint16_t> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  std::string host = colon == std::string::npos ? "" : text.substr(0, colon);
  const std::string port_text = colon == std::string::npos ? text : text.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "localhost") host = "127.0.0.1";
  unsigned port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size() || port > 65535) {
    throw std::runtime_error("'" + text + "' is not HOST:PORT");
  }
  return {host, static_cast<std::uint16_t>(port)};
}

std::vector<std::pair<std::string, std::uint16_t>> listen_addresses(const Config& config) {
  std::vector<std::string> wanted = config.listen;
  if (wanted.empty()) {
    // LocalStack's name for the same thing.
    std::string gateway = environment("GATEWAY_LISTEN");
    while (!gateway.empty()) {
      const auto comma = gateway.find(',');
      wanted.push_back(gateway.substr(0, comma));
      gateway = comma == std::string::npos ? "" : gateway.substr(comma + 1);
    }
  }
  if (wanted.empty()) wanted.push_back("127.0.0.1:4566");
  std::vector<std::pair<std::string, std::uint16_t>> addresses;
  for (const std::string& text : wanted) addresses.push_back(parse_listen(text));
  return addresses;
}

InstanceSize parse_local_instance(const std::string& text) {
  InstanceSize size;
  std::string rest = text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string part = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const auto equals = part.find('=');
    const std::string name = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (!all_digits(value) || value.size() > 9 || (name != "cpu" && name != "memory")) {
      throw std::runtime_error("'" + text + "' is not cpu=N,memory=M");
    }
    (name == "cpu" ? size.cpu_units : size.memory_mib) = std::stoll(value);
  }
  return size;
}

}  // namespace slipway::app
