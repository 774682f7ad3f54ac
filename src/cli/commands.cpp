#include "cli/commands.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/help.h"
#include "cli/probe.h"
#include "slipway/base/version.h"
#include "slipway/cli/run.h"

namespace slipway::cli {
namespace {

constexpr const char* kAbout =
    "Slipway: Amazon ECS on your own machine.\n"
    "\n"
    "A server that speaks the ECS API on one localhost endpoint and runs real containers on the local "
    "Docker\n"
    "Engine.\n"
    "\n"
    "  slipway serve                   run the server here, until Ctrl-C\n"
    "  slipway start                   run it in the background; `slipway stop` ends it\n"
    "  slipway aws ecs list-clusters   the AWS CLI, talking to it\n"
    "  eval \"$(slipway env)\"           point every AWS client of this shell at it\n"
    "  slipway status                  what runs, and how to reach it\n"
    "  slipway logs -f web             what the tasks of service web print\n";

constexpr const char* kMore =
    "slipway COMMAND --help lists a command's options. Exit codes: 0 done, 1 failed, 2 bad usage.\n";

bool is_help(std::string_view argument) { return argument == "--help" || argument == "-h"; }

// One line that names the command whose help explains the error.
std::string usage_error(const CLI::App& app, const CLI::Error& error, std::string_view first_argument) {
  std::string command = "slipway";
  for (const CLI::App* chosen : app.get_subcommands()) command += " " + chosen->get_name();
  std::string what = error.what();
  if (app.get_subcommands().empty()) {
    const bool none = first_argument.empty() || first_argument.starts_with('-');
    if (first_argument.empty()) what = "which command?";
    if (!none) what = "there is no command '" + std::string(first_argument) + "'";
  }
  std::replace(what.begin(), what.end(), '\n', ' ');
  return "slipway: " + what + " (see " + command + " --help)\n";
}

int failed(const std::exception& error) {
  std::cerr << "slipway: " << error.what() << '\n';
  return 1;
}

}  // namespace

int run(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  // Everything after `aws` belongs to the AWS CLI, also what looks like an option of ours.
  if (arguments.size() > 1 && arguments[0] == "aws" && !is_help(arguments[1])) {
    try {
      return run_aws({arguments.begin() + 1, arguments.end()});
    } catch (const std::exception& error) {
      return failed(error);
    }
  }
  // For the doctor's containers, not for people.
  if (!arguments.empty() && arguments[0] == "probe") {
    return run_probe({arguments.begin() + 1, arguments.end()});
  }
  CLI::App app(kAbout, "slipway");
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "Print this help");
  app.set_version_flag("--version", std::string("slipway ") + kVersion, "Print the version");
  Action action;
  add_serve_commands(app, arguments, action);
  add_look_commands(app, action);
  add_why_command(app, action);
  add_port_command(app, action);
  add_logs_command(app, action);
  add_up_command(app, action);
  add_run_command(app, action);
  add_validate_command(app, action);
  add_diff_command(app, action);
  add_dump_command(app, action);
  add_environment_commands(app, action);
  add_machine_commands(app, action);
  for (CLI::App* command : app.get_subcommands({})) command->group("Commands");
  app.footer(kMore);  // after the commands, which would inherit it
  const std::string first = arguments.empty() ? "" : arguments.front();
  app.failure_message(
      [&app, &first](const CLI::App*, const CLI::Error& error) { return usage_error(app, error, first); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return action();
  } catch (const std::exception& error) {
    return failed(error);
  }
}

}  // namespace slipway::cli
