// What `slipway serve` was asked to do: built once from flags and SLIPWAY_* variables (a flag wins),
// validated, passed down as values. See contract.md for the meaning of each option.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "slipway/base/log.h"

namespace CLI {
class App;
}

namespace slipway::app {

enum class EngineKind { Docker, Simulated };
enum class PullPolicy { Missing, Always, Never };

struct Config {
  std::vector<std::string> listen;  // "HOST:PORT"; empty: 127.0.0.1:4566
  std::string data_dir;             // empty: $XDG_DATA_HOME/slipway, else ~/.local/share/slipway
  bool ephemeral = false;
  EngineKind engine = EngineKind::Docker;
  std::string docker_host, docker_context;
  PullPolicy pull = PullPolicy::Missing;
  std::vector<std::string> networks;
  std::string publish_address = "127.0.0.1";
  std::string local_instance;  // "cpu=N,memory=M", as given
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  bool strict = false;
  double time_scale = 1;
  std::vector<std::string> allow_hosts, allow_origins;
  LogLevel log_level = LogLevel::Info;
  LogFormat log_format = LogFormat::Text;
};

// Adds the options of `serve` to a command; parsing fills `config`, which must outlive it.
void add_serve_options(CLI::App& command, Config& config);

// The data dir to use: `config.data_dir` or its default. Throws std::runtime_error without $HOME and
// --data-dir.
std::string data_directory(const Config& config);

// How a data dir is named on the objects of its server (label dev.slipway.data-dir): with the machine or
// container that it is in, since an engine may be shared and the same path may mean another directory there.
std::string data_dir_label(const std::string& directory);

// "HOST:PORT" or "[v6]:PORT" or ":PORT" or "PORT" into its parts. Throws std::runtime_error naming the
// option.
std::pair<std::string, std::uint16_t> parse_listen(const std::string& text);
// All addresses to listen on, the default included.
std::vector<std::pair<std::string, std::uint16_t>> listen_addresses(const Config& config);

// --local-instance: CPU units and MiB where given. Throws std::runtime_error naming the option.
struct InstanceSize {
  std::optional<std::int64_t> cpu_units;
  std::optional<std::int64_t> memory_mib;
};
InstanceSize parse_local_instance(const std::string& text);

}  // namespace slipway::app
