// Moves the write-ahead log into the database on its own thread and connection, so that the 10-50 ms that a
// sync may take never stand between a request and its answer (engine-notes §2). Owned by the store.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "slipway/base/log.h"

namespace slipway::store {

class Checkpointer final {
 public:
  // `path` is the database's file; `log` outlives this object.
  Checkpointer(std::string path, Log& log);
  // Waits for a checkpoint that is under way.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Asks for a PASSIVE checkpoint, which waits for nobody and makes nobody wait. Any thread.
  void request();

 private:
  void run();
  void checkpoint();

  const std::string path_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool requested_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace slipway::store
