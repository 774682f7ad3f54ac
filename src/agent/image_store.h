// Has images on the engine for containers that wait for them: one pull per reference at a time, shared by all
// who wait (decisions.md 18). Reports by calls; its work runs in the agent's job scope. Control thread only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agent/context.h"
#include "slipway/async/task_scope.h"

namespace slipway::agent {

// (task ARN, container name)
using Waiter = std::pair<std::string, std::string>;

struct ImageOutcome {
  bool present = false;                       // the image can be used
  bool pulled = false;                        // a pull was tried
  bool unknown = false;                       // the engine did not answer
  std::string digest;                         // of the image on the engine: "sha256:…", or empty
  std::optional<runtime::EngineError> error;  // of the pull; with `present`: an older image is there
};

// What a waiter waits for.
struct ImageWait {
  std::string reference;
  std::optional<TimePoint> pulling_since;  // real time; nullopt: being looked up on the engine
  std::string progress;                    // the engine's last words about the pull
};

class ImageStore final {
 public:
  using Listener = std::function<void(const Waiter&, const ImageOutcome&)>;
  using StartListener = std::function<void(const Waiter&)>;

  // `pulling` tells a waiter that a real pull is under way, `done` how it ended.
  ImageStore(Context& context, StartListener pulling, Listener done)
      : context_(context), pulling_(std::move(pulling)), done_(std::move(done)) {}

  void want(async::TaskScope& jobs, const std::string& reference, const Waiter& waiter);
  void clear();
  // O(images that are waited for).
  std::optional<ImageWait> find_wait(const Waiter& waiter) const;

 private:
  struct Request {
    std::set<Waiter> waiters;
    std::optional<TimePoint> pulling_since;  // real time
    std::string progress;
  };
  // A registry that could not be reached is not asked again for a while.
  struct Outage {
    TimePoint until;
    runtime::EngineError error;
  };

  static async::Awaitable<void> obtain(ImageStore* self, std::string reference);
  async::Awaitable<ImageOutcome> find(std::string reference);
  async::Awaitable<ImageOutcome> pull(std::string reference, std::optional<runtime::ImageInfo> cached);
  async::Awaitable<ImageOutcome> make_pause_image();
  std::optional<runtime::EngineError> remembered_outage(const std::string& registry);
  void announce_pull(const std::string& reference);

  Context& context_;
  StartListener pulling_;
  Listener done_;
  std::map<std::string, Request> requests_;
  std::map<std::string, Outage> outages_;
};

// The container's reason when an image cannot be had (data-plane.md 1.7).
std::string pull_failure(const std::string& reference, const runtime::EngineError& error,
                         model::LaunchType type);

// "docker.io/library/busybox:latest" of "busybox"; the registry is what stands before the first slash.
std::string full_reference(const std::string& reference);

}  // namespace slipway::agent
