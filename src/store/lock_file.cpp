#include "store/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "slipway/store/store.h"

namespace slipway::store {
namespace {

std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

LockFile::LockFile(const std::filesystem::path& directory) {
  const auto path = directory / "lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw OpenError("Cannot use the data directory " + directory.string() + ": " + std::strerror(errno) +
                    ". Give a directory that you may write with --data-dir, or use --ephemeral.");
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(descriptor_);
    ::close(descriptor_);
    throw OpenError("The data directory " + directory.string() + " is in use by " + who +
                    ". Stop that Slipway (slipway stop), or start this one with another --data-dir.");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The id only helps people: a full disk must not keep Slipway from starting.
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) return;
}

LockFile::~LockFile() {
  // An empty file says that nobody is there; after a crash the old id stays, but without the lock.
  if (::ftruncate(descriptor_, 0) != 0) errno = 0;
  ::close(descriptor_);
}

}  // namespace slipway::store
