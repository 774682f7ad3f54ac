#include "cli/doctor.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/check.h"
#include "cli/doctor_probe.h"
#include "cli/engine_access.h"
#include "cli/http_client.h"
#include "cli/table.h"
#include "cli/wait.h"
#include "slipway/app/config.h"
#include "slipway/app/environment.h"
#include "slipway/app/standing.h"
#include "slipway/runtime/task_cgroups.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

// An engine that answers.
struct FoundEngine {
  runtime::DockerEndpoint endpoint;
  runtime::EngineInfo info;
};

constexpr std::uintmax_t kLeastFreeBytes = std::uintmax_t{1} << 30U;
constexpr double kGibi = 1024.0 * 1024.0 * 1024.0;

runtime::Awaitable<void> ask(runtime::Engine& engine,
                             std::optional<runtime::EngineResult<runtime::EngineInfo>>& answer) {
  auto info = co_await engine.info();
  answer.emplace(std::move(info));
}

Check check_task_limits(const runtime::EngineInfo& info) {
  // An id that no server has: what is tried is gone again afterwards.
  const auto opened = runtime::open_task_cgroups(info, std::string(16, '0'), runtime::this_cgroup_host());
  if (opened.cgroups) {
    return {"task limits", Verdict::Ok,
            "hold for all containers together (cgroup " + opened.cgroups->version() + ")", ""};
  }
  return {"task limits", Verdict::Note, "hold for each container alone: " + opened.why_not,
          "to have them for all together, run as root beside an engine with the cgroupfs driver"};
}

// Sets `found` when it answers.
std::vector<Check> check_engine(const DoctorOptions& options, std::optional<FoundEngine>& found) {
  std::vector<Check> checks;
  runtime::DockerEndpoint endpoint;
  try {
    endpoint = find_engine(options.engine);
  } catch (const std::exception& error) {
    return {{"docker endpoint", Verdict::Fail, error.what(), "see --docker-host and --docker-context"}};
  }
  checks.push_back({"docker endpoint", Verdict::Ok, endpoint.url + " (from " + endpoint.source + ")", ""});
  std::optional<runtime::EngineResult<runtime::EngineInfo>> answer;
  with_engine(endpoint, [&answer](runtime::Engine& engine) { return ask(engine, answer); });
  if (!*answer) {
    checks.push_back({"docker engine", Verdict::Fail, answer->error().message,
                      "start Docker, or join the docker group, or run `slipway serve --engine simulated`"});
    return checks;
  }
  const runtime::EngineInfo& info = **answer;
  checks.push_back(
      {"docker engine", Verdict::Ok,
       info.version + ", API " + info.api_version + ", " + info.operating_system + ", " + info.architecture,
       ""});
  char size[64];
  std::snprintf(size, sizeof size, "%d CPUs, %.1f GiB", info.cpus,
                static_cast<double>(info.memory_bytes) / kGibi);
  checks.push_back({"room for tasks", Verdict::Ok, size, ""});
  checks.push_back(check_task_limits(info));
  found.emplace(FoundEngine{endpoint, info});
  return checks;
}

runtime::Awaitable<void> look_around(runtime::Engine& engine, const FoundEngine& found,
                                     app::Standing& standing) {
  auto finding = app::find_standing(engine, app::read_surroundings(), found.info, found.endpoint.url);
  standing = co_await std::move(finding);
}

// How a running server's tasks are connected, else those of one that would be started here.
ReachQuestion reach_question(const DoctorOptions& options, const FoundEngine& found) {
  ReachQuestion question{found.endpoint, found.info, {}, {}, options.publish_address};
  with_engine(found.endpoint,
              [&](runtime::Engine& engine) { return look_around(engine, found, question.standing); });
  question.networks =
      app::task_networks(options.networks, app::environment("MAIN_DOCKER_NETWORK"), question.standing);
  if (!is_ready(options.client.endpoint)) return question;
  const nlohmann::json state =
      fetch_json(options.client.endpoint, {.path = "/_slipway/health", .headers = {}, .body = {}});
  if (state.at("engine").at("id") != found.info.id) return question;
  const nlohmann::json& tasks = state.at("tasks");
  question.networks = tasks.at("networks").get<std::vector<std::string>>();
  question.publish_address = tasks.at("publishAddress").get<std::string>();
  question.api = tasks.at("endpoints").get<std::vector<std::string>>();
  question.server_runs = true;
  return question;
}

std::vector<Check> check_tasks(const DoctorOptions& options, const FoundEngine& found) {
  const ReachQuestion question = reach_question(options, found);
  std::vector<Check> checks{{"place", Verdict::Ok, app::describe(question.standing), ""}};
  if (!options.probe) return checks;
  for (Check& check : check_reach(question)) checks.push_back(std::move(check));
  if (question.server_runs && question.api.empty()) {
    checks.push_back(
        {"task to API", Verdict::Note, "the server listens where tasks do not reach it",
         "if tasks call AWS APIs: slipway serve --listen 127.0.0.1:4566 --listen 172.17.0.1:4566"});
  }
  return checks;
}

