// What a simulated container does, read from its dev.slipway.sim.* labels (see simulated_engine.h). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/simulated/container_table.h"
#include "runtime/simulated/printed_log.h"

namespace slipway::runtime::simulated {

struct Exit {
  Millis after{0};
  int code = 0;
  bool out_of_memory = false;
};

struct HealthChange {
  Millis after{0};
  Health health = Health::None;
};

// A container's first health and the change that follows, if any.
struct HealthPlan {
  Health first = Health::Starting;
  std::optional<HealthChange> change;
};

class Behaviour final {
 public:
  Behaviour(const ContainerTable& table, const Container& container) : table_(table), container_(container) {}

  std::string create_error() const { return text("create-error"); }
  std::string start_error() const { return text("start-error"); }
  Millis start_takes() const { return seconds("start-seconds").value_or(Millis{0}); }
  // How it ends by itself; nullopt: it runs until it is stopped.
  std::optional<Exit> own_exit() const;
  // How it obeys SIGTERM when SIGKILL follows after `grace`; nullopt `grace`: no SIGKILL follows, and nullopt
  // is the answer of a container that does not obey.
  std::optional<Exit> after_stop(std::optional<Millis> grace) const;
  HealthPlan health(const HealthCheck& check) const;
  PrintPlan prints() const;

 private:
  std::string text(const char* name) const;
  std::optional<Millis> seconds(const char* name) const;
  std::optional<int> exit_code() const;

  const ContainerTable& table_;
  const Container& container_;
};

// "1.5" is 1,500 ms; nullopt when it is not a number of seconds from 0 to 10^9.
std::optional<Millis> parse_seconds(std::string_view text);

}  // namespace slipway::runtime::simulated
