// Containers in process, without Docker: for tests, for `--engine simulated` and for what-if runs. They live
// in control time, so that a scaled or hand-moved clock moves their lives too; the times that the engine
// tells of them are real ones, as Docker's. Control thread only. Steered by labels of the container (N:
// seconds, also with a fraction):
//
// - dev.slipway.sim.run-seconds=N: exits by itself after that time (else it runs until stopped)
// - dev.slipway.sim.exit-code=CODE: with that code (else 0)
// - dev.slipway.sim.oom=true: is ended by the OOM killer (137), after run-seconds or at once
// - dev.slipway.sim.start-seconds=N: its start takes that long (else no time)
// - dev.slipway.sim.stop-seconds=N|never: takes that long to obey SIGTERM (else no time), at most the grace
//   period; then exits with exit-code when that is given, else with 143, or 137 when SIGKILL ended it
// - dev.slipway.sim.start-error=TEXT, dev.slipway.sim.create-error=TEXT: the start or creation fails with it
// - dev.slipway.sim.health=healthy|unhealthy|healthy-after:N|unhealthy-after:N: only with a health check; the
//   first two at once, healthy-after is starting before, unhealthy-after healthy before. Without the label:
//   healthy one check interval after the start
//
// - dev.slipway.sim.log=TEXT, dev.slipway.sim.log-stderr=TEXT: the lines that it prints when it starts; the
//   engine keeps those of the last start
// - dev.slipway.sim.log-every=N: prints them again every N seconds while it runs
//
// Image names: `…/missing` or tag `missing` fail to pull with Docker's "manifest unknown" text; the tag
// `pull-Ns` makes a pull take N seconds. Any image exists after its pull, none before.
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
