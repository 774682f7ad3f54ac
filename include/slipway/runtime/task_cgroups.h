// The cgroups that hold a task's limits for all its containers together: /slipway/<server>/<task>, each the
// parent of its containers' own (Docker's CgroupParent). Only where Slipway can write the tree that the
// engine uses: open_task_cgroups() decides that, once. Called by app (which opens it), the agent, and the
// command line. Every call is a few system calls, none waits. Control thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/base/error.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime {

// Limits of a task as a whole. 0: none.
struct TaskLimits {
  std::int64_t memory_bytes = 0;
  std::int64_t cpu_quota = 0, cpu_period = 0;  // microseconds
  std::int64_t cpu_shares = 0;                 // 2 to 262144, as Docker counts
  bool operator==(const TaskLimits&) const = default;
};

// What a task's cgroup knows of its memory.
enum class TaskMemory : std::uint8_t {
  Untouched,  // never at its limit, or there is no cgroup
  LimitHit,   // cgroup v1: at its limit once; it does not count who was killed for that
  Killed      // cgroup v2: a process of the task was killed for memory
};

class TaskCgroups {
 public:
  virtual ~TaskCgroups() = default;

  // "v1" or "v2", for people.
  virtual std::string version() const = 0;
  // What the engine is told as CgroupParent of the task's containers.
  virtual std::string parent(std::string_view task) const = 0;
  // Makes the task's cgroup unless it is there, and sets its limits. The error is a text for people.
  virtual Result<void, std::string> ensure(std::string_view task, const TaskLimits& limits) = 0;
  virtual TaskMemory memory(std::string_view task) const = 0;
  // Success when it is gone, also before. False: a process is in it still.
  virtual bool remove(std::string_view task) = 0;
  // The tasks of this server that have a cgroup.
  virtual std::vector<std::string> tasks() const = 0;
};

// The machine on which Slipway itself runs, and its cgroup file systems.
struct CgroupHost {
  std::string name;    // host name
  std::string kernel;  // release: "6.1.0-18-amd64"
  std::filesystem::path root = "/sys/fs/cgroup";
  // rmdir(2): a cgroup takes its files with it. A test's directory does not.
  std::function<bool(const std::filesystem::path&)> remove_directory;
};
CgroupHost this_cgroup_host();

// Why limits can only hold per container, for people; empty when nothing speaks against parent cgroups: the
// engine manages cgroups itself (driver cgroupfs; of the systemd driver only systemd may make slices), it
// runs on this machine, and the whole of its tree is seen here. Writes nothing.
std::string why_no_task_cgroups(const EngineInfo& engine, const CgroupHost& host);

struct OpenedCgroups {
  std::unique_ptr<TaskCgroups> cgroups;  // nullptr: limits can only hold per container
  std::string why_not;                   // then the reason
};
// Those of the server with that id. Tries to write one, which is gone again afterwards.
OpenedCgroups open_task_cgroups(const EngineInfo& engine, const std::string& server, const CgroupHost& host);

// The servers below /slipway, and whether a process runs in a cgroup of theirs; for `slipway prune`.
std::map<std::string, bool> cgroup_servers(const CgroupHost& host);
// Removes all cgroups of that server; false when one is in use.
bool remove_cgroup_server(const CgroupHost& host, const std::string& server);

}  // namespace slipway::runtime
