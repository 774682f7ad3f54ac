// wait, health, status: what a server says of itself.
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/wait.h"

namespace slipway::cli {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

int wait_until_ready(const ClientOptions& options, seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!is_ready(options.endpoint)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw CommandError("nothing is ready at " + options.endpoint + " after " +
                         std::to_string(timeout.count()) + " s; start Slipway with `slipway start`");
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
  return 0;
}

int health(const ClientOptions& options) {
  const json state = fetch_json(options.endpoint, {.path = "/_slipway/health", .headers = {}, .body = {}});
  const json& engine = state.at("engine");
  const bool reachable = engine.at("reachable").get<bool>();
  if (options.json()) {
    std::cout << state.dump() << '\n';
    return reachable ? 0 : 1;
  }
  std::cout << "Slipway " << state.at("version").get<std::string>() << " is running; engine "
            << engine.at("kind").get<std::string>() << " " << engine.at("version").get<std::string>()
            << (reachable ? " answers" : " does not answer") << '\n';
  return reachable ? 0 : 1;
}

// Only what --region and --cluster ask for. Throws CommandError when there is no such cluster.
json selected(const json& state, const ClientOptions& options) {
  const auto matches = [&options](const json& item, const char* cluster_key) {
    return (options.region.empty() || item.at("region") == options.region) &&
           (options.cluster.empty() || item.at(cluster_key) == options.cluster_name());
  };
  json kept{{"clusters", json::array()}, {"services", json::array()}, {"tasks", json::array()}};
  for (const json& cluster : state.at("clusters")) {
    if (matches(cluster, "name")) kept["clusters"].push_back(cluster);
  }
  for (const char* kind : {"services", "tasks"}) {
    for (const json& item : state.at(kind)) {
      if (matches(item, "cluster")) kept[kind].push_back(item);
    }
  }
  if (!options.cluster.empty() && kept["clusters"].empty()) {
    throw CommandError("there is no cluster '" + options.cluster + "'; `slipway status` lists all");
  }
  return kept;
}

std::string join_addresses(const json& task) {
  std::string text;
  for (const json& address : task.at("addresses")) {
    if (!text.empty()) text += " ";
    text += address.at("address").get<std::string>() + "->" +
            std::to_string(address.at("containerPort").get<int>());
  }
  return text;
}

std::string join_exit_codes(const json& task) {
  std::string text;
  for (const json& container : task.at("containers")) {
    if (!container.contains("exitCode")) continue;
    if (!text.empty()) text += " ";
    text +=
        container.at("name").get<std::string>() + "=" + std::to_string(container.at("exitCode").get<int>());
  }
  return text;
}

std::string join_ports(const json& service) {
  std::string text;
  for (const json& port : service.at("ports")) {
    if (!text.empty()) text += " ";
    text +=
        port.at("address").get<std::string>() + "->" + std::to_string(port.at("containerPort").get<int>());
    if (port.contains("problem")) text += " (nobody listens: " + port.at("problem").get<std::string>() + ")";
  }
  return text;
}

std::string deployment_states(const json& service) {
  std::string text;
  for (const json& deployment : service.at("deployments")) {
    if (!text.empty()) text += ", ";
    text += deployment.at("taskDefinition").get<std::string>() + " " +
            deployment.at("rolloutState").get<std::string>();
  }
  return text;
}

Table service_table(const json& services) {
  Table table(
      {"SERVICE", "CLUSTER", "STATUS", "DESIRED", "RUNNING", "PENDING", "DEPLOYMENTS", "REACH IT AT"});
  for (const json& service : services) {
    const auto count = [&service](const char* key) { return std::to_string(service.at(key).get<int>()); };
    table.add({service.at("name"), service.at("cluster"), service.at("status"), count("desiredCount"),
               count("runningCount"), count("pendingCount"), deployment_states(service),
               join_ports(service)});
  }
  return table;
}

void print_status(const json& state) {
  Table clusters({"CLUSTER", "REGION", "ACCOUNT", "STATUS", "RUNNING", "PENDING"});
  for (const json& cluster : state.at("clusters")) {
    clusters.add({cluster.at("name"), cluster.at("region"), cluster.at("account"), cluster.at("status"),
                  std::to_string(cluster.at("runningTasks").get<int>()),
                  std::to_string(cluster.at("pendingTasks").get<int>())});
  }
  Table tasks({"TASK", "CLUSTER", "DEFINITION", "STATUS", "HEALTH", "REACH IT AT", "EXIT CODES", "REASON"});
  for (const json& task : state.at("tasks")) {
    tasks.add({task.at("id"), task.at("cluster"), task.at("taskDefinition"), task.at("lastStatus"),
               task.at("healthStatus"), join_addresses(task), join_exit_codes(task),
               task.value("stoppedReason", "")});
  }
  if (clusters.empty()) {
    std::cout << "no clusters yet; make one with: slipway aws ecs create-cluster\n";
    return;
  }
  clusters.print();
  const Table services = service_table(state.at("services"));
  if (!services.empty()) {
    std::cout << '\n';
    services.print();
  }
  if (!tasks.empty()) {
    std::cout << '\n';
    tasks.print();
  }
}

void print_gaps(const json& warnings) {
  Table gaps({"KIND", "RESOURCE", "TIMES", "ON AWS"});
  for (const json& warning : warnings) {
    gaps.add({warning.at("kind"), warning.at("resource"),
              std::to_string(warning.at("count").get<std::int64_t>()), warning.at("text")});
  }
  if (gaps.empty()) {
    std::cout << "nothing was done so far that --strict would refuse\n";
  } else {
    gaps.print();
  }
}

int show_gaps(const ClientOptions& options) {
  const json answer = fetch_json(options.endpoint, {.path = "/_slipway/warnings", .headers = {}, .body = {}});
  json kept = json::array();
  for (const json& warning : answer.at("warnings")) {
    if (options.region.empty() || warning.at("region") == options.region) kept.push_back(warning);
  }
  if (options.json()) {
    std::cout << json{{"warnings", kept}}.dump() << '\n';
  } else {
    print_gaps(kept);
  }
  return 0;
}

int show_status(const ClientOptions& options) {
  const json answer = fetch_json(options.endpoint, {.path = "/_slipway/status", .headers = {}, .body = {}});
  const json state = selected(answer, options);
  if (options.json()) {
    std::cout << state.dump() << '\n';
  } else {
    print_status(state);
  }
  return 0;
}

}  // namespace

