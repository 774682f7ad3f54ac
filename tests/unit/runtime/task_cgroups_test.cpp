// Parent cgroups on directories that stand for the cgroup file systems of a machine.
#include "slipway/runtime/task_cgroups.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace slipway::runtime {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "0123456789abcdef";
constexpr const char* kTask = "11111111111111111111111111111111";

// A directory per test, laid out as the kernel does.
class Machine {
 public:
  explicit Machine(const std::string& version) {
    static int machines = 0;
    host.root = fs::temp_directory_path() /
                ("slipway-cgroups-" + std::to_string(::getpid()) + "-" + std::to_string(machines++));
    host.name = "box";
    host.kernel = "6.1.0";
    host.remove_directory = [](const fs::path& path) { return remove_as_the_kernel_does(path); };
    engine.name = "box";
    engine.kernel_version = "6.1.0";
    engine.cgroup_driver = "cgroupfs";
    engine.cgroup_version = version;
    fs::create_directories(host.root);
    if (version == "1") {
      for (const char* controller : {"memory", "cpu,cpuacct", "pids", "systemd", "unified"}) {
        fs::create_directories(host.root / controller);
      }
      fs::create_directory_symlink("cpu,cpuacct", host.root / "cpu");
      put("memory/release_agent", "\n");
    } else {
      put("cgroup.controllers", "cpuset cpu io memory pids\n");
      put("cgroup.subtree_control", "pids\n");
    }
  }
  ~Machine() { fs::remove_all(host.root); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void put(const std::string& file, const std::string& text) const {
    fs::create_directories((host.root / file).parent_path());
    std::ofstream(host.root / file) << text;
  }
  std::string read(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(host.root / file).rdbuf();
    return text.str();
  }
  bool has(const std::string& path) const { return fs::exists(host.root / path); }
  std::unique_ptr<TaskCgroups> open(const std::string& server = kServer) const {
    auto opened = open_task_cgroups(engine, server, host);
    EXPECT_EQ(opened.why_not, "");
    return std::move(opened.cgroups);
  }

  CgroupHost host;
  EngineInfo engine;

 private:
  // With its files, but neither with directories nor with a process in it.
  static bool remove_as_the_kernel_does(const fs::path& path) {
    if (!fs::is_directory(path)) return !fs::exists(path);
    std::string process;
    if (std::ifstream(path / "cgroup.procs") >> process) return false;
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.is_directory()) return false;
    }
    fs::remove_all(path);
    return true;
  }
};

std::string at(const std::string& controller) {
  return (controller.empty() ? "" : controller + "/") + "slipway/" + kServer + "/" + kTask + "/";
}

const TaskLimits kLimits{.memory_bytes = 268435456, .cpu_quota = 25000, .cpu_period = 100000};

TEST(TaskCgroups, version_1_holds_memory_and_cpu_in_their_own_trees) {
  const Machine machine("1");
  const auto cgroups = machine.open();
  EXPECT_EQ(cgroups->parent(kTask), std::string("/slipway/") + kServer + "/" + kTask);
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  EXPECT_EQ(machine.read(at("memory") + "memory.limit_in_bytes"), "268435456");
  EXPECT_EQ(machine.read(at("cpu") + "cpu.cfs_quota_us"), "25000");
  EXPECT_EQ(machine.read(at("cpu") + "cpu.cfs_period_us"), "100000");
  EXPECT_FALSE(machine.has(at("cpu") + "cpu.shares"));
  EXPECT_EQ(cgroups->tasks(), std::vector<std::string>{kTask});
}

TEST(TaskCgroups, version_2_hands_the_controllers_down_and_holds_both_in_one_tree) {
  const Machine machine("2");
  const auto cgroups = machine.open();
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  for (const std::string above : {"", "slipway/", "slipway/0123456789abcdef/"}) {
    EXPECT_EQ(machine.read(above + "cgroup.subtree_control"), "+cpu +memory") << above;
  }
  EXPECT_EQ(machine.read(at("") + "memory.max"), "268435456");
  EXPECT_EQ(machine.read(at("") + "cpu.max"), "25000 100000");
  EXPECT_FALSE(machine.has(at("") + "cpu.weight"));
}

