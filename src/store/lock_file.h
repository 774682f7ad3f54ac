// The data dir's `lock`: held (flock) by the one process that uses the directory, with its process id inside.
// Made by Store::open on the control thread; released by the destructor or by the end of the process.
#pragma once

#include <filesystem>

namespace slipway::store {

class LockFile final {
 public:
  // Throws OpenError when another process holds it (names that process) or the file cannot be made.
  explicit LockFile(const std::filesystem::path& directory);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace slipway::store
