// env and aws: pointing AWS clients at Slipway.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/options.h"
#include "slipway/app/environment.h"

namespace slipway::cli {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

Variables variables(const ClientOptions& options) {
  const std::string region = options.region.empty() ? "us-east-1" : options.region;
  return {{"AWS_ENDPOINT_URL", options.endpoint}, {"AWS_REGION", region},
          {"AWS_DEFAULT_REGION", region},         {"AWS_ACCESS_KEY_ID", "test"},
          {"AWS_SECRET_ACCESS_KEY", "test"},      {"AWS_PAGER", ""},
          {"AWS_EC2_METADATA_DISABLED", "true"}};
}

constexpr const char* kRemoved[] = {"AWS_PROFILE", "AWS_SESSION_TOKEN"};

std::string quoted(const std::string& text) { return "'" + text + "'"; }

std::string assignment(const std::string& shell, const std::string& name, const std::string& value) {
  if (shell == "fish") return "set -gx " + name + " " + quoted(value);
  if (shell == "powershell") return "$env:" + name + " = " + quoted(value);
  return "export " + name + "=" + quoted(value);
}

std::string removal(const std::string& shell, const std::string& name) {
  if (shell == "fish") return "set -e " + name;
  if (shell == "powershell") return "Remove-Item Env:" + name + " -ErrorAction SilentlyContinue";
  return "unset " + name;
}

void warn_about_old_client() {
  const AwsClient client = find_aws_client();
  if (client.version.empty() || client.reads_endpoint_variable) return;
  std::cerr << "slipway: the `aws` on PATH (" << client.version
            << ") ignores AWS_ENDPOINT_URL and would call real AWS; use `slipway aws …` or --endpoint-url\n";
}

int print_environment(const ClientOptions& options, const std::string& shell, bool github, bool unset) {
  if (github) {
    const std::string path = app::environment("GITHUB_ENV");
    if (path.empty()) throw CommandError("--github needs $GITHUB_ENV, which a GitHub Actions job has");
    std::ofstream file(path, std::ios::app);
    for (const auto& [name, value] : variables(options)) file << name << '=' << (unset ? "" : value) << '\n';
    for (const char* name : kRemoved) file << name << "=\n";
    file.flush();
    if (!file) throw CommandError("cannot write " + path);
  } else {
    for (const auto& [name, value] : variables(options)) {
      std::cout << (unset ? removal(shell, name) : assignment(shell, name, value)) << '\n';
    }
    if (!unset) {
      for (const char* name : kRemoved) std::cout << removal(shell, name) << '\n';
    }
  }
  if (!unset) warn_about_old_client();
  return 0;
}

int run_aws(const ClientOptions& options, std::vector<std::string> arguments) {
  for (const auto& [name, value] : variables(options)) setenv(name.c_str(), value.c_str(), 1);
  for (const char* name : kRemoved) unsetenv(name);
  // Old versions of the CLI know only the flag.
  std::vector<std::string> all{"aws", "--endpoint-url", options.endpoint};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execvp("aws", argv.data());
  throw CommandError("there is no `aws` on PATH: install the AWS CLI");
}

}  // namespace

void add_environment_commands(CLI::App& app, Action& action) {
  auto options = std::make_shared<ClientOptions>();
  auto shell = std::make_shared<std::string>("sh");
  auto github = std::make_shared<bool>(false);
  auto unset = std::make_shared<bool>(false);
  auto* env = app.add_subcommand("env", "Print what points AWS clients here: eval \"$(slipway env)\"");
  add_client_options(*env, *options);
  env->add_option("--region", options->region, "Region to set (default us-east-1)");
  env->add_option("--shell", *shell, "Whose syntax")
      ->check(CLI::IsMember({"sh", "fish", "powershell"}))
      ->capture_default_str();
  env->add_flag("--github", *github, "Write to $GITHUB_ENV, for the following steps of a job");
  env->add_flag("--unset", *unset, "Print what removes the variables again");
  env->callback(
      [=, &action] { action = [=] { return print_environment(*options, *shell, *github, *unset); }; });

  auto aws_options = std::make_shared<ClientOptions>();
  auto* aws = app.add_subcommand("aws", "Run the AWS CLI with Slipway's endpoint and keys");
  aws_options->region = app::environment("AWS_REGION").empty() ? app::environment("AWS_DEFAULT_REGION")
                                                               : app::environment("AWS_REGION");
  aws->prefix_command();
  aws->callback([aws_options, aws, &action] {
    action = [aws_options, arguments = aws->remaining()] { return run_aws(*aws_options, arguments); };
  });
}

}  // namespace slipway::cli
