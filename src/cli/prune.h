// slipway prune: removes containers, networks and volumes of Slipways that are gone.
#pragma once

#include <string>

namespace slipway::cli {

struct PruneOptions {
  bool yes = false;  // without: only lists
  std::string docker_host, docker_context;
};

int prune(const PruneOptions& options);

// Whether the Slipway `server_id` that kept its state in `data_dir` is gone: that directory is readable from
// here, and no state in it has that id (an ephemeral one is gone as soon as it does not run).
enum class ServerState { Present, Gone, Unknown };
ServerState server_state(const std::string& data_dir, const std::string& server_id);

}  // namespace slipway::cli
