#include "store/task_ledger.h"

#include <algorithm>
#include <charconv>

namespace slipway::store {
namespace {

bool is_live(const model::Task* task) { return task && task->last_status != model::TaskStatus::Stopped; }

bool charged_to_engine(const model::Task& task) { return task.launch_type != model::LaunchType::Fargate; }

bool any_address(std::string_view ip) { return ip.empty() || ip == "0.0.0.0" || ip == "::"; }

std::uint32_t port_key(std::uint16_t number, std::string_view protocol) {
  return (std::uint32_t{number} << 1) | (protocol == "udp" ? 1U : 0U);
}

std::string vpc_key(const model::Scope& scope, std::string_view vpc_id) {
  return scope.account + ' ' + scope.region + ' ' + std::string(vpc_id);
}

bool same_ports(const model::Task& a, const model::Task& b) {
  return std::equal(
      a.containers.begin(), a.containers.end(), b.containers.begin(), b.containers.end(),
      [](const auto& x, const auto& y) { return x.bindings == y.bindings && x.published == y.published; });
}

bool same_interface(const model::Task& a, const model::Task& b) {
  if (a.eni.has_value() != b.eni.has_value()) return false;
  return !a.eni || (a.eni->vpc_id == b.eni->vpc_id && a.eni->address == b.eni->address);
}

// Most changes of a task move nothing that is accounted for.
bool same_holdings(const model::Task& a, const model::Task& b) {
  return (a.last_status == model::TaskStatus::Running) == (b.last_status == model::TaskStatus::Running) &&
         (a.last_status < model::TaskStatus::Running) == (b.last_status < model::TaskStatus::Running) &&
         a.reserved_cpu == b.reserved_cpu && a.reserved_memory == b.reserved_memory &&
         a.launch_type == b.launch_type && a.engine_id == b.engine_id && a.instance_arn == b.instance_arn &&
         a.definition_arn == b.definition_arn && same_interface(a, b) && same_ports(a, b);
}

// Adds to a count and forgets the key when nothing is left.
void add_count(StringMap<std::int64_t>& counts, std::string_view key, std::int64_t by) {
  const auto found = counts.find(key);
  if (found == counts.end()) {
    counts.emplace(std::string(key), by);
  } else if ((found->second += by) == 0) {
    counts.erase(found);
  }
}

// First and last host port of a binding.
std::pair<std::uint16_t, std::uint16_t> host_ports(const model::PortBinding& binding) {
  std::uint16_t first = binding.host_port, last = binding.host_port;
  const auto dash = binding.host_port_range.find('-');
  if (dash != std::string::npos) {
    const char* text = binding.host_port_range.data();
    std::from_chars(text, text + dash, first);
    std::from_chars(text + dash + 1, text + binding.host_port_range.size(), last);
  }
  return {first, std::max(first, last)};
}

}  // namespace

void TaskLedger::change(const model::Task* before, const model::Task* after) {
  const bool was = is_live(before), is = is_live(after);
  if (was && is && same_holdings(*before, *after)) return;
  if (was) add(*before, -1);
  if (is) add(*after, 1);
}

void TaskLedger::clear() { *this = TaskLedger(); }

void TaskLedger::add(const model::Task& task, std::int64_t by) {
  add_count(definitions_, task.definition_arn, by);
  if (!task.instance_arn.empty()) {
    auto& [running, pending] = at_key(instances_, task.instance_arn);
    if (task.last_status == model::TaskStatus::Running) running += by;
    if (task.last_status < model::TaskStatus::Running) pending += by;
    if (running == 0 && pending == 0) instances_.erase(task.instance_arn);
  }
  Engine& engine = at_key(engines_, task.engine_id);
  const std::int64_t charged = charged_to_engine(task) ? by : 0;
  engine.use.cpu += task.reserved_cpu * charged;
  engine.use.memory += task.reserved_memory * charged;
  for (const auto& container : task.containers) {
    for (const auto& binding : container.bindings) add_ports(engine, binding, by, charged);
    // A loopback port beside AWS's view is taken on the engine, but is none of the instance's ports.
    for (const auto& binding : container.published) add_ports(engine, binding, by, 0);
  }
  if (task.eni) add_interface(task, by);
}

void TaskLedger::add_ports(Engine& engine, const model::PortBinding& binding, std::int64_t by,
                           std::int64_t charged) {
  const auto [first, last] = host_ports(binding);
  if (first == 0) return;  // not assigned yet
  for (std::uint32_t number = first; number <= last; ++number) {
    add_port(engine, static_cast<std::uint16_t>(number), binding, by, charged);
  }
}

void TaskLedger::add_port(Engine& engine, std::uint16_t number, const model::PortBinding& binding,
                          std::int64_t by, std::int64_t charged) {
  const auto key = port_key(number, binding.protocol);
  Port& port = engine.ports[key];
  const auto holder = std::find_if(port.holders.begin(), port.holders.end(),
                                   [&](const Holder& known) { return known.ip == binding.bind_ip; });
  if (holder == port.holders.end()) {
    port.holders.push_back({.ip = binding.bind_ip, .tasks = by});
  } else if ((holder->tasks += by) == 0) {
    port.holders.erase(holder);
  }
  port.charged += charged;
  auto& numbers = binding.protocol == "udp" ? engine.use.udp_ports : engine.use.tcp_ports;
  if (port.charged > 0) {
    numbers.insert(number);
  } else {
    numbers.erase(number);
  }
  if (port.holders.empty()) engine.ports.erase(key);
}

void TaskLedger::add_interface(const model::Task& task, std::int64_t by) {
  const std::string key = vpc_key(task.scope, task.eni->vpc_id);
  Vpc& vpc = at_key(vpcs_, key);
  vpc.interfaces += by;
  if (!task.eni->address.empty()) add_count(vpc.addresses, task.eni->address, by);
  if (vpc.interfaces == 0) vpcs_.erase(key);
}

std::size_t TaskLedger::definition_uses(std::string_view arn) const {
  const auto found = definitions_.find(arn);
  return found == definitions_.end() ? 0 : static_cast<std::size_t>(found->second);
}

const ResourceUse& TaskLedger::resource_use(std::string_view engine_id) const {
  static const ResourceUse kNothing;
  const auto found = engines_.find(engine_id);
  return found == engines_.end() ? kNothing : found->second.use;
}

bool TaskLedger::port_taken(std::string_view engine_id, std::string_view bind_ip, std::uint16_t port,
                            std::string_view protocol) const {
  const auto engine = engines_.find(engine_id);
  if (engine == engines_.end()) return false;
  const auto found = engine->second.ports.find(port_key(port, protocol));
  if (found == engine->second.ports.end()) return false;
  return std::any_of(found->second.holders.begin(), found->second.holders.end(), [&](const Holder& holder) {
    return any_address(bind_ip) || any_address(holder.ip) || holder.ip == bind_ip;
  });
}

bool TaskLedger::address_taken(const model::Scope& scope, std::string_view vpc_id,
                               std::string_view address) const {
  const auto vpc = vpcs_.find(vpc_key(scope, vpc_id));
  return vpc != vpcs_.end() && vpc->second.addresses.contains(address);
}

std::size_t TaskLedger::interfaces(const model::Scope& scope, std::string_view vpc_id) const {
  const auto vpc = vpcs_.find(vpc_key(scope, vpc_id));
  return vpc == vpcs_.end() ? 0 : static_cast<std::size_t>(vpc->second.interfaces);
}

std::pair<std::int64_t, std::int64_t> TaskLedger::instance_tasks(std::string_view arn) const {
  const auto found = instances_.find(arn);
  return found == instances_.end() ? std::pair<std::int64_t, std::int64_t>{} : found->second;
}

}  // namespace slipway::store
