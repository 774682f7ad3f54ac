// Amazon ECS: its handlers over the store. Handlers are synchronous functions of (transaction, caller,
// input); what they put into the store wakes the agent. Control thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
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
  std::function<bool()> answers = {};  // now; empty: always
};

struct EcsSettings {
  bool strict = false;
};

// When a service wants to be looked at again though nothing changed.
struct LookAgain {
  std::optional<TimePoint> control;
  std::optional<TimePoint> real;
  bool waits_for_room = false;  // look at it when a task on an instance has ended
};

class Ecs final {
 public:
  Ecs(store::Store& store, IdSource& ids, LocalEngine engine, EcsSettings settings);
  ~Ecs();
  Ecs(const Ecs&) = delete;
  Ecs& operator=(const Ecs&) = delete;

  // Forgets what AWS forgets by itself after a while: task definitions that were deleted and are used no
  // more, services that are INACTIVE for a day. To be called about every minute of control time.
  void sweep(TimePoint now);

  // Brings the service one step nearer to what it should be: plans and applies in one transaction.
  // `room_came_free`: a task on an instance has ended. Throws AwsError when the store cannot be written.
  LookAgain keep_service(const std::string& service_arn, Now now, bool room_came_free);
  // Why the service is not steady, in sentences; empty when it is, or when there is no such service.
  std::vector<std::string> why_service(const std::string& service_arn, Now now) const;

  // One per operation of operations.txt.
  std::vector<Binding> bindings();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::services
