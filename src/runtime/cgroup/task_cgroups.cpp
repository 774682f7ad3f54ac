#include "slipway/runtime/task_cgroups.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <sstream>

#include "runtime/cgroup/cgroup_tree.h"

namespace slipway::runtime {
namespace {

namespace fs = std::filesystem;
using Version = CgroupTree::Version;

constexpr const char* kTrial = "trial";
constexpr std::size_t kServerIdLength = 16;
constexpr TaskLimits kTrialLimits{.memory_bytes = 64 << 20, .cpu_quota = 100'000, .cpu_period = 100'000};

// The weight that container runtimes give for shares: [2, 262144] onto [1, 10000].
std::int64_t weight_of(std::int64_t shares) { return 1 + ((shares - 2) * 9999) / 262142; }

// The number after `key` in lines "key number"; of a file with one number only with an empty key.
std::int64_t counter(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view start =
        key.empty() ? std::string_view() : std::string_view(line).substr(0, key.size() + 1);
    if (!key.empty() && start != std::string(key) + " ") continue;
    std::int64_t value = 0;
    std::from_chars(line.data() + start.size(), line.data() + line.size(), value);
    return value;
  }
  return 0;
}

std::string relative_of(const std::string& server) { return std::string(kCgroupRoot) + "/" + server; }

class DirectoryTaskCgroups final : public TaskCgroups {
 public:
  DirectoryTaskCgroups(CgroupTree tree, std::string server)
      : tree_(std::move(tree)), server_(relative_of(server)) {}

  std::string version() const override { return tree_.version() == Version::V1 ? "v1" : "v2"; }
  std::string parent(std::string_view task) const override { return "/" + relative(task); }

  Result<void, std::string> ensure(std::string_view task, const TaskLimits& limits) override {
    std::string error = tree_.make("memory", relative(task));
    if (error.empty() && tree_.version() == Version::V1) error = tree_.make("cpu", relative(task));
    if (error.empty()) error = write_limits(task, limits);
    if (!error.empty()) return error;
    return {};
  }

  TaskMemory memory(std::string_view task) const override {
    const fs::path directory = tree_.directory("memory", relative(task));
    if (tree_.version() == Version::V2) {
      const bool killed = counter(read_cgroup_file(directory / "memory.events"), "oom_kill") > 0;
      return killed ? TaskMemory::Killed : TaskMemory::Untouched;
    }
    const bool hit = counter(read_cgroup_file(directory / "memory.failcnt"), "") > 0;
    return hit ? TaskMemory::LimitHit : TaskMemory::Untouched;
  }

  bool remove(std::string_view task) override {
    if (!tree_.remove(relative(task))) return false;
    tree_.remove_if_empty(server_);
    tree_.remove_if_empty(std::string(kCgroupRoot));
    return true;
  }

  std::vector<std::string> tasks() const override { return tree_.children(server_); }

 private:
  std::string relative(std::string_view task) const { return server_ + "/" + std::string(task); }

  std::string write_limits(std::string_view task, const TaskLimits& limits) const {
    const bool v1 = tree_.version() == Version::V1;
    const fs::path memory = tree_.directory("memory", relative(task));
    const fs::path cpu = tree_.directory("cpu", relative(task));
    std::string error;
    const auto put = [&error](const fs::path& file, const std::string& text) {
      if (error.empty()) error = write_cgroup_file(file, text);
    };
    if (limits.memory_bytes > 0) {
      put(memory / (v1 ? "memory.limit_in_bytes" : "memory.max"), std::to_string(limits.memory_bytes));
    }
    const std::string quota = std::to_string(limits.cpu_quota), period = std::to_string(limits.cpu_period);
    if (limits.cpu_quota > 0 && v1) {
      put(cpu / "cpu.cfs_period_us", period);
      put(cpu / "cpu.cfs_quota_us", quota);
    } else if (limits.cpu_quota > 0) {
      put(cpu / "cpu.max", quota + " " + period);
    }
    if (limits.cpu_shares > 0 && v1) {
      put(cpu / "cpu.shares", std::to_string(limits.cpu_shares));
    } else if (limits.cpu_shares > 0) {
      put(cpu / "cpu.weight", std::to_string(weight_of(limits.cpu_shares)));
    }
    return error;
  }

