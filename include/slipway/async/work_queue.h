// Keys of things to look at: each key at most once in the queue, never worked on twice at the same time; a
// key added while it is worked on is worked on again afterwards. A failing key comes back after a growing
// delay (100 ms to 30 s of real time), or at once when it is added meanwhile. Nothing is kept for a key that
// is not queued, planned, in work or failed. Each operation costs O(log n). Control thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "slipway/async/clock.h"
#include "slipway/async/task_scope.h"

namespace slipway::async {

class WorkQueue final {
 public:
  using Handler = std::function<Awaitable<void>(std::string key)>;

  // `handler` looks at one key; an exception means "again later". `scope` and `clock` outlive the queue.
  WorkQueue(std::string name, Clock& clock, TaskScope& scope, Log& log, Handler handler);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // As soon as possible.
  void add(std::string key);
  // When control time reaches `when`; an earlier pending time for the key stands.
  void add_at(std::string key, TimePoint when);
  // After a span of real time; an earlier pending one stands.
  void add_after_real(std::string key, Millis span);

  // Nothing queued, in work or failed and waiting for its retry (planned wake-ups do not count).
  bool idle() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace slipway::async
