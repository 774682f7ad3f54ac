// serve, start, stop: the server in the foreground and in the background.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/wait.h"
#include "slipway/app/config.h"
#include "slipway/app/serve.h"

namespace slipway::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The process that holds the data dir's lock, or 0.
pid_t lock_holder(const std::string& directory) {
  const int file = open((directory + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const bool held = flock(file, LOCK_EX | LOCK_NB) != 0;
  close(file);
  if (!held) return 0;
  std::ifstream text(directory + "/lock");
  pid_t pid = 0;
  text >> pid;
  return pid;
}

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
  std::vector<char*> argv;
  std::vector<std::string> all{"slipway", "serve"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv("/proc/self/exe", argv.data());
  _exit(127);
}

std::string last_lines(const std::string& path, std::size_t bytes) {
  std::ifstream file(path, std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
  file.seekg(static_cast<std::streamoff>(size > bytes ? size - bytes : 0));
  return {std::istreambuf_iterator<char>(file), {}};
}

int start(const app::Config& config, const std::vector<std::string>& arguments, seconds timeout) {
  const std::string directory = app::data_directory(config);
  const std::string endpoint = local_endpoint(config);
  if (const pid_t holder = lock_holder(directory); holder != 0) {
    std::cout << "already running: pid " << holder << ", data dir " << directory << '\n';
    return 0;
  }
  std::filesystem::create_directories(directory);
  chmod(directory.c_str(), 0700);
  const std::string log_path = directory + "/serve.log";
  const auto log_start = std::filesystem::exists(log_path) ? std::filesystem::file_size(log_path) : 0;
  const pid_t child = fork();
  if (child < 0) throw CommandError("cannot start another process");
  if (child == 0) become_server(arguments, log_path);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (is_ready(endpoint)) {
      std::cout << "Slipway runs: " << endpoint << " (pid " << child << ", log " << log_path << ")\n";
      return 0;
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) {
      const auto written = std::filesystem::file_size(log_path) - log_start;
      std::cerr << last_lines(log_path, std::min<std::size_t>(written, 2000));
      throw CommandError("the server did not start; its log is " + log_path);
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  throw CommandError("not ready within " + std::to_string(timeout.count()) + " s; see " + log_path);
}

int stop(const app::Config& config, seconds timeout) {
  const std::string directory = app::data_directory(config);
  const pid_t holder = lock_holder(directory);
  if (holder == 0) {
    std::cout << "not running (data dir " << directory << ")\n";
    return 0;
  }
  if (kill(holder, SIGTERM) != 0) {
    throw CommandError("cannot stop process " + std::to_string(holder) + ": is it another user's?");
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (lock_holder(directory) == holder) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw CommandError("process " + std::to_string(holder) + " did not end within " +
                         std::to_string(timeout.count()) + " s");
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  std::cout << "stopped; containers keep running and are adopted at the next start\n";
  return 0;
}

}  // namespace

void add_serve_commands(CLI::App& app, Action& action) {
  auto config = std::make_shared<app::Config>();
  auto* serve = app.add_subcommand("serve", "Run the server in the foreground");
  app::add_serve_options(*serve, *config);
  serve->callback([config, &action] { action = [config] { return app::serve(*config); }; });

  auto timeout = std::make_shared<int>(30);
  auto* start_command =
      app.add_subcommand("start", "Run the server in the background (takes the options of serve)");
  auto start_config = std::make_shared<app::Config>();
  app::add_serve_options(*start_command, *start_config);
  start_command->add_option("--timeout", *timeout, "Seconds to wait until it is ready")
      ->capture_default_str();
  start_command->callback([start_config, timeout, start_command, &action] {
    std::vector<std::string> arguments;
    for (const CLI::Option* option : start_command->get_options()) {
      if (option->count() == 0 || option->get_name() == "--timeout" || option->get_name() == "--help")
        continue;
      if (option->get_items_expected_max() == 0) {
        arguments.push_back(option->get_name() + "=" + option->as<std::string>());
        continue;
      }
      for (const std::string& value : option->results())
        arguments.push_back(option->get_name() + "=" + value);
    }
    action = [start_config, arguments, timeout] {
      return start(*start_config, arguments, seconds(*timeout));
    };
  });

  auto* stop_command =
      app.add_subcommand("stop", "End the server of a data dir; its containers keep running");
  auto stop_config = std::make_shared<app::Config>();
  auto stop_timeout = std::make_shared<int>(30);
  stop_command
      ->add_option("--data-dir", stop_config->data_dir,
                   "Which server (default: that of the default data dir)")
      ->envname("SLIPWAY_DATA_DIR");
  stop_command->add_option("--timeout", *stop_timeout, "Seconds to wait until it has ended")
      ->capture_default_str();
  stop_command->callback([stop_config, stop_timeout, &action] {
    action = [stop_config, stop_timeout] { return stop(*stop_config, seconds(*stop_timeout)); };
  });
}

}  // namespace slipway::cli