bool is_ready(const std::string& endpoint) {
  try {
    return send(endpoint, {.path = "/_slipway/health", .headers = {}, .body = {}, .timeout = seconds(2)})
               .status == 200;
  } catch (const CommandError&) {
    return false;
  }
}

void add_look_commands(CLI::App& app, Action& action) {
  auto wait_options = std::make_shared<ClientOptions>();
  auto timeout = std::make_shared<int>(60);
  auto* wait = app.add_subcommand("wait", "Wait until the server is ready");
  add_endpoint_option(*wait, *wait_options);
  add_timeout_option(*wait, *timeout, "Seconds to wait");
  wait->callback([wait_options, timeout, &action] {
    action = [wait_options, timeout] { return wait_until_ready(*wait_options, seconds(*timeout)); };
  });

  auto health_options = std::make_shared<ClientOptions>();
  auto* health_command =
      app.add_subcommand("health", "Say whether the server and its engine answer (exit code 1: no)");
  add_client_options(*health_command, *health_options);
  health_command->callback(
      [health_options, &action] { action = [health_options] { return health(*health_options); }; });

  auto status_options = std::make_shared<ClientOptions>();
  auto gaps = std::make_shared<bool>(false);
  auto* status_command = app.add_subcommand("status", "Clusters, services, tasks and how to reach them");
  add_client_options(*status_command, *status_options);
  add_scope_options(*status_command, *status_options);
  status_command->add_flag("--aws-gaps", *gaps, "List what --strict (and AWS) would have refused");
  status_command->callback([status_options, gaps, &action] {
    action = [status_options, gaps] {
      return *gaps ? show_gaps(*status_options) : show_status(*status_options);
    };
  });
}

}  // namespace slipway::cli
