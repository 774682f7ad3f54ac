#include "store/checkpointer.h"

#include <csignal>

#include "store/sqlite.h"

namespace slipway::store {

Checkpointer::Checkpointer(std::string path, Log& log) : path_(std::move(path)), log_(log) {
  // Signals belong to the control thread: a new thread inherits the mask that blocks them all.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::request() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return requested_ || stop_; });
      if (stop_) return;
      requested_ = false;
    }
    checkpoint();
  }
}

void Checkpointer::checkpoint() {
  try {
    // A connection per checkpoint: they are seldom, and an idle one would hold memory and keep the log from
    // being removed at close.
    Connection connection(path_);
    connection.exec("PRAGMA synchronous=NORMAL; PRAGMA wal_checkpoint(PASSIVE)");
  } catch (const SqliteError& error) {
    // Nothing is lost: the log keeps what the database lacks, and the next request tries again.
    log_.warn("checkpoint failed", {{"file", path_}, {"reason", error.what()}});
  }
}

}  // namespace slipway::store
