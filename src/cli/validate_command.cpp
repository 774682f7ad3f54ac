// validate: what ECS would say of files, without a server and without changing anything.
#include <iostream>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/ecs_client.h"
#include "cli/stack_files.h"
#include "slipway/app/scratch.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

struct ValidateOptions {
  ClientOptions client;
  std::string path;
  bool strict = false;
};

struct Verdict {
  std::string path;
  std::string subject;  // "task definition web"
  std::string error;    // empty: accepted
};

std::string text_of(const json& document, const char* name) {
  return document.contains(name) && document[name].is_string() ? document[name].get<std::string>() : "";
}

// The refusal in one line; empty when the operation was done.
std::string refusal(app::Scratch& scratch, const std::string& operation, const json& input) {
  const app::Scratch::Answer answer = scratch.call(operation, input.dump());
  if (answer.status == 200) return {};
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return answer.body;
  const std::string message = text_of(body, "message");
  return text_of(body, "__type") + ": " + (message.empty() ? text_of(body, "Message") : message);
}

Verdict check_definition(app::Scratch& scratch, const StackFile& file, std::set<std::string>& families) {
  const std::string family = text_of(file.document, "family");
  Verdict verdict{file.path, "task definition " + family,
                  refusal(scratch, "RegisterTaskDefinition", file.document)};
  if (verdict.error.empty()) families.insert(family);
  return verdict;
}

// A definition that the files do not hold is asked of the running server.
std::string borrow_definition(app::Scratch& scratch, const ClientOptions& options,
                              const std::string& reference) {
  try {
    const json known = EcsClient(options).call("DescribeTaskDefinition", {{"taskDefinition", reference}});
    return refusal(scratch, "RegisterTaskDefinition", known.at("taskDefinition"));
  } catch (const CommandError& error) {
    return "its task definition " + reference +
           " is not among the files, and asking the server for it failed: " + error.what();
  }
}

Verdict check_service(app::Scratch& scratch, const StackFile& file, const ValidateOptions& options,
                      std::set<std::string>& families) {
  json input = file.document;
  Verdict verdict{file.path, "service " + text_of(input, "serviceName"), {}};
  if (!input.contains("taskDefinition") && families.size() == 1) input["taskDefinition"] = *families.begin();
  const std::string reference = text_of(input, "taskDefinition");
  const std::string family = family_of_reference(reference);
  if (!reference.empty() && !families.contains(family)) {
    verdict.error = borrow_definition(scratch, options.client, reference);
    if (!verdict.error.empty()) return verdict;
    families.insert(family);
  }
  if (!reference.empty()) input["taskDefinition"] = family;
  const std::string cluster = text_of(input, "cluster");
  const json own_cluster{
      {"clusterName", cluster.empty() ? "default" : cluster.substr(cluster.rfind('/') + 1)}};
  verdict.error = refusal(scratch, "CreateCluster", own_cluster);
  if (!verdict.error.empty()) return verdict;
  input["cluster"] = own_cluster["clusterName"];
  verdict.error = refusal(scratch, "CreateService", input);
  return verdict;
}

int print(const std::vector<Verdict>& verdicts, const std::vector<std::string>& warnings, bool as_json) {
  int result = 0;
  json files = json::array();
  for (const Verdict& verdict : verdicts) {
    if (!verdict.error.empty()) result = 1;
    if (as_json) {
      files.push_back({{"file", verdict.path},
                       {"subject", verdict.subject},
                       {"valid", verdict.error.empty()},
                       {"error", verdict.error}});
    } else {
      std::cout << verdict.path << ": " << verdict.subject << ": "
                << (verdict.error.empty() ? "valid" : verdict.error) << '\n';
    }
  }
  if (as_json) {
    std::cout << json{{"files", files}, {"warnings", warnings}}.dump() << '\n';
    return result;
  }
  for (const auto& warning : warnings) std::cout << "note: " << warning << '\n';
  return result;
}

int validate(const ValidateOptions& options) {
  const Stack stack = load_stack(options.path);
  app::Scratch scratch(options.strict);
  std::vector<Verdict> verdicts;
  std::set<std::string> families;
  for (const auto& file : stack.definitions) verdicts.push_back(check_definition(scratch, file, families));
  for (const auto& file : stack.services) verdicts.push_back(check_service(scratch, file, options, families));
  return print(verdicts, scratch.warnings(), options.client.json());
}

}  // namespace

void add_validate_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ValidateOptions>();
  auto* command = app.add_subcommand("validate", "Say what ECS would say of FILE or DIR; changes nothing");
  command->add_option("path", options->path, "A task definition or service in JSON, or a directory of them")
      ->required()
      ->type_name("FILE|DIR");
  command->add_flag("--strict", options->strict, "As a server with --strict");
  add_client_options(*command, options->client);
  command->callback([options, &action] { action = [options] { return validate(*options); }; });
}

}  // namespace slipway::cli
