// What the files of a data dir say of the servers that use it: `lock` names the one that keeps its state
// there, each ephemeral-N one that keeps its state in memory. Looks only; used by start, stop and prune.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace slipway::cli {

// The process that keeps its state in the directory, or 0.
pid_t lock_holder(const std::string& directory);

// The ephemeral servers that run with this data dir.
std::vector<pid_t> ephemeral_holders(const std::string& directory);

// Whether the Slipway `server_id` that kept its state in `directory` is gone: the directory (or its parent)
// can be read here, and no state in it has that id. An ephemeral one is gone as soon as it does not run.
enum class ServerState { Present, Gone, Unknown };
ServerState server_state(const std::string& directory, const std::string& server_id);

// The directory that a label made by app::data_dir_label names; empty when it is not of this machine.
std::string labelled_directory(const std::string& label);

}  // namespace slipway::cli
