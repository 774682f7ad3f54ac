// dump: all that explains a failed run, in files: what a CI job keeps as its artefact.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/ecs_client.h"

namespace slipway::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw CommandError("cannot write " + path.string());
}

ClientRequest get(const std::string& path) {
  return {.method = "GET", .path = path, .headers = {}, .body = {}};
}

std::string text_of(const json& object, const char* name) {
  return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

// One line per line that a container printed.
std::string log_text(const std::string& ndjson) {
  std::istringstream lines(ndjson);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object()) continue;
    text += text_of(entry, "time") + " " + text_of(entry, "container") + " " + text_of(entry, "stream") +
            " " + text_of(entry, "text") + "\n";
  }
  return text;
}

class Dump final {
 public:
  Dump(const ClientOptions& options, fs::path directory)
      : options_(options), directory_(std::move(directory)) {}

  void run() {
    const json state = fetch_json(options_.endpoint, get("/_slipway/status"));
    write_file(directory_ / "status.json", state.dump(2) + "\n");
    for (const char* name : {"health", "warnings", "clock"}) {
      write_file(directory_ / (std::string(name) + ".json"),
                 fetch_json(options_.endpoint, get(std::string("/_slipway/") + name)).dump(2) + "\n");
    }
    write_file(directory_ / "metrics.txt", fetch(options_.endpoint, get("/_slipway/metrics")));
    for (const json& service : state.at("services")) add_service(service);
    for (const json& task : state.at("tasks")) add_task(task);
    write_file(directory_ / "summary.txt", summary_.str());
    std::cout << "wrote " << state.at("services").size() << " services and " << state.at("tasks").size()
              << " tasks to " << directory_.string() << "; begin with summary.txt\n";
  }

 private:
  EcsClient client_for(const json& item) const {
    return {options_.endpoint, item.at("account").get<std::string>(), item.at("region").get<std::string>()};
  }

  void add_service(const json& service) {
    const std::string name = text_of(service, "cluster") + "." + text_of(service, "name");
    const json answer = client_for(service).call(
        "DescribeServices", {{"cluster", service.at("cluster")}, {"services", {service.at("name")}}});
    if (answer.at("services").empty()) return;  // deleted meanwhile
    const json& shown = answer.at("services").front();
    write_file(directory_ / "services" / (name + ".json"), shown.dump(2) + "\n");
    summary_ << "service " << name << ": " << text_of(shown, "status") << ", " << shown.at("runningCount")
             << " of " << shown.at("desiredCount") << " running, " << shown.at("pendingCount")
             << " pending\n";
    for (const json& deployment : shown.at("deployments")) {
      summary_ << "  " << text_of(deployment, "status") << " " << text_of(deployment, "id") << " "
               << text_of(deployment, "rolloutState") << ": " << text_of(deployment, "rolloutStateReason")
               << "\n";
    }
    const json why = fetch_json(options_.endpoint, get("/_slipway/why?arn=" + text_of(service, "arn")));
    for (const json& reason : why.value("reasons", json::array())) {
      summary_ << "  waits: " << reason.get<std::string>() << "\n";
    }
    for (const json& event : shown.at("events")) summary_ << "  event: " << text_of(event, "message") << "\n";
    summary_ << "\n";
  }

  void add_task(const json& task) {
    const std::string name = text_of(task, "cluster") + "." + text_of(task, "id");
    const json answer = client_for(task).call("DescribeTasks",
                                              {{"cluster", task.at("cluster")}, {"tasks", {task.at("arn")}}});
    if (answer.at("tasks").empty()) return;  // forgotten meanwhile
    const json& shown = answer.at("tasks").front();
    write_file(directory_ / "tasks" / (name + ".json"), shown.dump(2) + "\n");
    summary_ << "task " << name << " " << text_of(task, "taskDefinition") << " (" << text_of(task, "group")
             << "): " << text_of(shown, "lastStatus") << " " << text_of(shown, "stopCode") << " "
             << text_of(shown, "stoppedReason") << "\n";
    for (const json& container : shown.at("containers")) {
      summary_ << "  " << text_of(container, "name") << ": " << text_of(container, "lastStatus");
      if (container.contains("exitCode")) summary_ << ", exit code " << container.at("exitCode");
      if (container.contains("reason")) summary_ << ", " << text_of(container, "reason");
      summary_ << "\n";
    }
    add_logs(task, name);
  }

  void add_logs(const json& task, const std::string& name) {
    const ClientResponse logs = send(options_.endpoint, get("/_slipway/logs?arn=" + text_of(task, "arn")));
    if (logs.status != 200) {
      summary_ << "  no logs: " << logs.body.substr(0, logs.body.find('\n')) << "\n";
    } else if (const std::string text = log_text(logs.body); !text.empty()) {
      write_file(directory_ / "logs" / (name + ".log"), text);
    }
  }

  const ClientOptions& options_;
  fs::path directory_;
  std::ostringstream summary_;
};

}  // namespace

void add_dump_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ClientOptions>();
  auto directory = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("dump", "Write events, stop reasons and logs of all services and tasks into DIR");
  command->add_option("directory", *directory, "Where to; made when it is missing")
      ->required()
      ->type_name("DIR");
  add_endpoint_option(*command, *options);
  command->callback([=, &action] {
    action = [=] {
      Dump(*options, *directory).run();
      return 0;
    };
  });
}

}  // namespace slipway::cli
