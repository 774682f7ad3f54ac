// why: what a service or a task waits for, or why it ended, in the words of who decides it.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/table.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kShownTasks = 10;

std::string text(const json& item, const char* key) { return item.value(key, std::string()); }

std::string number(const json& item, const char* key) {
  return std::to_string(item.at(key).get<std::int64_t>());
}

void heading(const std::string& title) { std::cout << '\n' << paint(title, Colour::Bold) << '\n'; }

// 128 and a signal's number is what a shell and the engine make of a process that a signal ended.
std::string exit_code(const json& container) {
  const auto code = container.at("exitCode").get<std::int64_t>();
  std::string meaning;
  if (code == 137) meaning = " (SIGKILL)";
  if (code == 139) meaning = " (SIGSEGV)";
  if (code == 143) meaning = " (SIGTERM)";
  return "exit code " + std::to_string(code) + meaning;
}

std::string end_of(const json& task) {
  std::string end = text(task, "stopCode");
  const std::string reason = text(task, "stoppedReason");
  if (!reason.empty()) end += (end.empty() ? "" : ": ") + reason;
  return end.empty() ? "no reason is known" : end;
}

void print_containers(const json& task, const std::string& indent) {
  for (const json& container : task.at("containers")) {
    std::string line = text(container, "name") + ": " + text(container, "lastStatus");
    if (container.contains("exitCode")) line += ", " + exit_code(container);
    if (text(container, "healthStatus") != "UNKNOWN") line += ", " + text(container, "healthStatus");
    if (container.contains("restarts")) line += ", restarts: " + number(container, "restarts");
    if (container.contains("reason")) line += ", " + text(container, "reason");
    std::cout << indent << line << '\n';
  }
}

void print_sentences(const json& sentences, const std::string& indent) {
  for (const json& sentence : sentences) std::cout << indent << sentence.get<std::string>() << '\n';
}

void print_deployments(const json& service) {
  for (const json& deployment : service.at("deployments")) {
    std::cout << "  " << text(deployment, "id") << " " << text(deployment, "status") << " "
              << text(deployment, "taskDefinition") << ": " << text(deployment, "rolloutState") << ", "
              << number(deployment, "runningCount") << " running, " << number(deployment, "pendingCount")
              << " pending, " << number(deployment, "failedTasks") << " failed";
    if (!text(deployment, "rolloutStateReason").empty()) {
      std::cout << " (" << text(deployment, "rolloutStateReason") << ")";
    }
    std::cout << '\n';
  }
}

void print_unsettled(const json& tasks) {
  if (tasks.empty()) return;
  heading("Its tasks that are not settled");
  std::size_t shown = 0;
  for (const json& task : tasks) {
    if (shown++ == kShownTasks) {
      std::cout << "  and " << tasks.size() - kShownTasks << " more (-o json shows all)\n";
      return;
    }
    std::cout << "  " << text(task, "id") << " " << text(task, "lastStatus") << '\n';
    print_sentences(task.at("reasons"), "    ");
  }
}

void print_stopped(const json& tasks) {
  if (tasks.empty()) return;
  heading("Its tasks that ended last");
  for (const json& task : tasks) {
    std::cout << "  " << text(task, "id") << " " << text(task, "stoppedAt") << " "
              << text(task, "taskDefinition") << " " << end_of(task) << '\n';
    print_containers(task, "    ");
  }
}

void print_service(const json& service) {
  std::cout << "Service " << text(service, "name") << " in cluster " << text(service, "cluster") << " ("
            << text(service, "region") << "): " << text(service, "status") << ", "
            << number(service, "desiredCount") << " desired, " << number(service, "runningCount")
            << " running, " << number(service, "pendingCount") << " pending\n";
  print_deployments(service);
  if (service.at("steady").get<bool>()) {
    std::cout << "It is steady: nothing is waited for.\n";
  } else if (text(service, "status") == "INACTIVE") {
    std::cout << "It was deleted.\n";
  } else if (!service.at("reasons").empty()) {
    heading("What it waits for");
    print_sentences(service.at("reasons"), "  ");
  }
  print_unsettled(service.at("tasks"));
  if (!service.at("events").empty()) {
    heading("Its last events");
    for (const json& event : service.at("events")) {
      std::cout << "  " << text(event, "createdAt") << " " << text(event, "message") << '\n';
    }
  }
  print_stopped(service.at("stopped"));
}

void print_task(const json& task) {
  std::cout << "Task " << text(task, "id") << " in cluster " << text(task, "cluster") << " ("
            << text(task, "region") << "): " << text(task, "lastStatus") << ", desired "
            << text(task, "desiredStatus") << ", " << text(task, "taskDefinition") << ", "
            << text(task, "group") << '\n';
  print_containers(task, "  ");
  if (text(task, "lastStatus") == "STOPPED") {
    std::cout << "It ended at " << text(task, "stoppedAt") << ": " << end_of(task) << '\n';
    return;
  }
  if (task.at("reasons").empty()) {
    std::cout << "It runs as it should: nothing is waited for.\n";
    return;
  }
  heading("What it waits for");
  print_sentences(task.at("reasons"), "  ");
}

int why(const ClientOptions& options, const std::string& name) {
  std::string path = "/_slipway/why?arn=" + percent_encode(name);
  if (!options.cluster.empty()) path += "&cluster=" + percent_encode(options.cluster);
  if (!options.region.empty()) path += "&region=" + percent_encode(options.region);
  const json answer = ask_json(options.endpoint, {.path = path, .headers = {}, .body = {}});
  if (options.json()) {
    std::cout << answer.dump() << '\n';
  } else if (answer.at("kind") == "task") {
    print_task(answer);
  } else {
    print_service(answer);
  }
  return 0;
}

}  // namespace

void add_why_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ClientOptions>();
  auto name = std::make_shared<std::string>();
  auto* command = app.add_subcommand("why", "What a service or task waits for, and why its last tasks ended");
  command->add_option("SERVICE|TASK", *name, "Name of a service, id of a task or its beginning, or ARN")
      ->required()
      ->type_name("");
  add_client_options(*command, *options);
  add_scope_options(*command, *options);
  command->callback([options, name, &action] { action = [options, name] { return why(*options, *name); }; });
}

}  // namespace slipway::cli
