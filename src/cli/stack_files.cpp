#include "cli/stack_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/options.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw CommandError("cannot read " + path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    throw CommandError(path + " is not JSON: " + error.what());
  }
}

// Also the form of a describe answer, whose tags stand beside the definition.
json unwrapped(json document) {
  if (!document.contains("taskDefinition") || !document["taskDefinition"].is_object()) return document;
  json definition = document["taskDefinition"];
  if (document.contains("tags") && !document["tags"].empty()) definition["tags"] = document["tags"];
  return definition;
}

void add(Stack& stack, const std::string& path, const json& given) {
  if (given.is_array()) {
    for (const json& item : given) add(stack, path, item);
    return;
  }
  json document = given.is_object() ? unwrapped(given) : given;
  if (document.is_object() && document.contains("containerDefinitions")) {
    stack.definitions.push_back({path, std::move(document)});
  } else if (document.is_object() && document.contains("serviceName")) {
    stack.services.push_back({path, std::move(document)});
  } else {
    throw CommandError(path +
                       " is neither a task definition (containerDefinitions) nor a service (serviceName)");
  }
}

std::vector<std::string> json_files(const std::string& directory) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".json" && entry.is_regular_file())
      paths.push_back(entry.path().string());
  }
  if (paths.empty()) throw CommandError("there are no .json files in " + directory);
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

Stack load_stack(const std::string& path) {
  Stack stack;
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    for (const auto& file : json_files(path)) add(stack, file, read_json(file));
  } else {
    add(stack, path, read_json(path));
  }
  return stack;
}

std::string family_of_reference(const std::string& reference) {
  const std::string name = reference.substr(reference.rfind('/') + 1);
  return name.substr(0, name.find(':'));
}

}  // namespace slipway::cli
