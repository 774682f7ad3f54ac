// The command line: one function per group of commands adds its subcommands; each stores what to do when it
// is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace slipway::cli {

// What the chosen command does; returns the exit code (0 done, 1 failed, 2 bad usage).
using Action = std::function<int()>;

void add_serve_commands(CLI::App& app, Action& action);        // serve, start, stop
void add_look_commands(CLI::App& app, Action& action);         // wait, health, status
void add_environment_commands(CLI::App& app, Action& action);  // env, aws
void add_machine_commands(CLI::App& app, Action& action);      // reset, down, prune, doctor, version

}  // namespace slipway::cli
