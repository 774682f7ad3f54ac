// Where connections to a port of a service go: which of its tasks serve, and at which address each is
// reached. Pure; called by ServicePorts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "slipway/base/time.h"
#include "slipway/controllers/service_ports.h"
#include "slipway/dataplane/data_plane.h"
#include "slipway/model/task.h"

namespace slipway::controllers {

struct Candidate {
  model::TaskPtr task;
  bool checked = false;  // HEALTHY can be reached
};

struct Serving {
  std::vector<model::TaskPtr> tasks;
  std::optional<TimePoint> look_again;  // control time: another one is ready then
};

// Of the tasks that are RUNNING and meant to, those that are ready; when none is, those that are not
// UNHEALTHY; when all are, all. A checked task is ready when it is HEALTHY. One without health checks is
// ready at once, but while tasks of more than one deployment run only when it counts as healthy for its
// deployment (scheduler::kSettleTime after RUNNING): by then a program listens, and until then the others
// serve.
Serving serving_tasks(const std::vector<Candidate>& candidates, TimePoint now);

// Addresses on the engine's networks by container, as container_key() names them.
using AddressBook = std::map<std::string, std::map<std::string, std::string>>;

// The container whose addresses lead to `port` of the task, where tasks are reached on the engine's networks;
// nullptr when there is none, or when they need not be asked for. Points into `task`.
const model::Container* asked_container(const model::Task& task, std::uint16_t port, const PortReach& reach);
// One run of a container: another run may have other addresses.
std::string container_key(const model::Container& container);

// nullopt: nothing leads there (yet).
std::optional<dataplane::Target> target_of(const model::Task& task, std::uint16_t port,
                                           const PortReach& reach, const AddressBook& book);

}  // namespace slipway::controllers
