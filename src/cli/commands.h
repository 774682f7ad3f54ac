// The command line: one function per group of commands adds its subcommands; each stores what to do when it
// is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace slipway::cli {

// What the chosen command does; returns the exit code (0 done, 1 failed, 2 bad usage).
using Action = std::function<int()>;

// serve, start, stop. `arguments`: the command line, without the program.
void add_serve_commands(CLI::App& app, const std::vector<std::string>& arguments, Action& action);
void add_look_commands(CLI::App& app, Action& action);  // wait, health, status
void add_logs_command(CLI::App& app, Action& action);   // logs
void add_why_command(CLI::App& app, Action& action);
void add_port_command(CLI::App& app, Action& action);
void add_environment_commands(CLI::App& app, Action& action);  // env, aws
void add_machine_commands(CLI::App& app, Action& action);      // reset, down, prune, doctor, version

void add_up_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_validate_command(CLI::App& app, Action& action);
void add_diff_command(CLI::App& app, Action& action);
void add_dump_command(CLI::App& app, Action& action);

// `slipway aws`: becomes the AWS CLI with these arguments. Returns only by throwing CommandError.
int run_aws(const std::vector<std::string>& arguments);

}  // namespace slipway::cli