TEST(TaskCgroups, controllers_that_are_handed_down_already_are_left_alone) {
  const Machine machine("2");
  machine.put("cgroup.subtree_control", "cpuset cpu memory\n");
  ASSERT_TRUE(machine.open()->ensure(kTask, kLimits));
  EXPECT_EQ(machine.read("cgroup.subtree_control"), "cpuset cpu memory\n");
}

TEST(TaskCgroups, without_a_task_cpu_the_task_weighs_what_its_shares_say) {
  const TaskLimits shares{.memory_bytes = 0, .cpu_quota = 0, .cpu_period = 0, .cpu_shares = 1024};
  const Machine one("1");
  ASSERT_TRUE(one.open()->ensure(kTask, shares));
  EXPECT_EQ(one.read(at("cpu") + "cpu.shares"), "1024");
  EXPECT_FALSE(one.has(at("memory") + "memory.limit_in_bytes"));
  const Machine two("2");
  ASSERT_TRUE(two.open()->ensure(kTask, shares));
  EXPECT_EQ(two.read(at("") + "cpu.weight"), "39");
}

TEST(TaskCgroups, an_older_kernel_is_told_to_count_the_children_of_version_1) {
  const Machine machine("1");
  const auto cgroups = machine.open();
  machine.put("memory/slipway/memory.use_hierarchy", "0\n");
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  EXPECT_EQ(machine.read("memory/slipway/memory.use_hierarchy"), "1");
}

TEST(TaskCgroups, removing_takes_what_the_engine_made_in_every_tree) {
  const Machine machine("1");
  const auto cgroups = machine.open();
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  for (const char* controller : {"memory", "pids", "systemd", "unified"}) {
    machine.put(at(controller) + "container/cgroup.procs", "");
  }
  EXPECT_TRUE(cgroups->remove(kTask));
  for (const char* controller : {"memory", "cpu", "pids", "systemd", "unified"}) {
    EXPECT_FALSE(machine.has(std::string(controller) + "/slipway")) << controller;
  }
  EXPECT_TRUE(cgroups->remove(kTask)) << "a second time";
}

TEST(TaskCgroups, one_in_use_stays_and_says_so) {
  const Machine machine("2");
  const auto cgroups = machine.open();
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  machine.put(at("") + "container/cgroup.procs", "4711\n");
  EXPECT_FALSE(cgroups->remove(kTask));
  EXPECT_TRUE(machine.has(at("")));
  machine.put(at("") + "container/cgroup.procs", "");
  EXPECT_TRUE(cgroups->remove(kTask));
  EXPECT_FALSE(machine.has("slipway"));
}

TEST(TaskCgroups, other_tasks_and_other_servers_stay) {
  const Machine machine("1");
  const auto cgroups = machine.open(), others = machine.open("fedcba9876543210");
  ASSERT_TRUE(cgroups->ensure(kTask, kLimits));
  ASSERT_TRUE(cgroups->ensure("2", kLimits));
  ASSERT_TRUE(others->ensure("3", kLimits));
  EXPECT_TRUE(cgroups->remove(kTask));
  EXPECT_EQ(cgroups->tasks(), std::vector<std::string>{"2"});
  EXPECT_TRUE(cgroups->remove("2"));
  EXPECT_EQ(others->tasks(), std::vector<std::string>{"3"});
  EXPECT_FALSE(machine.has(std::string("memory/slipway/") + kServer));
}

