#include "controllers/service_targets.h"

#include <algorithm>
#include <charconv>

#include "slipway/model/service.h"
#include "slipway/network/address.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::controllers {
namespace {

using model::Container;
using model::ContainerState;
using model::HealthStatus;
using model::PortBinding;
using model::Task;

bool serves(const Task& task) {
  return task.last_status == model::TaskStatus::Running &&
         task.desired_status == model::DesiredStatus::Running;
}

TimePoint settled_at(const Task& task) {
  return task.started_at.value_or(task.updated_at) + scheduler::kSettleTime;
}

bool is_any(const std::string& address) { return address.empty() || address == "0.0.0.0"; }

// The last port of "8000-8010"; that of the binding when it is no range.
std::uint16_t last_port(const PortBinding& binding) {
  const std::string& range = binding.container_port_range;
  const auto dash = range.find('-');
  std::uint16_t last = binding.container_port;
  if (dash != std::string::npos) {
    std::from_chars(range.data() + dash + 1, range.data() + range.size(), last);
  }
  return last;
}

bool leads_to(const PortBinding& binding, std::uint16_t port) {
  return binding.protocol == "tcp" && binding.container_port <= port && port <= last_port(binding);
}

const PortBinding* find_binding(const std::vector<PortBinding>& bindings, std::uint16_t port) {
  const auto found =
      std::ranges::find_if(bindings, [port](const PortBinding& binding) { return leads_to(binding, port); });
  return found == bindings.end() ? nullptr : &*found;
}

// The running container on which the port is open, with what leads there.
struct Door {
  const Container* container = nullptr;
  const PortBinding* binding = nullptr;
};

Door find_door(const Task& task, std::uint16_t port) {
  for (const auto& container : task.containers) {
    if (container.known != ContainerState::Running) continue;
    for (const auto* bindings : {&container.bindings, &container.published}) {
      if (const auto* binding = find_binding(*bindings, port)) return {&container, binding};
    }
  }
  return {};
}

bool shares(const PortReach& reach, const std::string& network) {
  return std::ranges::find(reach.networks, network) != reach.networks.end();
}

std::optional<dataplane::Target> checked(const std::string& address, std::uint16_t port) {
  if (port == 0 || !network::parse_address(address)) return std::nullopt;
  return dataplane::Target{address, port};
}

}  // namespace

Serving serving_tasks(const std::vector<Candidate>& candidates, TimePoint now) {
  std::vector<const Candidate*> running;
  for (const auto& candidate : candidates) {
    if (serves(*candidate.task)) running.push_back(&candidate);
  }
  const bool rolling = std::ranges::any_of(running, [&](const Candidate* candidate) {
    return candidate->task->started_by != running.front()->task->started_by;
  });
  Serving ready, fair, all;
  for (const auto* candidate : running) {
    const model::TaskPtr& task = candidate->task;
    all.tasks.push_back(task);
    if (task->health == HealthStatus::Unhealthy) continue;
    fair.tasks.push_back(task);
    if (candidate->checked ? task->health == HealthStatus::Healthy : !rolling || settled_at(*task) <= now) {
      ready.tasks.push_back(task);
    } else if (!candidate->checked && (!ready.look_again || settled_at(*task) < *ready.look_again)) {
      ready.look_again = settled_at(*task);
    }
  }
  if (!ready.tasks.empty()) return ready;
  fair.look_again = all.look_again = ready.look_again;
  return fair.tasks.empty() ? all : fair;
}

std::string container_key(const Container& container) {
  const auto started = container.started_at.value_or(TimePoint{}).time_since_epoch().count();
  return container.runtime_id + "@" + std::to_string(started);
}

const Container* asked_container(const Task& task, std::uint16_t port, const PortReach& reach) {
  if (reach.networks.empty()) return nullptr;
  if (task.eni && shares(reach, task.eni->network)) return nullptr;
  return find_door(task, port).container;
}

std::optional<dataplane::Target> target_of(const Task& task, std::uint16_t port, const PortReach& reach,
                                           const AddressBook& book) {
  const Door door = find_door(task, port);
  if (door.container == nullptr) return std::nullopt;
  if (reach.networks.empty()) {
    const auto offset = port - door.binding->container_port;
    const auto host_port =
        door.binding->host_port == 0 ? 0 : static_cast<std::uint16_t>(door.binding->host_port + offset);
    return checked(is_any(door.binding->bind_ip) ? reach.published_at : door.binding->bind_ip,
                   static_cast<std::uint16_t>(host_port));
  }
  if (task.eni && shares(reach, task.eni->network)) return checked(task.eni->address, port);
  const auto addresses = book.find(container_key(*door.container));
  if (addresses == book.end()) return std::nullopt;
  for (const auto& network : reach.networks) {
    if (const auto found = addresses->second.find(network); found != addresses->second.end()) {
      return checked(found->second, port);
    }
  }
  return std::nullopt;
}

}  // namespace slipway::controllers
