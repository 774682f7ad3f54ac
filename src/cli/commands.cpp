#include "cli/commands.h"

#include <iostream>

#include "cli/options.h"
#include "slipway/base/version.h"
#include "slipway/cli/run.h"

namespace slipway::cli {
namespace {

constexpr const char* kAbout =
    "Slipway: Amazon ECS on your own machine.\n"
    "\n"
    "A server that speaks the ECS API on one localhost endpoint and runs real containers on the local Docker "
    "Engine.\n"
    "\n"
    "  slipway serve            run the server here, until Ctrl-C\n"
    "  slipway start            run it in the background; `slipway stop` ends it\n"
    "  eval \"$(slipway env)\"    point the AWS CLI and SDKs of this shell at it\n"
    "  slipway aws ecs list-clusters\n"
    "  slipway status           what runs, and how to reach it\n";

}  // namespace

int run(int argc, char** argv) {
  CLI::App app(kAbout, "slipway");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("slipway ") + kVersion);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("slipway: ") + error.what() + " (see slipway --help)\n";
  });
  Action action;
  add_serve_commands(app, action);
  add_look_commands(app, action);
  add_environment_commands(app, action);
  add_machine_commands(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return action();
  } catch (const std::exception& error) {
    std::cerr << "slipway: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace slipway::cli
