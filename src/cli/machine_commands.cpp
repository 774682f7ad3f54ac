// reset, down, prune, version: what changes the server's state or the machine's. (doctor has its own file.)
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/ecs_client.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/prune.h"
#include "slipway/base/version.h"

namespace slipway::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Asks on a terminal; without one only --yes confirms.
bool confirmed(const std::string& question, bool yes) {
  if (yes) return true;
  if (isatty(STDIN_FILENO) == 0) throw CommandError("this needs --yes when there is no terminal to ask on");
  std::cout << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

int reset(const ClientOptions& options, bool yes) {
  if (!confirmed("Remove all containers of the Slipway at " + options.endpoint + " and empty its state?",
                 yes)) {
    throw CommandError("nothing was removed; answer y, or give --yes");
  }
  fetch(options.endpoint,
        {.method = "POST", .path = "/_slipway/reset", .headers = {}, .body = {}, .timeout = seconds(300)});
  std::cout << "reset: no containers, no state\n";
  return 0;
}

json state_of(const ClientOptions& options) {
  json state = fetch_json(options.endpoint, {.path = "/_slipway/status", .headers = {}, .body = {}});
  const std::string cluster = options.cluster_name();
  const auto is_it = [&cluster](const json& item) { return item.at("name") == cluster; };
  if (!cluster.empty() && std::ranges::none_of(state.at("clusters"), is_it)) {
    throw CommandError("there is no cluster '" + options.cluster + "'; `slipway status` lists all");
  }
  return state;
}

bool is_meant(const json& item, const ClientOptions& options) {
  return (options.region.empty() || item.at("region") == options.region) &&
         (options.cluster.empty() || item.at("cluster") == options.cluster_name());
}

EcsClient client_for(const json& item, const ClientOptions& options) {
  return {options.endpoint, item.at("account").get<std::string>(), item.at("region").get<std::string>()};
}

std::vector<json> unstopped_tasks(const ClientOptions& options) {
  const json state = state_of(options);
  std::vector<json> tasks;
  for (const json& task : state.at("tasks")) {
    if (is_meant(task, options) && task.at("lastStatus") != "STOPPED") tasks.push_back(task);
  }
  return tasks;
}

// A service would replace the tasks that stop.
void scale_to_zero(const ClientOptions& options) {
  const json state = state_of(options);
  for (const json& service : state.at("services")) {
    if (!is_meant(service, options) || service.at("status") != "ACTIVE" || service.at("desiredCount") == 0)
      continue;
    client_for(service, options)
        .call("UpdateService",
              {{"cluster", service.at("cluster")}, {"service", service.at("name")}, {"desiredCount", 0}});
    std::cout << "service " << service.at("name").get<std::string>() << " scaled from "
              << service.at("desiredCount") << " to 0\n";
  }
}

int down(const ClientOptions& options, seconds timeout) {
  // Those of services too, which may have ended before they are asked to.
  const auto tasks = unstopped_tasks(options);
  scale_to_zero(options);
  for (const json& task : tasks) {
    client_for(task, options)
        .call("StopTask",
              {{"cluster", task.at("cluster")}, {"task", task.at("arn")}, {"reason", "slipway down"}});
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (std::size_t left = tasks.size(); left > 0; left = unstopped_tasks(options).size()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw CommandError(std::to_string(left) + " tasks are still stopping after " +
                         std::to_string(timeout.count()) + " s; see `slipway status`");
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
  std::cout << "stopped " << tasks.size() << (tasks.size() == 1 ? " task" : " tasks")
            << "; the state is kept\n";
  return 0;
}

int version(const ClientOptions& options) {
  if (options.json()) {
    std::cout << json{{"version", kVersion}}.dump() << '\n';
  } else {
    std::cout << "slipway " << kVersion << '\n';
  }
  return 0;
}

void add_reset_and_down(CLI::App& app, Action& action) {
  auto reset_options = std::make_shared<ClientOptions>();
  auto yes = std::make_shared<bool>(false);
  auto* reset_command =
      app.add_subcommand("reset", "Remove every container of the server and empty its state");
  add_endpoint_option(*reset_command, *reset_options);
  reset_command->add_flag("--yes", *yes, "Do not ask");
  reset_command->callback([=, &action] { action = [=] { return reset(*reset_options, *yes); }; });

  auto down_options = std::make_shared<ClientOptions>();
  auto timeout = std::make_shared<int>(180);
  auto* down_command = app.add_subcommand("down", "Stop all tasks and wait for them; keeps the state");
  add_endpoint_option(*down_command, *down_options);
  add_scope_options(*down_command, *down_options);
  add_timeout_option(*down_command, *timeout, "Seconds to wait");
  down_command->callback([=, &action] { action = [=] { return down(*down_options, seconds(*timeout)); }; });
}

}  // namespace

void add_machine_commands(CLI::App& app, Action& action) {
  add_reset_and_down(app, action);

  auto prune_options = std::make_shared<PruneOptions>();
  auto* prune_command = app.add_subcommand(
      "prune", "Remove containers, networks, volumes and cgroups of Slipways that are gone");
  prune_command->add_flag("--yes", prune_options->yes, "Remove them (default: only list them)");
  add_engine_options(*prune_command, prune_options->engine);
  prune_command->callback([=, &action] { action = [=] { return prune(*prune_options); }; });

  auto doctor_options = std::make_shared<DoctorOptions>();
  auto* doctor_command =
      app.add_subcommand("doctor", "Check what Slipway needs of this machine; say how to mend what fails");
  add_client_options(*doctor_command, doctor_options->client);
  doctor_command->add_option("--data-dir", doctor_options->data_dir, "Data dir to check")
      ->type_name("DIR")
      ->envname("SLIPWAY_DATA_DIR");
  doctor_command
      ->add_option("--network", doctor_options->networks, "Docker network that tasks join, as in `serve`")
      ->type_name("NAME")
      ->delimiter(',')
      ->envname("SLIPWAY_NETWORK");
  doctor_command
      ->add_option("--publish-address", doctor_options->publish_address,
                   "Address on which task ports are published, as in `serve`")
      ->type_name("IP")
      ->envname("SLIPWAY_PUBLISH_ADDRESS");
  doctor_command->add_flag("!--no-probe", doctor_options->probe,
                           "Start no containers to prove who reaches whom");
  add_engine_options(*doctor_command, doctor_options->engine);
  doctor_command->callback([=, &action] { action = [=] { return doctor(*doctor_options); }; });

  auto version_options = std::make_shared<ClientOptions>();
  auto* version_command = app.add_subcommand("version", "Print the version");
  version_command->add_option("-o,--output", version_options->output, "How to print")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  version_command->callback([=, &action] { action = [=] { return version(*version_options); }; });
}

}  // namespace slipway::cli
