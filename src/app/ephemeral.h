// Identity of a server that keeps its state in memory (--ephemeral): a slot in the data dir, locked while it
// runs, whose id outlives a kill, so that the next ephemeral server finds the containers that the killed one
// left. The slot's file, ephemeral-N, has the id on its first line and the process on its second.
#pragma once

#include <string>

namespace slipway::app {

class EphemeralSlot final {
 public:
  // Takes the first slot of `directory` that no living process holds; makes directory and id when missing.
  // Throws std::runtime_error when none can be had.
  EphemeralSlot(const std::string& directory, const std::string& new_id);
  ~EphemeralSlot();
  EphemeralSlot(const EphemeralSlot&) = delete;
  EphemeralSlot& operator=(const EphemeralSlot&) = delete;

  const std::string& server_id() const { return server_id_; }

 private:
  int file_ = -1;
  std::string server_id_;
};

// In a container whose data dir lies on the container's own file system, not on a volume: nothing kept there
// would last.
bool is_container_without_volume(const std::string& directory);

}  // namespace slipway::app
