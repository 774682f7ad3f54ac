// Amazon ECS: its handlers over the store. Handlers are synchronous functions of (transaction, caller,
// input); what they put into the store wakes the agent. Control thread only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "slipway/base/id_source.h"
#include "slipway/services/binding.h"
#include "slipway/store/store.h"

namespace slipway::services {

// The engine as placement and the local stand-in instance see it (contract.md --local-instance may lower cpu,
// memory).
struct LocalEngine {
  std::string id;              // engine identity
  std::string version;         // "20.10.24"
  std::string architecture;    // "x86_64", "arm64"
  std::int64_t cpu_units = 0;  // cores x 1024
  std::int64_t memory_mib = 0;
};

struct EcsSettings {
  bool strict = false;
};

class Ecs final {
 public:
  Ecs(store::Store& store, IdSource& ids, LocalEngine engine, EcsSettings settings);
  ~Ecs();
  Ecs(const Ecs&) = delete;
  Ecs& operator=(const Ecs&) = delete;

  // Forgets what AWS forgets by itself after a while: task definitions that were deleted and are used no
  // more. To be called about every minute of control time.
  void sweep(TimePoint now);

  // One per operation of operations.txt.
  std::vector<Binding> bindings();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::services
