#include "cli/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "slipway/app/config.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

// Asks for a shared lock, so that two who look at the same time do not take each other for a server.
bool is_locked(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = flock(file, LOCK_SH | LOCK_NB) != 0;
  close(file);
  return locked;
}

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The files of the ephemeral servers, running or not. An unreadable directory sets `error`.
std::vector<fs::path> ephemeral_files(const std::string& directory, std::error_code& error) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().filename().string().starts_with("ephemeral-")) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

pid_t lock_holder(const std::string& directory) {
  const fs::path path = fs::path(directory) / "lock";
  if (!is_locked(path)) return 0;
  std::ifstream text(path);
  pid_t pid = 0;
  text >> pid;
  return pid;
}

std::vector<pid_t> ephemeral_holders(const std::string& directory) {
  std::vector<pid_t> holders;
  std::error_code ignored;
  for (const fs::path& path : ephemeral_files(directory, ignored)) {
    if (!is_locked(path)) continue;
    std::ifstream text(path);
    std::string id;
    pid_t pid = 0;
    if (text >> id >> pid) holders.push_back(pid);
  }
  return holders;
}

ServerState server_state(const std::string& directory, const std::string& server_id) {
  if (directory.empty() || server_id.empty()) return ServerState::Unknown;
  std::error_code error;
  // A directory that this user cannot see may be another user's.
  if (!fs::exists(fs::path(directory).parent_path(), error) || error) return ServerState::Unknown;
  if (!fs::exists(directory, error)) return error ? ServerState::Unknown : ServerState::Gone;
  const fs::path id_file = fs::path(directory) / "id";
  if (fs::exists(fs::path(directory) / "state.db", error) && !error) {
    const std::string id = first_line(id_file);
    if (id == server_id) return ServerState::Present;
    if (id.empty()) return ServerState::Unknown;
  }
  const auto files = ephemeral_files(directory, error);
  if (error) return ServerState::Unknown;
  for (const fs::path& path : files) {
    if (first_line(path) != server_id) continue;
    return is_locked(path) ? ServerState::Present : ServerState::Gone;
  }
  return ServerState::Gone;
}

std::string labelled_directory(const std::string& label) {
  const std::string here = app::data_dir_label("");
  return label.starts_with(here) ? label.substr(here.size()) : std::string();
}

}  // namespace slipway::cli
