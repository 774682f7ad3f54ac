#include "slipway/app/config.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "slipway/app/environment.h"

namespace slipway::app {
namespace {

constexpr double kLeastTimeScale = 0.001;
constexpr double kMostTimeScale = 100000;

bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string check_account(const std::string& text) {
  return text.size() == 12 && all_digits(text) ? "" : "'" + text + "' is not an account id: 12 digits";
}

std::string check_address(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 ? "" : "'" + text + "' is not an IPv4 address";
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

std::string check_time_scale(const std::string& text) {
  double scale = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
  const bool number = error == std::errc() && end == text.data() + text.size();
  return number && scale >= kLeastTimeScale && scale <= kMostTimeScale
             ? ""
             : "'" + text + "' is not a number from 0.001 to 100000";
}

// An option that takes one of a few words.
template <class Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Enum& value,
                        const std::map<std::string, Enum>& words, const std::string& help) {
  std::vector<std::string> known;
  known.reserve(words.size());
  for (const auto& entry : words) known.push_back(entry.first);
  const auto choose = [&value, words](const std::string& word) { value = words.at(word); };
  return command.add_option_function<std::string>(name, choose, help)->check(CLI::IsMember(known));
}

void add_engine_options(CLI::App& command, Config& config) {
  static const std::map<std::string, EngineKind> kEngines{{"docker", EngineKind::Docker},
                                                          {"simulated", EngineKind::Simulated}};
  static const std::map<std::string, PullPolicy> kPolicies{
      {"missing", PullPolicy::Missing}, {"always", PullPolicy::Always}, {"never", PullPolicy::Never}};
  command.option_defaults()->group("Containers");
  add_choice(command, "--engine", config.engine, kEngines,
             "docker (default), or simulated: tasks run in process, without Docker")
      ->envname("SLIPWAY_ENGINE");
  command
      .add_option("--docker-host", config.docker_host, "Engine address (default: as the docker CLI finds it)")
      ->type_name("URL")
      ->envname("SLIPWAY_DOCKER_HOST");
  command.add_option("--docker-context", config.docker_context, "Docker context to use")
      ->type_name("NAME")
      ->envname("SLIPWAY_DOCKER_CONTEXT");
  add_choice(command, "--pull", config.pull, kPolicies,
             "When to pull images: missing (default), always (ECS's rule), never")
      ->envname("SLIPWAY_PULL");
  command.add_option("--network", config.networks, "Docker network that every task joins too (repeatable)")
      ->type_name("NAME")
      ->delimiter(',')
      ->envname("SLIPWAY_NETWORK");
  command
      .add_option("--publish-address", config.publish_address, "Address on which task ports are published")
      ->check(CLI::Validator(check_address, "IP"))
      ->capture_default_str()
      ->envname("SLIPWAY_PUBLISH_ADDRESS");
  command
      .add_option("--local-instance", config.local_instance,
                  "Size of the local stand-in instance in CPU units and MiB (default: the machine's)")
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
  command.option_defaults()->group("Log");
  add_choice(command, "--log-level", config.log_level, kLevels, "debug, info (default), warn, error")
      ->envname("SLIPWAY_LOG_LEVEL");
  add_choice(command, "--log-format", config.log_format, kFormats, "text (default), json")
      ->envname("SLIPWAY_LOG_FORMAT");
}

}  // namespace

void add_serve_options(CLI::App& command, Config& config) {
  command.add_option("--listen", config.listen, "Where to listen (repeatable; default 127.0.0.1:4566)")
      ->delimiter(',')
      ->check(CLI::Validator(check_listen, "HOST:PORT"))
      ->envname("SLIPWAY_LISTEN");
  command
      .add_option("--data-dir", config.data_dir, "Where the state is kept (default $XDG_DATA_HOME/slipway)")
      ->type_name("DIR")
      ->envname("SLIPWAY_DATA_DIR");
  command
      .add_flag("--ephemeral", config.ephemeral, "Keep the state in memory; remove the containers at exit")
      ->envname("SLIPWAY_EPHEMERAL");
  add_engine_options(command, config);
  command.option_defaults()->group("AWS");
  command.add_option("--region", config.region, "Region of requests that name none")
      ->type_name("REGION")
      ->capture_default_str()
      ->envname("SLIPWAY_REGION");
  command.add_option("--account-id", config.account_id, "Account of requests whose access key is not one")
      ->check(CLI::Validator(check_account, "ACCOUNT"))
      ->capture_default_str()
      ->envname("SLIPWAY_ACCOUNT_ID");
  command.add_flag("--strict", config.strict, "Errors as on AWS where the default helps out")
      ->envname("SLIPWAY_STRICT");
  command
      .add_option("--time-scale", config.time_scale,
                  "Speed of control time (timestamps, retention): 20 is 20 times as fast")
      ->check(CLI::Validator(check_time_scale, "X"))
      ->capture_default_str()
      ->envname("SLIPWAY_TIME_SCALE");
  command.option_defaults()->group("Browsers");
  command
      .add_option("--allow-host", config.allow_hosts,
                  "Host header to accept beside the local ones (repeatable)")
      ->type_name("HOST")
      ->delimiter(',')
      ->envname("SLIPWAY_ALLOW_HOST");
  command
      .add_option("--allow-origin", config.allow_origins,
                  "Origin of web pages that may call the API (repeatable)")
      ->type_name("ORIGIN")
      ->delimiter(',')
      ->envname("SLIPWAY_ALLOW_ORIGIN");
  add_log_options(command, config);
  command.option_defaults()->group("Options");
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
  std::vector<std::pair<std::string, std::uint16_t>> addresses;
  addresses.reserve(config.listen.size() + 1);
  for (const std::string& text : config.listen) addresses.push_back(parse_listen(text));
  if (!addresses.empty()) return addresses;
  // LocalStack's name for the same thing.
  for (const std::string& text : CLI::detail::split(environment("GATEWAY_LISTEN"), ',')) {
    if (text.empty()) continue;
    try {
      addresses.push_back(parse_listen(text));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(std::string("GATEWAY_LISTEN: ") + error.what());
    }
  }
  if (addresses.empty()) addresses.emplace_back("127.0.0.1", std::uint16_t{4566});
  return addresses;
}

std::string data_dir_label(const std::string& directory) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::error_code ignored;
  const bool container = std::filesystem::exists("/.dockerenv", ignored) ||
                         std::filesystem::exists("/run/.containerenv", ignored);
  return std::string(container ? "container " : "") + host.data() + ":" + directory;
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
    if (!all_digits(value) || (name != "cpu" && name != "memory")) {
      throw std::runtime_error("'" + text + "' is not cpu=N,memory=M");
    }
    if (value.size() > 9) {
      std::string problem = "the " + name + " of '" + text + "' is too large: at most 9 digits ";
      problem += name == "cpu" ? "(1024 units are one CPU)" : "(in MiB)";
      throw std::runtime_error(problem);
    }
    (name == "cpu" ? size.cpu_units : size.memory_mib) = std::stoll(value);
  }
  return size;
}

}  // namespace slipway::app
