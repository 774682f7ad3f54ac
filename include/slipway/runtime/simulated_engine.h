// Containers in process, without Docker: for tests, for `--engine simulated` and for what-if runs. Times are
// control time, so that a scaled or hand-moved clock moves the containers' lives too. Steered by labels of
// the container:
//   dev.slipway.sim.run-seconds=N     exits by itself after N seconds (default: runs until stopped)
//   dev.slipway.sim.exit-code=N       with that code (default 0); also after a stop when set with
//   stop-seconds dev.slipway.sim.start-seconds=N   start takes that long (default 0)
//   dev.slipway.sim.pull-seconds=N    (label cannot be known at pull: use an image name with tag `pull-Ns`)
//   dev.slipway.sim.stop-seconds=N    takes that long to obey SIGTERM (default 0); "never" waits for SIGKILL
//   (137) dev.slipway.sim.oom=true          ends by the OOM killer (137) dev.slipway.sim.start-error=TEXT
//   start fails with that text dev.slipway.sim.create-error=TEXT create fails with that text
//   dev.slipway.sim.health=healthy|unhealthy|healthy-after:N|unhealthy-after:N   (only with a health check)
// Image names: `…/missing` or tag `missing` fail to pull with Docker's "manifest unknown" text; any other
// exists after its pull. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "slipway/base/id_source.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime {

// What a simulated machine has.
struct SimulatedMachine {
  int cpus = 2;
  std::int64_t memory_bytes = std::int64_t{8} * 1024 * 1024 * 1024;
};

// Also for tests: faults that a real engine has.
class SimulatedEngine : public Engine {
 public:
  // Every call fails as Unreachable until it is switched back; running containers go on.
  virtual void set_reachable(bool reachable) = 0;
  // The next `count` calls whose verb is `verb` ("create", "start", "pull", …) fail with `error`.
  virtual void fail_next(const std::string& verb, int count, EngineError error) = 0;
  // As if the engine was restarted: all running containers end with exit code 137 (or go on: live-restore).
  virtual void restart(bool live_restore) = 0;
  // A container's process is killed from outside.
  virtual void crash(const std::string& id, int exit_code) = 0;
  virtual std::size_t containers() const = 0;
};

std::unique_ptr<SimulatedEngine> make_simulated_engine(boost::asio::any_io_executor executor,
                                                       async::Clock& clock, IdSource& ids,
                                                       SimulatedMachine machine);

}  // namespace slipway::runtime
