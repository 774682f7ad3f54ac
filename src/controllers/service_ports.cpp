#include "slipway/controllers/service_ports.h"

#include <algorithm>

#include "controllers/port_choice.h"
#include "controllers/service_targets.h"
#include "slipway/async/task_scope.h"
#include "slipway/async/work_queue.h"
#include "slipway/lifecycle/spec.h"
#include "slipway/network/address.h"

namespace slipway::controllers {
namespace {

// Addresses of others that are tried before giving up.
constexpr int kMostTries = 50;

using Key = std::pair<std::string, std::uint16_t>;  // service ARN, container port
using TablePtr = std::shared_ptr<const dataplane::TargetTable>;

bool same(const dataplane::TargetTable& a, const dataplane::TargetTable& b) {
  return std::ranges::equal(a.targets, b.targets, [](const auto& one, const auto& other) {
    return one.address == other.address && one.port == other.port && one.weight == other.weight;
  });
}

std::string listener_id(const model::ServicePort& port) {
  return port.service + ":" + std::to_string(port.container_port);
}

bool is_gone(const model::ServicePtr& service) {
  return !service || service->status == model::ServiceStatus::Inactive;
}

}  // namespace

struct ServicePorts::State {
  State(boost::asio::any_io_executor executor, Parts parts_in)
      : parts(std::move(parts_in)),
        scope(std::move(executor), parts.log),
        queue("service ports", parts.clock, scope, parts.log,
              [this](std::string arn) { return look(this, std::move(arn)); }) {}

  // What was listened on, or why it cannot be.
  struct Opened {
    model::ServicePort port;
    std::string problem;
    TablePtr table = std::make_shared<const dataplane::TargetTable>();
  };

  static async::Awaitable<void> look(State* self, std::string arn);
  static async::Awaitable<void> learn_addresses(State* self, std::string arn);
  void on_change(const store::Change& change);
  bool has(const std::string& service) const;
  std::vector<std::uint16_t> ports_of(const std::string& service) const;

  bool listen(const model::ServicePort& port);
  bool find_address(const model::ServicePort& wanted);
  void keep(const model::ServicePort& port);
  Result<OpenPort, PortRefusal> provide(const Key& key, const std::string& name);
  void drop_unstored();
  void close(const std::string& service);
  OpenPort shown(const Opened& opened) const;

  Serving serving(const std::string& service) const;
  void aim(const std::string& service, const Serving& serving);

