// serve, start, stop: the server in the foreground and in the background.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/commands.h"
#include "cli/data_dir.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/wait.h"
#include "slipway/app/config.h"
#include "slipway/app/serve.h"

namespace slipway::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string local_endpoint(const app::Config& config) {
  auto [host, port] = app::listen_addresses(config).front();
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(port);
}

// The child of `start`: its own session, output to the log file, then this program again as `serve`.
[[noreturn]] void become_server(const std::vector<std::string>& arguments, const std::string& log_path) {
  setsid();
  const int null = open("/dev/null", O_RDONLY);
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (null < 0 || log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(126);
  std::vector<std::string> all{"slipway", "serve"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(all.size() + 1);
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv("/proc/self/exe", argv.data());
  _exit(127);
}

std::string last_bytes(const std::string& path, std::size_t bytes) {
  std::ifstream file(path, std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
  file.seekg(static_cast<std::streamoff>(size > bytes ? size - bytes : 0));
  return {std::istreambuf_iterator<char>(file), {}};
}

// The last line of a server that did not start says why.
std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

using Deadline = std::chrono::steady_clock::time_point;

// The ready server that `start` would start again, or 0. Waits for one that is about to be ready, or about to
// be gone (killed, its lock not yet released). An ephemeral one is told by where it listens: a data dir may
// have several.
pid_t running_already(const app::Config& config, const std::string& endpoint, Deadline deadline) {
  const std::string directory = app::data_directory(config);
  if (config.ephemeral) {
    const auto holders = ephemeral_holders(directory);
    return !holders.empty() && is_ready(endpoint) ? holders.front() : 0;
  }
  for (;;) {
    const pid_t holder = lock_holder(directory);
    if (holder == 0) return 0;
    if (is_ready(endpoint)) return holder;
    if (std::chrono::steady_clock::now() >= deadline) {
      std::string text = "process " + std::to_string(holder);
      text.append(" uses ").append(directory).append(", but nothing answers at ").append(endpoint);
      throw CommandError(text + ": end it with `slipway stop`, or name its address with --listen");
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

int start(const app::Config& config, const std::vector<std::string>& arguments, seconds timeout) {
  const std::string directory = app::data_directory(config);
  const std::string endpoint = local_endpoint(config);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  if (const pid_t holder = running_already(config, endpoint, deadline); holder != 0) {
    std::cout << "already running: pid " << holder << ", data dir " << directory << '\n';
    return 0;
  }
  std::filesystem::create_directories(directory);
  chmod(directory.c_str(), 0700);
  const std::string log_path = directory + "/serve.log";
  const auto log_start = std::filesystem::exists(log_path) ? std::filesystem::file_size(log_path) : 0;
  const pid_t child = fork();
  if (child < 0) throw CommandError("cannot start another process: is a limit on processes reached?");
  if (child == 0) become_server(arguments, log_path);
  for (;;) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) {
      const auto written = std::filesystem::file_size(log_path) - log_start;
      throw CommandError("the server did not start (its log is " + log_path +
                         "): " + last_line(last_bytes(log_path, std::min<std::size_t>(written, 4000))));
    }
    if (is_ready(endpoint)) break;
    if (std::chrono::steady_clock::now() >= deadline) {
      throw CommandError("pid " + std::to_string(child) + " is not ready within " +
                         std::to_string(timeout.count()) + " s; see " + log_path);
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  std::cout << "Slipway runs: " << endpoint << " (pid " << child << ", log " << log_path << ")\n";
  return 0;
}

// The server that `stop` means: the one that keeps its state there, else the only ephemeral one. 0: none.
pid_t server_to_stop(const std::string& directory) {
  if (const pid_t holder = lock_holder(directory); holder != 0) return holder;
  const auto ephemeral = ephemeral_holders(directory);
  if (ephemeral.size() > 1) {
    std::string pids;
    for (const pid_t pid : ephemeral) {
      pids += ' ';
      pids += std::to_string(pid);
    }
    throw CommandError("several ephemeral servers run with " + directory + "; end the right one: kill" +
                       pids);
  }
  return ephemeral.empty() ? 0 : ephemeral.front();
}

int stop(const app::Config& config, seconds timeout) {
  const std::string directory = app::data_directory(config);
  const pid_t holder = server_to_stop(directory);
  if (holder == 0) {
    std::cout << "not running (data dir " << directory << ")\n";
    return 0;
  }
  const bool ephemeral = lock_holder(directory) != holder;
  if (kill(holder, SIGTERM) != 0) {
    throw CommandError("cannot stop process " + std::to_string(holder) + ": is it another user's?");
  }
  const auto runs = [&directory, holder, ephemeral] {
    if (!ephemeral) return lock_holder(directory) == holder;
    const auto holders = ephemeral_holders(directory);
    return std::ranges::find(holders, holder) != holders.end();
  };
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (runs()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw CommandError("process " + std::to_string(holder) + " did not end within " +
                         std::to_string(timeout.count()) + " s; see " + directory + "/serve.log");
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  std::cout << (ephemeral ? "stopped; its containers are removed\n"
                          : "stopped; containers keep running and are adopted at the next start\n");
  return 0;
}

// What was given on the command line of `start`, as the command line of `serve`. Variables are inherited.
std::vector<std::string> serve_arguments(const std::vector<std::string>& given) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] == "--timeout") {
      ++i;
    } else if (!given[i].starts_with("--timeout=")) {
      arguments.push_back(given[i]);
    }
  }
  return arguments;
}

void add_serve(CLI::App& app, Action& action) {
  auto config = std::make_shared<app::Config>();
  auto* serve = app.add_subcommand("serve", "Run the server in the foreground");
  serve->footer(
      "Prints `Ready.` once requests are accepted. Each option can also be given as the variable in "
      "brackets;\n"
      "an option wins. SIGTERM leaves containers running: the next `slipway serve` adopts them. Ctrl-C does "
      "so\n"
      "too, a second one stops all tasks.\n");
  app::add_serve_options(*serve, *config);
  serve->callback([config, &action] { action = [config] { return app::serve(*config); }; });
}

void add_start(CLI::App& app, const std::vector<std::string>& given, Action& action) {
  auto config = std::make_shared<app::Config>();
  auto timeout = std::make_shared<int>(30);
  auto* start_command =
      app.add_subcommand("start", "Run the server in the background (takes the options of serve)");
  start_command->footer("Returns once the server is ready; does nothing when it runs already.\n");
  app::add_serve_options(*start_command, *config);
  add_timeout_option(*start_command, *timeout, "Seconds to wait until it is ready");
  start_command->callback([config, timeout, given, &action] {
    action = [config, timeout, arguments = serve_arguments(given)] {
      return start(*config, arguments, seconds(*timeout));
    };
  });
}

}  // namespace

void add_serve_commands(CLI::App& app, const std::vector<std::string>& arguments, Action& action) {
  add_serve(app, action);
  add_start(app, {arguments.begin() + std::min<std::ptrdiff_t>(1, std::ssize(arguments)), arguments.end()},
            action);

  auto* stop_command =
      app.add_subcommand("stop", "End the server of a data dir; its containers keep running");
  auto stop_config = std::make_shared<app::Config>();
  auto stop_timeout = std::make_shared<int>(30);
  stop_command
      ->add_option("--data-dir", stop_config->data_dir,
                   "Which server (default: that of the default data dir)")
      ->type_name("DIR")
      ->envname("SLIPWAY_DATA_DIR");
  add_timeout_option(*stop_command, *stop_timeout, "Seconds to wait until it has ended");
  stop_command->callback([stop_config, stop_timeout, &action] {
    action = [stop_config, stop_timeout] { return stop(*stop_config, seconds(*stop_timeout)); };
  });
}

}  // namespace slipway::cli