  CgroupTree tree_;
  std::string server_;
};

// What lies at the host's root. Files that only the root of a hierarchy has, or only the others, tell whether
// the machine's whole tree is seen: a container may have its own part of it there.
std::optional<Version> seen_version(const CgroupHost& host) {
  if (fs::exists(host.root / "memory" / "release_agent") && fs::exists(host.root / "cpu")) return Version::V1;
  if (fs::exists(host.root / "cgroup.controllers") && !fs::exists(host.root / "cgroup.events")) {
    return Version::V2;
  }
  return std::nullopt;
}

bool is_server_id(const std::string& name) {
  return name.size() == kServerIdLength && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

CgroupHost this_cgroup_host() {
  CgroupHost host;
  utsname names{};
  if (uname(&names) == 0) {
    host.name = names.nodename;
    host.kernel = names.release;
  }
  host.remove_directory = [](const fs::path& path) { return rmdir(path.c_str()) == 0 || errno == ENOENT; };
  return host;
}

std::string why_no_task_cgroups(const EngineInfo& engine, const CgroupHost& host) {
  if (engine.cgroup_driver != "cgroupfs") {
    return "the engine's cgroup driver is " +
           (engine.cgroup_driver.empty() ? "unknown" : engine.cgroup_driver) + ", not cgroupfs";
  }
  if (engine.name != host.name) {
    return "the engine runs on " + (engine.name.empty() ? "another machine" : engine.name) + ", Slipway on " +
           host.name;
  }
  if (engine.kernel_version != host.kernel) {
    return "the engine runs on kernel " + engine.kernel_version + ", Slipway on " + host.kernel;
  }
  const auto version = seen_version(host);
  const char* used = engine.cgroup_version == "1" ? "v1" : "v2";
  if (!version || (*version == Version::V1) != (engine.cgroup_version == "1")) {
    return "the machine's cgroup " + std::string(used) + " tree is not at " + host.root.string();
  }
  return {};
}

OpenedCgroups open_task_cgroups(const EngineInfo& engine, const std::string& server, const CgroupHost& host) {
  OpenedCgroups opened;
  opened.why_not = why_no_task_cgroups(engine, host);
  if (!opened.why_not.empty()) return opened;
  const CgroupTree tree(host, engine.cgroup_version == "1" ? Version::V1 : Version::V2);
  auto cgroups = std::make_unique<DirectoryTaskCgroups>(tree, server);
  const auto tried = cgroups->ensure(kTrial, kTrialLimits);
  cgroups->remove(kTrial);
  if (tried) {
    opened.cgroups = std::move(cgroups);
  } else {
    opened.why_not = "cgroups cannot be written: " + tried.error();
  }
  return opened;
}

std::map<std::string, bool> cgroup_servers(const CgroupHost& host) {
  const auto version = seen_version(host);
  std::map<std::string, bool> servers;
  if (!version) return servers;
  const CgroupTree tree(host, *version);
  for (const auto& name : tree.children(std::string(kCgroupRoot))) {
    if (is_server_id(name)) servers.emplace(name, tree.in_use(relative_of(name)));
  }
  return servers;
}

bool remove_cgroup_server(const CgroupHost& host, const std::string& server) {
  const auto version = seen_version(host);
  if (!version || !is_server_id(server)) return false;
  const CgroupTree tree(host, *version);
  if (tree.in_use(relative_of(server)) || !tree.remove(relative_of(server))) return false;
  tree.remove_if_empty(std::string(kCgroupRoot));
  return true;
}

}  // namespace slipway::runtime