  Parts parts;
  async::TaskScope scope;
  async::WorkQueue queue;
  bool following = false;
  std::map<Key, Opened> opened;
  AddressBook book;
};

bool ServicePorts::State::has(const std::string& service) const {
  const auto first = opened.lower_bound({service, 0});
  return first != opened.end() && first->first.first == service;
}

std::vector<std::uint16_t> ServicePorts::State::ports_of(const std::string& service) const {
  std::vector<std::uint16_t> ports;
  for (auto it = opened.lower_bound({service, 0}); it != opened.end() && it->first.first == service; ++it) {
    ports.push_back(it->first.second);
  }
  return ports;
}

void ServicePorts::State::on_change(const store::Change& change) {
  if (!following || opened.empty()) return;
  if (change.kind == store::ObjectKind::Service && has(change.arn)) queue.add(change.arn);
  if (change.kind != store::ObjectKind::Task) return;
  const auto task = parts.store.model().find_task(change.arn);
  if (!task) return;
  const auto name = model::service_of_group(task->group);
  if (name.empty()) return;
  std::string service = model::service_arn(task->scope, task->cluster, name);
  if (has(service)) queue.add(std::move(service));
}

async::Awaitable<void> ServicePorts::State::look(State* self, std::string arn) {
  self->drop_unstored();
  if (is_gone(self->parts.store.model().find_service(arn))) {
    self->close(arn);
    co_return;
  }
  if (!self->parts.reach.networks.empty()) {
    auto learning = learn_addresses(self, arn);
    co_await std::move(learning);
  }
  const Serving serving = self->serving(arn);
  self->aim(arn, serving);
  if (serving.look_again) self->queue.add_at(arn, *serving.look_again);
}

// Asks the engine for the addresses of containers that are not known yet, and forgets those of ended ones.
async::Awaitable<void> ServicePorts::State::learn_addresses(State* self, std::string arn) {
  std::map<std::string, std::string> unknown;  // runtime ids by key
  const auto tasks = self->parts.store.model().service_tasks(arn);
  for (const auto& task : tasks) {
    const bool ended = task->desired_status == model::DesiredStatus::Stopped;
    for (const auto& container : task->containers) {
      if (ended) self->book.erase(container_key(container));
    }
    for (const auto port : self->ports_of(arn)) {
      const auto* container = ended ? nullptr : asked_container(*task, port, self->parts.reach);
      if (container == nullptr || self->book.contains(container_key(*container))) continue;
      unknown.emplace(container_key(*container), container->runtime_id);
    }
  }
  for (const auto& [key, id] : unknown) {
    auto asking = self->parts.addresses(id);
    auto addresses = co_await std::move(asking);
    if (!addresses.empty()) self->book.insert_or_assign(key, std::move(addresses));
  }
}

Serving ServicePorts::State::serving(const std::string& service) const {
  const store::Model& model = parts.store.model();
  std::vector<Candidate> candidates;
  std::map<std::string, bool> checked;  // by definition
  for (const auto& task : model.service_tasks(service)) {
    const auto [known, added] = checked.try_emplace(task->definition_arn, false);
    if (added) {
      const auto definition = model.find_definition(task->definition_arn);
      known->second =
          definition && lifecycle::make_spec(*definition->document, task->network_mode).has_health_checks();
    }
    candidates.push_back({task, known->second});
  }
  return serving_tasks(candidates, parts.clock.now().control);
}

void ServicePorts::State::aim(const std::string& service, const Serving& serving) {
  for (const auto port : ports_of(service)) {
    auto& entry = opened.at({service, port});
    auto table = std::make_shared<dataplane::TargetTable>();
    for (const auto& task : serving.tasks) {
      if (auto target = target_of(*task, port, parts.reach, book)) {
        table->targets.push_back(std::move(*target));
      }
    }
    if (same(*table, *entry.table)) continue;
    entry.table = std::move(table);
    if (entry.problem.empty()) parts.data_plane.set_targets(listener_id(entry.port), entry.table);
  }
}

// Remembers what came of it either way.
bool ServicePorts::State::listen(const model::ServicePort& port) {
  Opened& entry = opened[{port.service, port.container_port}];
  entry.port = port;
  dataplane::ListenerSpec spec;
  spec.id = listener_id(port);
  spec.address = parts.reach.listen_at.empty() ? network::to_address(port.address) : parts.reach.listen_at;
  spec.port = port.port;
  const auto bound = parts.data_plane.open(std::move(spec), entry.table);
  entry.problem = bound ? std::string() : bound.error().message;
  return entry.problem.empty();
}

Result<OpenPort, PortRefusal> ServicePorts::State::provide(const Key& key, const std::string& name) {
  std::optional<model::ServicePort> former;
  if (const auto known = opened.find(key); known != opened.end()) {
    former = known->second.port;
    if (known->second.problem.empty() || listen(*former)) {
      queue.add(key.first);
      return shown(known->second);
    }
  }
  if (!find_address(former.value_or(model::ServicePort{key.first, key.second}))) {
    const auto tried = opened.find(key);
    const std::string problem = tried == opened.end() ? std::string() : tried->second.problem;
    if (former) {
      tried->second.port = *former;
    } else {
      opened.erase(key);
    }
    return PortRefusal("no address for port " + std::to_string(key.second) + " of service " + name +
                       (problem.empty() ? ": all are given to other services" : ": " + problem));
  }
  keep(opened.at(key).port);
  aim(key.first, serving(key.first));
  queue.add(key.first);
  return shown(opened.at(key));
}

// Those whose service was made anew meanwhile, or that a reset took away.
void ServicePorts::State::drop_unstored() {
  const auto stored = parts.store.model().service_ports();
  std::erase_if(opened, [&](const auto& entry) {
    if (std::ranges::find(stored, entry.second.port) != stored.end()) return false;
    parts.data_plane.close(listener_id(entry.second.port));
    return true;
  });
}

// Listens on another address than `wanted` has now, the first that can be had.
bool ServicePorts::State::find_address(const model::ServicePort& wanted) {
  auto stored = parts.store.model().service_ports();
  std::erase_if(stored, [&](const model::ServicePort& port) {
    return port.service == wanted.service && port.container_port == wanted.container_port;
  });
  network::ServicePortRequest request{wanted.service, wanted.container_port, parts.reach.loopback};
  for (int i = 0; i < kMostTries; ++i) {
    const auto next = network::assign_service_port(stored, request);
    if (!next) return false;
    if (*next != wanted && listen(*next)) return true;
    // The port of the container is taken or for privileged users only: from here on any port will do.
    if (request.loopback == network::Loopback::OneAddress) request.busy.push_back(next->port);
    request.loopback = network::Loopback::OneAddress;
  }
  return false;
}

void ServicePorts::State::keep(const model::ServicePort& port) {
  try {
    parts.store.write([&](store::Transaction& transaction) { transaction.put(port); });
  } catch (...) {
    parts.data_plane.close(listener_id(port));
    opened.erase({port.service, port.container_port});
    throw;
  }
  parts.log.info("service port", {{"service", port.service},
                                  {"container_port", std::to_string(port.container_port)},
                                  {"address", network::to_address(port.address)},
                                  {"port", std::to_string(port.port)}});
}

// The service is gone: so are its addresses.
void ServicePorts::State::close(const std::string& service) {
  const auto ports = ports_of(service);
  parts.store.write([&](store::Transaction& transaction) {
    for (const auto port : ports) transaction.remove_service_port(opened.at({service, port}).port);
  });
  for (const auto port : ports) {
    parts.data_plane.close(listener_id(opened.at({service, port}).port));
    opened.erase({service, port});
  }
}

OpenPort ServicePorts::State::shown(const Opened& entry) const {
  const std::string address =
      parts.reach.shown_at.empty() ? network::to_address(entry.port.address) : parts.reach.shown_at;
  return {entry.port.service, entry.port.container_port, address, entry.port.port, entry.problem};
}

ServicePorts::ServicePorts(boost::asio::any_io_executor executor, Parts parts)
    : state_(std::make_shared<State>(std::move(executor), std::move(parts))) {}

ServicePorts::~ServicePorts() = default;

void ServicePorts::start() {
  State* state = state_.get();
  state->following = true;
  state->parts.store.subscribe([weak = std::weak_ptr(state_)](const store::Change& change) {
    if (const auto self = weak.lock()) self->on_change(change);
  });
  for (const auto& port : state->parts.store.model().service_ports()) {
    if (!state->listen(port)) {
      state->parts.log.warn("service port not listened on",
                            {{"service", port.service},
                             {"error", state->opened.at({port.service, port.container_port}).problem},
                             {"mend", "`slipway port` gives the service another address"}});
    }
    state->queue.add(port.service);
  }
}

async::Awaitable<void> ServicePorts::stop() {
  state_->following = false;
  auto ending = state_->scope.stop();
  co_await std::move(ending);
}

Result<OpenPort, PortRefusal> ServicePorts::open(const std::string& service_arn,
                                                 std::optional<std::uint16_t> container_port) {
  const store::Model& model = state_->parts.store.model();
  const auto service = model.find_service(service_arn);
  if (!service) return PortRefusal("there is no service " + service_arn);
  if (service->status != model::ServiceStatus::Active) {
    return PortRefusal("service " + service->name + " is " + std::string(to_string(service->status)) +
                       ": it was deleted");
  }
  if (!state_->parts.reach.why_not.empty()) return PortRefusal(state_->parts.reach.why_not);
  const auto definition = model.find_definition(service->deployments.front().definition_arn);
  if (!definition) return PortRefusal("the task definition of service " + service->name + " was deleted");
  const auto port = choose_port(*definition->document, service->name, container_port);
  if (!port) return port.error();
  return state_->provide({service_arn, *port}, service->name);
}

std::vector<OpenPort> ServicePorts::list() const {
  std::vector<OpenPort> all;
  for (const auto& [key, entry] : state_->opened) all.push_back(state_->shown(entry));
  return all;
}

void ServicePorts::forget() { state_->drop_unstored(); }

}  // namespace slipway::controllers
