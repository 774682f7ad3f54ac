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
#include "cli/shell_environment.h"
#include "slipway/app/environment.h"

namespace slipway::cli {
namespace {

// The region that this shell works in, if any.
std::string shell_region() {
  if (std::string region = app::environment("AWS_REGION"); !region.empty()) return region;
  return app::environment("AWS_DEFAULT_REGION");
}

Variables variables(const ClientOptions& options) {
  return client_variables({.endpoint = options.endpoint,
                           .region = options.region.empty() ? shell_region() : options.region,
                           .access_key = app::environment("AWS_ACCESS_KEY_ID")});
}

void warn_about_old_client() {
  const AwsClient client = find_aws_client();
  if (client.version.empty() || client.reads_endpoint_variable) return;
  std::cerr << "slipway: the `aws` on PATH (" << client.version
            << ") ignores AWS_ENDPOINT_URL and would call real AWS; use `slipway aws` or --endpoint-url\n";
}

void write_github(const Variables& values) {
  const std::string path = app::environment("GITHUB_ENV");
  if (path.empty()) throw CommandError("--github needs $GITHUB_ENV, which a GitHub Actions job has");
  for (const char* name : kRemovedVariables) {
    if (app::environment(name).empty()) continue;
    throw CommandError(std::string(name) +
                       " is set in this job, and $GITHUB_ENV cannot remove it: take it out of the job's env");
  }
  std::ofstream file(path, std::ios::app);
  file << github_text(values) << std::flush;
  if (!file) throw CommandError("cannot write " + path + ", the file that $GITHUB_ENV names");
}

struct EnvOptions {
  ClientOptions client;
  std::string shell = "sh";
  bool github = false;
  bool unset = false;
};

int print_environment(const EnvOptions& options) {
  const Variables values = variables(options.client);
  if (options.unset) {
    std::cout << unset_text(options.shell, values);
    return 0;
  }
  if (options.github) {
    write_github(values);
  } else {
    std::cout << set_text(options.shell, values);
  }
  warn_about_old_client();
  return 0;
}

}  // namespace

int run_aws(const std::vector<std::string>& arguments) {
  const ClientOptions options;
  for (const auto& [name, value] : variables(options)) setenv(name.c_str(), value.c_str(), 1);
  for (const char* name : kRemovedVariables) unsetenv(name);
  // Old versions of the CLI know only the flag. One that the user gives comes later and wins.
  std::vector<std::string> all{"aws", "--endpoint-url", options.endpoint};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(all.size() + 1);
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execvp("aws", argv.data());
  throw CommandError("there is no `aws` on PATH: install the AWS CLI (package awscli)");
}

void add_environment_commands(CLI::App& app, Action& action) {
  auto options = std::make_shared<EnvOptions>();
  auto* env = app.add_subcommand("env", "Print what points AWS clients here: eval \"$(slipway env)\"");
  env->footer(
      "  eval \"$(slipway env)\"                              sh, bash, zsh\n"
      "  slipway env --shell fish | source\n"
      "  slipway env --shell powershell | Out-String | Invoke-Expression\n"
      "  eval \"$(slipway env --unset)\"                      back to real AWS\n");
  add_endpoint_option(*env, options->client);
  env->add_option("--region", options->client.region, "Region to set (default: this shell's, else us-east-1)")
      ->type_name("REGION");
  auto* shell = env->add_option("--shell", options->shell, "Whose syntax")
                    ->check(CLI::IsMember({"sh", "fish", "powershell"}))
                    ->capture_default_str();
  auto* github =
      env->add_flag("--github", options->github, "Write to $GITHUB_ENV, for the following steps of a job");
  auto* unset = env->add_flag("--unset", options->unset, "Print what removes the variables again");
  github->excludes(unset)->excludes(shell);
  env->callback([options, &action] { action = [options] { return print_environment(*options); }; });

  // Runs only for its help: run() hands everything else on before the command line is parsed.
  auto* aws = app.add_subcommand("aws", "Run the AWS CLI with Slipway's endpoint and keys");
  auto arguments = std::make_shared<std::vector<std::string>>();
  aws->add_option("ARGUMENTS", *arguments, "What the AWS CLI is to do");
  aws->footer(
      "  slipway aws ecs list-clusters\n"
      "  slipway aws help                  the help of the AWS CLI itself\n"
      "\n"
      "All arguments go to the `aws` on your PATH as they are; its exit code comes back. $SLIPWAY_ENDPOINT "
      "says\n"
      "where Slipway listens, $AWS_REGION or --region the region; a 12-digit $AWS_ACCESS_KEY_ID is the "
      "account.\n");
  aws->callback([arguments, &action] { action = [arguments] { return run_aws(*arguments); }; });
}

}  // namespace slipway::cli
