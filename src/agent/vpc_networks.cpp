#include "agent/vpc_networks.h"

#include <boost/system/system_error.hpp>

#include "slipway/network/address.h"

namespace slipway::agent {
namespace {

using runtime::EngineError;
using runtime::EngineErrorKind;

constexpr std::chrono::hours kKeptUnused{1};
constexpr Millis kCreationEnds{1000};  // real time

// Where the engine refuses the VPC's range, one of these stands in.
constexpr int kFirstStandIn = 64, kLastStandIn = 95;  // 10.<n>.0.0/16

bool is_range_refusal(const EngineError& error) {
  return error.message.find("overlap") != std::string::npos ||
         error.message.find("conflicts with network") != std::string::npos;
}

std::string short_id(const std::string& id) { return id.substr(0, 8); }

}  // namespace

std::optional<lifecycle::Placement> place_interface(const store::Model& model, const model::Task& task,
                                                    const model::VpcNetwork& network) {
  const auto range = network::parse_cidr(network.cidr);
  if (!range || !task.eni) return std::nullopt;
  network::Cidr subnet = *range;
  if (const auto known = model.find_subnet(task.scope, task.eni->subnet_id)) {
    const auto own = network::parse_cidr(known->cidr);
    // Where the engine has another range than the VPC, all subnets share that one.
    if (own && range->contains(own->base)) subnet = *own;
  }
  const auto address = network::first_free_address(subnet, [&](std::uint32_t candidate) {
    return model.address_taken(task.scope, network.vpc_id, network::to_address(candidate));
  });
  if (!address) return std::nullopt;
  lifecycle::Placement place;
  place.network = network.name;
  place.address = network::to_address(*address);
  place.private_dns_name = network::private_dns_name(task.scope.region, *address);
  return place;
}

void VpcNetworks::want(async::TaskScope& jobs, const model::Task& task) {
  const Key key(task.scope, task.eni->vpc_id);
  auto& waiting = waiting_[key];
  const bool first = waiting.empty();
  waiting.insert(task.arn);
  if (first) jobs.spawn("network " + key.second, ensure(this, key));
}

async::Awaitable<void> VpcNetworks::ensure(VpcNetworks* self, Key key) {
  Outcome outcome;
  try {
    outcome = co_await self->find(key);
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the agent ends
  } catch (const std::exception& error) {
    self->context_.log.warn("network not made", {{"vpc", key.second}, {"error", error.what()}});
  }
  const std::set<std::string> waiting = std::move(self->waiting_[key]);
  self->waiting_.erase(key);
  for (const auto& task : waiting) self->done_(task, outcome);
}

async::Awaitable<VpcNetworks::Outcome> VpcNetworks::find(Key key) {
  const auto known = context_.store.model().find_network(key.first, key.second, context_.settings.engine_id);
  model::VpcNetwork network;
  if (known) {
    network = *known;
  } else {
    network.scope = key.first;
    network.vpc_id = key.second;
    network.engine_id = context_.settings.engine_id;
    network.name = "slipway-" + key.second + "-" + short_id(context_.settings.server_id);
    network.wanted_cidr = network::kDefaultVpcCidr;
  }
  const std::string name = network.name;
  auto there = co_await context_.engine.inspect_network(name);
  Outcome outcome;
  if (there) {
    if (!there->subnet.empty()) network.cidr = there->subnet;
    network.used_at = context_.clock.now().control;
    if (!known) context_.store.write([&](store::Transaction& tx) { tx.put(network); });
    outcome.network = std::move(network);
  } else if (there.error().kind == EngineErrorKind::NotFound) {
    outcome = co_await make(std::move(network));
  } else if (!outcome_unknown(there.error())) {
    outcome.error = there.error();
  }
  co_return outcome;
}

async::Awaitable<bool> VpcNetworks::appears(std::string name) {
  auto pause = context_.clock.sleep_real(kCreationEnds);
  co_await std::move(pause);
  const auto there = co_await context_.engine.inspect_network(std::move(name));
  co_return there || outcome_unknown(there.error());
}

async::Awaitable<VpcNetworks::Outcome> VpcNetworks::make(model::VpcNetwork network) {
  const Outcome unknown;  // neither a network nor an error: asked again in a moment
  Outcome outcome;
  for (int stand_in = kFirstStandIn - 1; stand_in <= kLastStandIn; ++stand_in) {
    network.cidr =
        stand_in < kFirstStandIn ? network.wanted_cidr : "10." + std::to_string(stand_in) + ".0.0/16";
    runtime::NetworkSpec spec;
    spec.name = network.name;
    spec.subnet = network.cidr;
    spec.labels = context_.labels();
    const Making making(context_);
    const auto made = co_await context_.engine.create_network(std::move(spec));
    if (made) {
      network.used_at = context_.clock.now().control;
      context_.store.write([&](store::Transaction& tx) { tx.put(network); });
      context_.log.info("network made", {{"network", network.name}, {"cidr", network.cidr}});
      if (network.cidr != network.wanted_cidr) warn_of_range(network);
      outcome.network = std::move(network);
      co_return outcome;
    }
    if (outcome_unknown(made.error())) co_return unknown;
    const bool refused_range = is_range_refusal(made.error());
    // The name is taken: find() takes it up once the engine shows it.
    if (made.error().kind == EngineErrorKind::Conflict && !refused_range) co_return unknown;
    // The range may be held by our own call of before a crash that has not ended: a second one with another
    // range would make a second network of the same name.
    if (refused_range && stand_in < kFirstStandIn) {
      auto look = appears(network.name);
      const bool there = co_await std::move(look);
      if (there) co_return unknown;
    }
    outcome.error = made.error();
    if (!refused_range) co_return outcome;
  }
  co_return outcome;
}

void VpcNetworks::warn_of_range(const model::VpcNetwork& network) {
  model::Warning warning;
  warning.scope = network.scope;
  warning.kind = "vpc-range";
  warning.resource = network.vpc_id;
  warning.text = "The container engine refuses the range " + network.wanted_cidr + " of " + network.vpc_id +
                 " because another network has it; its tasks have addresses of " + network.cidr +
                 ". Remove the other network (docker network ls) to get the VPC's own range.";
  warning.first_at = warning.last_at = network.used_at;
  context_.log.warn("the engine refuses a VPC's range",
                    {{"vpc", network.vpc_id}, {"wanted", network.wanted_cidr}, {"used", network.cidr}});
  context_.store.write([&](store::Transaction& tx) { tx.put(warning); });
}

async::Awaitable<void> VpcNetworks::remove_unused() {
  const TimePoint now = context_.clock.now().control;
  const auto& model = context_.store.model();
  std::set<std::string> kept;
  std::map<std::string, model::VpcNetwork> old;
  std::vector<model::VpcNetwork> in_use;
  for (const auto& network : model.networks()) {
    const bool used = model.interfaces(network.scope, network.vpc_id) > 0 ||
                      waiting_.contains({network.scope, network.vpc_id});
    if (used) in_use.push_back(network);
    if (used || now - network.used_at < kKeptUnused) {
      kept.insert(network.name);
    } else {
      old.emplace(network.name, network);
    }
  }
  if (!in_use.empty()) {
    context_.store.write([&](store::Transaction& tx) {
      for (auto& network : in_use) {
        network.used_at = now;
        tx.put(network);
      }
    });
  }
  const auto listed = co_await context_.engine.list_networks(context_.own());
  if (!listed) co_return;
  const std::vector<runtime::NetworkInfo>& networks = *listed;
  for (const auto& info : networks) {
    // Looked at again: a task may have come meanwhile.
    const auto row = old.find(info.name);
    if (kept.contains(info.name)) continue;
    if (row != old.end() && model.interfaces(row->second.scope, row->second.vpc_id) > 0) continue;
    if (row == old.end() && !waiting_.empty()) continue;
    const auto removed = co_await context_.engine.remove_network(info.id);
    if (!removed && removed.error().kind != EngineErrorKind::NotFound) continue;
    context_.log.info("network removed", {{"network", info.name}});
    if (row == old.end()) continue;
    context_.store.write([&](store::Transaction& tx) { tx.remove_network(row->second); });
  }
}

}  // namespace slipway::agent
