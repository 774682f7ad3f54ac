// A tar archive (POSIX ustar) in memory: root file systems for Engine::import_image. Called by the agent for
// its pause image and by tests. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::runtime {

struct TarEntry {
  enum class Kind { File, Directory, Symlink };

  std::string path;      // relative, at most 255 bytes ("bin/busybox"); a directory needs no trailing slash
  std::string contents;  // of a file; a symbolic link's target (at most 100 bytes)
  std::uint32_t mode = 0644;
  Kind kind = Kind::File;
};

// Owner root, modification time 0, so that equal entries give equal bytes. Throws std::length_error for a
// path or a link target that does not fit.
std::string make_tar(const std::vector<TarEntry>& entries);

}  // namespace slipway::runtime
