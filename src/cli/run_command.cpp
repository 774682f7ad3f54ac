// run: one task from a file; its output is ours, and so is its exit code.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "cli/commands.h"
#include "cli/ecs_client.h"
#include "cli/log_stream.h"
#include "cli/registration.h"
#include "cli/stack_files.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kPoll{200};
constexpr int kNoExitCode = 1;
constexpr int kInterrupted = 130;  // as shells say of Ctrl-C

struct RunOptions {
  ClientOptions client;
  std::string path;
  std::vector<std::string> subnets{"subnet-00000000"};
};

// A task that runs, and what is needed to ask for it again.
struct RunningTask {
  EcsClient client;
  std::string cluster;
  std::string arn;
};

bool contains(const json& definition, const char* list, const char* word) {
  const json values = definition.value(list, json::array());
  return values.is_array() && std::ranges::find(values, json(word)) != values.end();
}

RunningTask run_task(const RunOptions& options, const StackFile& file) {
  RunningTask task{
      EcsClient(options.client), options.client.cluster.empty() ? "default" : options.client.cluster, {}};
  const std::string definition = register_once(task.client, file).arn;
  if (task.cluster.find(':') == std::string::npos) {
    task.client.call("CreateCluster", {{"clusterName", task.cluster}});  // gives the one that is there
  }
  json input{{"cluster", task.cluster}, {"taskDefinition", definition}, {"startedBy", "slipway-run"}};
  if (contains(file.document, "requiresCompatibilities", "FARGATE")) input["launchType"] = "FARGATE";
  if (file.document.value("networkMode", "") == "awsvpc") {
    input["networkConfiguration"] = {{"awsvpcConfiguration", {{"subnets", options.subnets}}}};
  }
  const json answer = task.client.call("RunTask", input);
  if (answer.at("tasks").empty()) {
    throw CommandError("the task found no place: " + answer.at("failures").front().value("reason", ""));
  }
  task.arn = answer.at("tasks").front().at("taskArn").get<std::string>();
  return task;
}

json describe(const RunningTask& task) {
  const json answer = task.client.call("DescribeTasks", {{"cluster", task.cluster}, {"tasks", {task.arn}}});
  if (answer.at("tasks").empty()) throw CommandError("the task was forgotten: Slipway was reset meanwhile");
  return answer.at("tasks").front();
}

json wait_until_stopped(const RunningTask& task) {
  for (;;) {
    json state = describe(task);
    if (state.at("lastStatus") == "STOPPED") return state;
    std::this_thread::sleep_for(kPoll);
  }
}

// Stops the task at the first Ctrl-C (or SIGTERM); the output then ends by itself. The signals are blocked in
// every other thread. Ends with the object.
class InterruptWatch final {
 public:
  explicit InterruptWatch(const RunningTask& task) {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this, &task] { watch(task); });
  }
  ~InterruptWatch() {
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  void watch(const RunningTask& task) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0 || signal == SIGUSR1) return;
    try {
      task.client.call(
          "StopTask",
          {{"cluster", task.cluster}, {"task", task.arn}, {"reason", "slipway run was interrupted"}});
    } catch (const std::exception& error) {
      std::cerr << "slipway: the task could not be stopped: " << error.what() << '\n';
    }
    // A second one ends the waiting.
    if (sigwait(&signals_, &signal) == 0 && signal != SIGUSR1) std::_Exit(kInterrupted);
  }

  sigset_t signals_{};
  std::thread thread_;
};

// That of the essential containers: the first that is not 0, else 0. nullopt when one has none.
std::optional<int> exit_code_of(const json& task, const json& definition) {
  std::optional<int> code;
  for (const json& container : task.at("containers")) {
    const auto same = [&](const json& own) { return own.at("name") == container.at("name"); };
    const json& own = definition.at("containerDefinitions");
    const auto found = std::ranges::find_if(own, same);
    if (found == own.end() || !found->value("essential", true)) continue;
    if (!container.contains("exitCode")) return std::nullopt;
    const int exit_code = container.at("exitCode").get<int>();
    if (!code || *code == 0) code = exit_code;
  }
  return code;
}

void tell_why(const json& task) {
  std::cerr << "slipway: " << task.value("stoppedReason", "the task ended without an exit code") << '\n';
  for (const json& container : task.at("containers")) {
    if (!container.contains("reason")) continue;
    std::cerr << "slipway: " << container.at("name").get<std::string>() << ": "
              << container.at("reason").get<std::string>() << '\n';
  }
}

int run_file(const RunOptions& options) {
  const Stack stack = load_stack(options.path);
  if (stack.definitions.size() != 1 || !stack.services.empty()) {
    throw CommandError("`slipway run` takes one task definition; `slipway up` takes the rest");
  }
  const StackFile& file = stack.definitions.front();
  const RunningTask task = run_task(options, file);
  const InterruptWatch watch(task);
  LogPrinter printer;
  LogQuery query;
  query.target = task.arn;
  query.follow = true;
  follow_logs(options.client.endpoint, query,
              {.opened = [&](bool several) { printer.set_several(several); },
               .record = [&](const LogRecord& record) { return printer.print(record); }});
  const json ended = wait_until_stopped(task);
  const auto code = exit_code_of(ended, file.document);
  if (!code) tell_why(ended);
  return code.value_or(kNoExitCode);
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  auto* command = app.add_subcommand(
      "run", "Run one task of the definition in FILE: shows its output, exits with its exit code");
  command->add_option("file", options->path, "A task definition in JSON")->required()->type_name("FILE");
  command->add_option("--subnets", options->subnets, "Of an awsvpc task")
      ->delimiter(',')
      ->type_name("IDS")
      ->capture_default_str();
  add_endpoint_option(*command, options->client);
  add_place_options(*command, options->client);
  command->callback([options, &action] { action = [options] { return run_file(*options); }; });
}

}  // namespace slipway::cli
