// diff: what changed between two revisions of a task definition.
#include <iostream>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/ecs_client.h"
#include "cli/table.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

using Leaves = std::map<std::string, json>;  // by path

// What tells the elements of a list apart when their places do not: containers by name, ports by number.
std::string element_key(const json& element, std::size_t index) {
  for (const char* name : {"name", "key", "containerPort", "containerName", "sourceVolume"}) {
    if (!element.is_object() || !element.contains(name)) continue;
    const json& value = element[name];
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  return std::to_string(index);
}

void flatten(const json& value, const std::string& path, Leaves& leaves) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items())
      flatten(member, path.empty() ? name : path + "." + name, leaves);
  } else if (value.is_array() && !value.empty() && value.front().is_object()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      flatten(value[i], path + "[" + element_key(value[i], i) + "]", leaves);
    }
  } else {
    leaves[path] = value;
  }
}

Leaves leaves_of(const EcsClient& client, const std::string& reference) {
  json definition =
      client.call("DescribeTaskDefinition", {{"taskDefinition", reference}}).at("taskDefinition");
  // What differs between any two revisions.
  for (const char* name :
       {"taskDefinitionArn", "revision", "registeredAt", "deregisteredAt", "registeredBy", "status"}) {
    definition.erase(name);
  }
  Leaves leaves;
  flatten(definition, "", leaves);
  return leaves;
}

struct Difference {
  std::string path;
  const json* before;  // nullptr: only in the second
  const json* after;
};

std::vector<Difference> differences(const Leaves& before, const Leaves& after) {
  std::vector<Difference> found;
  for (const auto& [path, value] : before) {
    const auto other = after.find(path);
    if (other == after.end()) {
      found.push_back({path, &value, nullptr});
    } else if (other->second != value) {
      found.push_back({path, &value, &other->second});
    }
  }
  for (const auto& [path, value] : after) {
    if (!before.contains(path)) found.push_back({path, nullptr, &value});
  }
  return found;
}

void print(const Difference& difference) {
  if (difference.before) {
    std::cout << paint("- " + difference.path + ": " + difference.before->dump(), Colour::Red) << '\n';
  }
  if (difference.after) {
    std::cout << paint("+ " + difference.path + ": " + difference.after->dump(), Colour::Green) << '\n';
  }
}

int diff(const ClientOptions& options, const std::string& first, const std::string& second) {
  const EcsClient client(options);
  const Leaves before = leaves_of(client, first);
  const Leaves after = leaves_of(client, second);
  const auto found = differences(before, after);
  if (options.json()) {
    json list = json::array();
    for (const auto& difference : found) {
      list.push_back({{"path", difference.path},
                      {"before", difference.before ? *difference.before : json()},
                      {"after", difference.after ? *difference.after : json()}});
    }
    std::cout << json{{"differences", list}}.dump() << '\n';
    return 0;
  }
  for (const auto& difference : found) print(difference);
  if (found.empty()) std::cout << first << " and " << second << " are the same\n";
  return 0;
}

}  // namespace

void add_diff_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ClientOptions>();
  auto first = std::make_shared<std::string>();
  auto second = std::make_shared<std::string>();
  auto* command = app.add_subcommand("diff", "Show what changed between two task definitions");
  command->add_option("first", *first, "FAMILY:REVISION, FAMILY (its latest) or an ARN")
      ->required()
      ->type_name("DEFINITION");
  command->add_option("second", *second, "The other one")->required()->type_name("DEFINITION");
  add_client_options(*command, *options);
  command->add_option("--region", options->region, "Region (default: the shell's)");
  command->callback([=, &action] { action = [=] { return diff(*options, *first, *second); }; });
}

}  // namespace slipway::cli
