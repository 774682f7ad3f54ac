// The task definitions and services that `up`, `run` and `validate` read: JSON files in the form of the
// input of RegisterTaskDefinition and CreateService, which is also what `aws ecs … --cli-input-json` takes,
// and of what the describe calls answer ({"taskDefinition": {…}}).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace slipway::cli {

struct StackFile {
  std::string path;
  nlohmann::json document;
};

struct Stack {
  std::vector<StackFile> definitions;
  std::vector<StackFile> services;
};

// One file, or the *.json files of a directory in the order of their names. A file may hold a list of both.
// Throws CommandError for what cannot be read, is no JSON, or is neither a task definition
// (containerDefinitions) nor a service (serviceName), and for a directory without any.
Stack load_stack(const std::string& path);

// The family of a reference to a task definition: of "web", "web:3", or an ARN.
std::string family_of_reference(const std::string& reference);

}  // namespace slipway::cli
