// The directories below /slipway in the cgroup file systems of this machine: one hierarchy with cgroup v2,
// one for each controller with v1, where the engine makes the parents of its containers in all of them. Used
// by task_cgroups.cpp only; control thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/runtime/task_cgroups.h"

namespace slipway::runtime {

inline constexpr std::string_view kCgroupRoot = "slipway";

class CgroupTree final {
 public:
  enum class Version : std::uint8_t { V1, V2 };
  CgroupTree(const CgroupHost& host, Version version) : host_(host), version_(version) {}

  Version version() const { return version_; }
  // Where the controller's files of `relative` ("slipway/<server>/<task>") are; "memory" or "cpu".
  std::filesystem::path directory(std::string_view controller, const std::string& relative) const;
  // Makes the directory and those above it, with the controllers that the limits need. Empty, or the error.
  std::string make(std::string_view controller, const std::string& relative) const;
  // Removes `relative` and what is below it, in every hierarchy. False: something is in use.
  bool remove(const std::string& relative) const;
  // Removes a directory above tasks, when nothing is in it any more.
  void remove_if_empty(const std::string& relative) const;
  // Names of the directories in it.
  std::vector<std::string> children(const std::string& relative) const;
  // A process runs in it or below.
  bool in_use(const std::string& relative) const;

 private:
  std::vector<std::filesystem::path> hierarchies() const;
  std::string make_once(std::string_view controller, const std::string& relative) const;
  std::string delegate(const std::filesystem::path& directory) const;
  bool remove_below(const std::filesystem::path& directory) const;

  const CgroupHost host_;
  Version version_;
};

// The file's text; empty when it cannot be read.
std::string read_cgroup_file(const std::filesystem::path& file);
// Empty, or the error.
std::string write_cgroup_file(const std::filesystem::path& file, const std::string& text);

}  // namespace slipway::runtime
