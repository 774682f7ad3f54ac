#include "app/ephemeral.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

#include "slipway/app/standing.h"

namespace slipway::app {
namespace {

constexpr int kSlots = 64;
constexpr std::size_t kIdLength = 16;

std::string read_id(int file) {
  std::array<char, kIdLength> text{};
  const auto size = pread(file, text.data(), text.size(), 0);
  return size == static_cast<ssize_t>(kIdLength) ? std::string(text.data(), text.size()) : std::string();
}

}  // namespace

EphemeralSlot::EphemeralSlot(const std::string& directory, const std::string& new_id) {
  std::filesystem::create_directories(directory);
  for (int slot = 0; slot < kSlots; ++slot) {
    const std::string path = directory + "/ephemeral-" + std::to_string(slot);
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot write " + path + ": choose another --data-dir");
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
      close(file);
      continue;
    }
    file_ = file;
    server_id_ = read_id(file);
    if (server_id_.empty()) server_id_ = new_id.substr(0, kIdLength);
    // The id for the next one and for `slipway prune`, the process for `slipway stop`.
    const std::string text = server_id_ + "\n" + std::to_string(getpid()) + "\n";
    if (pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
        ftruncate(file, static_cast<off_t>(text.size())) != 0) {
      close(file);
      throw std::runtime_error("cannot write " + path + ": choose another --data-dir");
    }
    return;
  }
  throw std::runtime_error("all " + std::to_string(kSlots) + " ephemeral slots of " + directory +
                           " are in use: choose another --data-dir");
}

EphemeralSlot::~EphemeralSlot() { close(file_); }

bool is_container_without_volume(const std::string& directory) {
  std::filesystem::path existing = directory;
  struct stat data{};
  while (stat(existing.c_str(), &data) != 0 && existing.has_relative_path())
    existing = existing.parent_path();
  struct stat root{};
  struct statfs layer{};
  if (stat("/", &root) != 0 || statfs("/", &layer) != 0 || data.st_dev != root.st_dev) return false;
  if (in_container(read_surroundings())) return true;
  // An engine that leaves no other trace; a machine made from an image has the file too, but no layers.
  return access("/.dockerenv", F_OK) == 0 && layer.f_type == OVERLAYFS_SUPER_MAGIC;
}

}  // namespace slipway::app
