#include "cli/follow_service.h"

#include <iostream>
#include <optional>
#include <thread>
#include <vector>

#include "cli/table.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kPoll{250};

// Prints what came after `last`, and gives the newest id.
std::string tell_events(const json& service, const std::string& last) {
  std::vector<std::string> lines;
  const json& events = service.at("events");
  for (const json& event : events) {
    if (event.at("id") == last) break;
    lines.push_back(event.at("message").get<std::string>());
  }
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    std::cout << paint(*line, Colour::Dim) << std::endl;
  }
  return events.empty() ? last : events.front().at("id").get<std::string>();
}

const json* find_deployment(const json& service, const std::string& id) {
  for (const json& deployment : service.at("deployments")) {
    if (deployment.at("id") == id) return &deployment;
  }
  return nullptr;
}

bool is_stable(const json& service) {
  const json& deployments = service.at("deployments");
  return deployments.size() == 1 && deployments.front().at("rolloutState") == "COMPLETED" &&
         service.at("runningCount") == service.at("desiredCount");
}

std::string hint(const FollowedService& service) {
  return "`slipway why " + service.name + " --cluster " + service.cluster + "` says more";
}

// The end of it, when it has one: 0 or 1.
std::optional<int> outcome(const json& state, const FollowedService& service) {
  const json* wanted = find_deployment(state, service.deployment);
  if (wanted && wanted->at("status") == "PRIMARY" && wanted->at("rolloutState") == "FAILED") {
    std::cerr << "slipway: " << service.name << ": " << wanted->value("rolloutStateReason", "") << " "
              << hint(service) << '\n';
    return 1;
  }
  if (!is_stable(state)) return std::nullopt;
  if (wanted) {
    std::cout << service.name << " is stable: " << state.at("runningCount") << " of "
              << state.at("desiredCount") << " tasks run "
              << wanted->at("taskDefinition")
                     .get<std::string>()
                     .substr(wanted->at("taskDefinition").get<std::string>().rfind('/') + 1)
              << std::endl;
    return 0;
  }
  std::cerr << "slipway: " << service.name << ": the deployment did not last, "
            << state.at("deployments").front().at("taskDefinition").get<std::string>() << " runs; "
            << hint(service) << '\n';
  return 1;
}

}  // namespace

json describe_service(const EcsClient& client, const std::string& cluster, const std::string& name) {
  const json answer = client.call("DescribeServices", {{"cluster", cluster}, {"services", {name}}});
  for (const json& service : answer.at("services")) {
    if (service.at("status") != "INACTIVE") return service;
  }
  return nullptr;
}

int follow_service(const EcsClient& client, const FollowedService& service, std::chrono::seconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::string told = service.last_event;
  for (;;) {
    const json state = describe_service(client, service.cluster, service.name);
    if (state.is_null()) throw CommandError("the service " + service.name + " was deleted meanwhile");
    told = tell_events(state, told);
    if (const auto end = outcome(state, service)) return *end;
    if (std::chrono::steady_clock::now() >= deadline) {
      throw CommandError(service.name + " is not stable after " + std::to_string(timeout.count()) + " s; " +
                         hint(service));
    }
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace slipway::cli
