#include "runtime/cgroup/cgroup_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace slipway::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int kMakeTries = 3;  // another Slipway may remove the common directory just now

std::vector<fs::path> directories_in(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator it(directory, failed), end; !failed && it != end; it.increment(failed)) {
    std::error_code ignored;
    if (!it->is_symlink(ignored) && it->is_directory(ignored)) found.push_back(it->path());
  }
  return found;
}

bool has_processes(const fs::path& directory) {
  if (!read_cgroup_file(directory / "cgroup.procs").empty()) return true;
  const auto below = directories_in(directory);
  return std::any_of(below.begin(), below.end(), has_processes);
}

std::string failure(const fs::path& path, int error) { return path.string() + ": " + std::strerror(error); }

}  // namespace

std::string read_cgroup_file(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? text.str() : std::string();
}

std::string write_cgroup_file(const fs::path& file, const std::string& text) {
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out < 0) return failure(file, errno);
  const bool written = write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(out);
  return written ? std::string() : failure(file, error);
}

std::vector<fs::path> CgroupTree::hierarchies() const {
  if (version_ == Version::V2) return {host_.root};
  return directories_in(host_.root);
}

fs::path CgroupTree::directory(std::string_view controller, const std::string& relative) const {
  return (version_ == Version::V2 ? host_.root : host_.root / controller) / relative;
}

// cgroup v2: a directory's children have the controllers that it hands down.
// cgroup v1: older kernels count the children's memory in the parent only when told so.
std::string CgroupTree::delegate(const fs::path& directory) const {
  if (version_ == Version::V1) {
    const fs::path hierarchical = directory / "memory.use_hierarchy";
    const std::string now = read_cgroup_file(hierarchical);
    return now.starts_with("0") ? write_cgroup_file(hierarchical, "1") : std::string();
  }
  const fs::path handed_down = directory / "cgroup.subtree_control";
  std::istringstream words(read_cgroup_file(handed_down));
  bool cpu = false, memory = false;
  for (std::string word; words >> word;) {
    cpu = cpu || word == "cpu";
    memory = memory || word == "memory";
  }
  return cpu && memory ? std::string() : write_cgroup_file(handed_down, "+cpu +memory");
}

std::string CgroupTree::make_once(std::string_view controller, const std::string& relative) const {
  fs::path directory = this->directory(controller, "");
  std::string error = version_ == Version::V2 ? delegate(directory) : std::string();
  for (const auto& part : fs::path(relative)) {
    if (!error.empty()) return error;
    directory /= part;
    if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return failure(directory, errno);
    error = delegate(directory);
  }
  return error;
}

std::string CgroupTree::make(std::string_view controller, const std::string& relative) const {
  std::string error = make_once(controller, relative);
  for (int i = 1; i < kMakeTries && !error.empty(); ++i) error = make_once(controller, relative);
  return error;
}

bool CgroupTree::remove_below(const fs::path& directory) const {
  bool gone = true;
  for (const auto& below : directories_in(directory)) gone = remove_below(below) && gone;
  return host_.remove_directory(directory) && gone;
}

bool CgroupTree::remove(const std::string& relative) const {
  bool gone = true;
  for (const auto& hierarchy : hierarchies()) {
    std::error_code ignored;
    const fs::path directory = hierarchy / relative;
    if (fs::exists(directory, ignored)) gone = remove_below(directory) && gone;
  }
  return gone;
}

void CgroupTree::remove_if_empty(const std::string& relative) const {
  // A task that is being made has its memory cgroup already: then the engine is about to need the others.
  const fs::path memory = directory("memory", relative);
  if (!directories_in(memory).empty() || !host_.remove_directory(memory)) return;
  for (const auto& hierarchy : hierarchies()) {
    if (directories_in(hierarchy / relative).empty()) host_.remove_directory(hierarchy / relative);
  }
}

std::vector<std::string> CgroupTree::children(const std::string& relative) const {
  std::vector<std::string> names;
  for (const auto& hierarchy : hierarchies()) {
    for (const auto& child : directories_in(hierarchy / relative)) names.push_back(child.filename().string());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool CgroupTree::in_use(const std::string& relative) const {
  const auto all = hierarchies();
  return std::any_of(all.begin(), all.end(),
                     [&](const fs::path& hierarchy) { return has_processes(hierarchy / relative); });
}

}  // namespace slipway::runtime
