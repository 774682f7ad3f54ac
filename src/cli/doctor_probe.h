// The doctor's proof that tasks, the user and this machine reach each other: probe containers on a network of
// their own and on those that tasks join, made and removed here. Takes some seconds. Blocking; any thread.
#pragma once

#include <string>
#include <vector>

#include "cli/check.h"
#include "slipway/app/standing.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::cli {

struct ReachQuestion {
  runtime::DockerEndpoint engine;
  runtime::EngineInfo info;
  app::Standing standing;             // of this process
  std::vector<std::string> networks;  // that tasks join
  std::string publish_address;        // of task ports
  bool server_runs = false;
  // HOST:PORT of its API as tasks reach it.
  std::vector<std::string> api{};
};

// One line each: user to task, task to task, task to this machine, task to the API. Whatever was made for it
// is gone when this returns, also after a failure or Ctrl-C (which ends the process after that).
std::vector<Check> check_reach(const ReachQuestion& question);

}  // namespace slipway::cli