TEST(TaskCgroups, memory_pressure_is_read_where_the_kernel_counts_it) {
  const Machine one("1");
  const auto first = one.open();
  EXPECT_EQ(first->memory(kTask), TaskMemory::Untouched) << "there is none";
  one.put(at("memory") + "memory.failcnt", "0\n");
  EXPECT_EQ(first->memory(kTask), TaskMemory::Untouched);
  one.put(at("memory") + "memory.failcnt", "702\n");
  EXPECT_EQ(first->memory(kTask), TaskMemory::LimitHit);
  const Machine two("2");
  const auto second = two.open();
  two.put(at("") + "memory.events", "low 0\nmax 12\noom 1\noom_kill 0\noom_group_kill 0\n");
  EXPECT_EQ(second->memory(kTask), TaskMemory::Untouched);
  two.put(at("") + "memory.events", "low 0\nmax 12\noom 1\noom_kill 1\n");
  EXPECT_EQ(second->memory(kTask), TaskMemory::Killed);
}

TEST(TaskCgroups, they_are_not_used_where_the_engine_would_not_find_them) {
  struct Case {
    const char* name;
    std::function<void(Machine&)> change;
    const char* why;
  };
  const Case cases[] = {
      {"systemd", [](Machine& m) { m.engine.cgroup_driver = "systemd"; },
       "the engine's cgroup driver is systemd, not cgroupfs"},
      {"rootless", [](Machine& m) { m.engine.cgroup_driver = "none"; },
       "the engine's cgroup driver is none, not cgroupfs"},
      {"remote", [](Machine& m) { m.engine.name = "cloud"; }, "the engine runs on cloud, Slipway on box"},
      {"a machine in the machine", [](Machine& m) { m.engine.kernel_version = "6.6-linuxkit"; },
       "the engine runs on kernel 6.6-linuxkit, Slipway on 6.1.0"},
      {"a part of the tree", [](Machine& m) { m.put("cgroup.events", "populated 1\n"); },
       "the machine's cgroup v2 tree is not at "},
      {"no tree", [](Machine& m) { fs::remove(m.host.root / "cgroup.controllers"); },
       "the machine's cgroup v2 tree is not at "},
      {"the other version", [](Machine& m) { m.engine.cgroup_version = "1"; },
       "the machine's cgroup v1 tree is not at "},
      // A file where a directory is wanted: nobody, root neither, can make it.
      {"not writable", [](Machine& m) { m.put("slipway", ""); }, "cgroups cannot be written: "},
  };
  for (const auto& each : cases) {
    Machine machine("2");
    each.change(machine);
    const auto opened = open_task_cgroups(machine.engine, kServer, machine.host);
    EXPECT_EQ(opened.cgroups, nullptr) << each.name;
    EXPECT_TRUE(opened.why_not.starts_with(each.why)) << each.name << ": " << opened.why_not;
  }
}

TEST(TaskCgroups, opening_them_leaves_nothing) {
  const Machine one("1"), two("2");
  ASSERT_NE(one.open(), nullptr);
  EXPECT_FALSE(one.has("memory/slipway") || one.has("cpu/slipway"));
  ASSERT_NE(two.open(), nullptr);
  EXPECT_FALSE(two.has("slipway"));
}

TEST(TaskCgroups, prune_sees_all_servers_and_removes_only_what_no_process_uses) {
  const Machine machine("1");
  ASSERT_TRUE(machine.open()->ensure(kTask, kLimits));
  ASSERT_TRUE(machine.open("fedcba9876543210")->ensure("3", kLimits));
  machine.put(at("memory") + "container/cgroup.procs", "4711\n");
  machine.put("memory/slipway/something-else/cgroup.procs", "");
  const std::map<std::string, bool> expected{{kServer, true}, {"fedcba9876543210", false}};
  EXPECT_EQ(cgroup_servers(machine.host), expected);
  EXPECT_FALSE(remove_cgroup_server(machine.host, kServer));
  EXPECT_TRUE(remove_cgroup_server(machine.host, "fedcba9876543210"));
  EXPECT_FALSE(remove_cgroup_server(machine.host, "something-else"));
  EXPECT_TRUE(machine.has(at("memory")) && machine.has("memory/slipway/something-else"));
  EXPECT_FALSE(machine.has("memory/slipway/fedcba9876543210"));
}

}  // namespace
}  // namespace slipway::runtime