Check check_server(const DoctorOptions& options) {
  if (is_ready(options.client.endpoint))
    return {"server", Verdict::Ok, "answers at " + options.client.endpoint, ""};
  try {
    send(options.client.endpoint,
         {.path = "/", .headers = {}, .body = {}, .timeout = std::chrono::seconds(2)});
    return {"server", Verdict::Fail, "something else listens at " + options.client.endpoint,
            "choose another port: slipway serve --listen 127.0.0.1:4567"};
  } catch (const CommandError&) {
    return {"server", Verdict::Note, "does not run at " + options.client.endpoint, "start it: slipway start"};
  }
}

std::vector<Check> check_disk(const DoctorOptions& options) {
  app::Config config;
  config.data_dir = options.data_dir;
  const std::string directory = app::data_directory(config);
  fs::path existing = directory;
  while (!fs::exists(existing) && existing.has_relative_path()) existing = existing.parent_path();
  std::vector<Check> checks;
  if (access(existing.c_str(), W_OK) != 0) {
    checks.push_back(
        {"data dir", Verdict::Fail, directory + " cannot be written", "choose another --data-dir"});
  } else {
    checks.push_back({"data dir", Verdict::Ok, directory, ""});
  }
  const auto space = fs::space(existing);
  char text[64];
  std::snprintf(text, sizeof text, "%.1f GiB free", static_cast<double>(space.available) / kGibi);
  const bool enough = space.available >= kLeastFreeBytes;
  checks.push_back({"disk", enough ? Verdict::Ok : Verdict::Fail, text, enough ? "" : "free at least 1 GiB"});
  return checks;
}

Check check_client() {
  const AwsClient client = find_aws_client();
  if (client.version.empty()) {
    return {"aws cli", Verdict::Note, "none on PATH", "install it, or use an SDK with the endpoint given"};
  }
  if (!client.reads_endpoint_variable) {
    return {"aws cli", Verdict::Note, client.version + " ignores AWS_ENDPOINT_URL",
            "use `slipway aws …` or --endpoint-url: it would call real AWS"};
  }
  return {"aws cli", Verdict::Ok, client.version, ""};
}

Check check_rights() {
  if (geteuid() == 0) return {"rights", Verdict::Ok, "root", ""};
  return {"rights", Verdict::Ok, "user " + std::to_string(geteuid()) + "; the engine's socket decides", ""};
}

}  // namespace

AwsClient find_aws_client() {
  // AWS CLI 2.13 is the first 2.x that reads AWS_ENDPOINT_URL, 1.29 the first 1.x (AWS's release notes, July
  // 2023).
  constexpr int kFirstMinor[] = {0, 29, 13};
  AwsClient client;
  std::array<char, 256> line{};
  FILE* pipe = popen("aws --version 2>/dev/null", "r");
  if (pipe == nullptr) return client;
  if (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) client.version = line.data();
  pclose(pipe);
  client.version = client.version.substr(0, client.version.find_first_of(" \n"));
  int major = 0;
  int minor = 0;
  if (std::sscanf(client.version.c_str(), "aws-cli/%d.%d", &major, &minor) == 2) {
    client.reads_endpoint_variable = major > 2 || (major >= 1 && minor >= kFirstMinor[major]);
  }
  return client;
}

int doctor(const DoctorOptions& options) {
  std::optional<FoundEngine> engine;
  std::vector<Check> checks = check_engine(options, engine);
  if (engine) {
    for (Check& check : check_tasks(options, *engine)) checks.push_back(std::move(check));
  }
  checks.push_back(check_server(options));
  for (Check& check : check_disk(options)) checks.push_back(std::move(check));
  checks.push_back(check_rights());
  checks.push_back(check_client());

  bool failed = false;
  if (options.client.json()) {
    nlohmann::json list = nlohmann::json::array();
    for (const Check& check : checks) {
      list.push_back({{"check", check.name},
                      {"ok", check.verdict != Verdict::Fail},
                      {"found", check.found},
                      {"mend", check.mend}});
      failed = failed || check.verdict == Verdict::Fail;
    }
    std::cout << list.dump() << '\n';
    return failed ? 1 : 0;
  }
  Table table({"", "CHECK", "FOUND", "WHAT TO DO"});
  for (const Check& check : checks) {
    const char* word = check.verdict == Verdict::Ok ? "ok" : check.verdict == Verdict::Note ? "note" : "fail";
    table.add({word, check.name, check.found, check.mend});
    failed = failed || check.verdict == Verdict::Fail;
  }
  table.print();
  return failed ? 1 : 0;
}

}  // namespace slipway::cli
