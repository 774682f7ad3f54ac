// up: what the files say is registered, created or updated, and followed until it is stable.
#include <array>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/ecs_client.h"
#include "cli/follow_service.h"
#include "cli/registration.h"
#include "cli/stack_files.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

struct UpOptions {
  ClientOptions client;
  std::string path;
  int timeout = 600;
};

using Registrations = std::map<std::string, Registration>;  // by family

// What UpdateService takes of a service's file; the rest is fixed at creation.
constexpr std::array kUpdated{"desiredCount",
                              "capacityProviderStrategy",
                              "deploymentConfiguration",
                              "availabilityZoneRebalancing",
                              "networkConfiguration",
                              "placementConstraints",
                              "placementStrategy",
                              "platformVersion",
                              "healthCheckGracePeriodSeconds",
                              "enableExecuteCommand",
                              "enableECSManagedTags",
                              "loadBalancers",
                              "propagateTags",
                              "serviceRegistries",
                              "serviceConnectConfiguration",
                              "volumeConfigurations"};

// What this command reads itself; ECS judges the rest. Empty when it is not there.
std::string text_member(const StackFile& file, const char* member) {
  const auto found = file.document.find(member);
  if (found == file.document.end() || found->is_null()) return {};
  if (!found->is_string()) throw CommandError(file.path + ": " + member + " is not text");
  return found->get<std::string>();
}

Registrations register_all(const EcsClient& client, const Stack& stack) {
  Registrations made;
  for (const StackFile& file : stack.definitions) {
    Registration registration = register_once(client, file);
    std::cout << "task definition " << registration.name
              << (registration.made ? " registered" : " is unchanged") << std::endl;
    made[family_of_reference(registration.arn)] = std::move(registration);
  }
  return made;
}

// A reference to a family of these files means the revision that they stand for.
std::string definition_for(const StackFile& file, const Registrations& made) {
  const std::string reference = text_member(file, "taskDefinition");
  if (reference.empty()) {
    if (made.size() == 1) return made.begin()->second.arn;
    throw CommandError(file.path + " names no taskDefinition");
  }
  const auto own = made.find(family_of_reference(reference));
  return own == made.end() ? reference : own->second.arn;
}

std::string newest_event(const json& service) {
  return service.at("events").empty() ? "" : service.at("events").front().at("id").get<std::string>();
}

json update_input(const json& wanted) {
  json input = json::object();
  for (const char* member : kUpdated) {
    if (wanted.contains(member)) input[member] = wanted[member];
  }
  return input;
}

void check_unchangeable(const StackFile& file, const json& present) {
  for (const char* member : {"launchType", "schedulingStrategy"}) {
    if (!file.document.contains(member) || !present.contains(member)) continue;
    if (file.document[member] == present[member]) continue;
    throw CommandError(file.path + ": the " + member + " of a service cannot be changed; delete " +
                       text_member(file, "serviceName") + " first");
  }
}

int bring_up(const EcsClient& client, const StackFile& file, const Registrations& made,
             const UpOptions& options) {
  const json& wanted = file.document;
  FollowedService followed;
  followed.name = text_member(file, "serviceName");
  followed.cluster = text_member(file, "cluster");
  if (followed.cluster.empty()) followed.cluster = options.client.cluster;
  if (followed.cluster.empty()) followed.cluster = "default";
  const std::string definition = definition_for(file, made);
  if (followed.cluster.find(':') == std::string::npos) {
    client.call("CreateCluster", {{"clusterName", followed.cluster}});  // gives the one that is there
  }
  const json present = describe_service(client, followed.cluster, followed.name);
  json service;
  if (present.is_null()) {
    json input = wanted;
    input["cluster"] = followed.cluster;
    input["taskDefinition"] = definition;
    service = client.call("CreateService", input).at("service");
  } else {
    check_unchangeable(file, present);
    followed.last_event = newest_event(present);
    json input = update_input(wanted);
    input["cluster"] = followed.cluster;
    input["service"] = followed.name;
    input["taskDefinition"] = definition;
    service = client.call("UpdateService", input).at("service");
  }
  followed.deployment = service.at("deployments").front().at("id").get<std::string>();
  std::cout << "service " << followed.name << (present.is_null() ? " created" : " updated") << std::endl;
  return follow_service(client, followed, std::chrono::seconds(options.timeout));
}

int up(const UpOptions& options) {
  const Stack stack = load_stack(options.path);
  const EcsClient client(options.client);
  const Registrations made = register_all(client, stack);
  int result = 0;
  for (const StackFile& file : stack.services) {
    try {
      result = std::max(result, bring_up(client, file, made, options));
    } catch (const EcsError& error) {
      throw CommandError(file.path + ": " + error.what());
    }
  }
  return result;
}

}  // namespace

void add_up_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<UpOptions>();
  auto* command = app.add_subcommand(
      "up", "Register, create or update what FILE or DIR says, and follow it until it is stable");
  command->add_option("path", options->path, "A task definition or service in JSON, or a directory of them")
      ->required()
      ->type_name("FILE|DIR");
  add_endpoint_option(*command, options->client);
  add_place_options(*command, options->client);
  add_timeout_option(*command, options->timeout, "How long a service may take to become stable");
  command->callback([options, &action] { action = [options] { return up(*options); }; });
}

}  // namespace slipway::cli
