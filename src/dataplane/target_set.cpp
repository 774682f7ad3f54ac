#include "dataplane/target_set.h"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <map>
#include <utility>

namespace slipway::dataplane {
namespace asio = boost::asio;

void TargetSet::assign(const TargetTable& table) {
  std::map<asio::ip::tcp::endpoint, std::shared_ptr<Member>> before, now;
  for (auto& member : std::exchange(members_, {})) before.emplace(member->endpoint, member);
  for (const Target& target : table.targets) {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address_v4(target.address), target.port);
    auto& member = now[endpoint];
    if (member) {
      member->weight += target.weight;
      continue;
    }
    const auto known = before.extract(endpoint);
    member = known ? known.mapped() : std::make_shared<Member>();
    if (std::exchange(member->removed, false)) member->credit = 0;
    member->endpoint = endpoint;
    member->weight = target.weight;
    members_.push_back(member);
  }
  for (const auto& [endpoint, member] : before) {
    member->removed = true;
    if (member->active > 0) members_.push_back(member);
  }
}

std::shared_ptr<TargetSet::Member> TargetSet::pick(const Members& tried) {
  std::shared_ptr<Member> best;
  std::int64_t total = 0;
  for (const auto& member : members_) {
    if (member->removed || member->weight == 0 || std::ranges::count(tried, member) > 0) continue;
    member->credit += member->weight;
    total += member->weight;
    if (!best || member->credit > best->credit) best = member;
  }
  if (best) best->credit -= total;
  return best;
}

std::vector<TargetStats> TargetSet::stats() const {
  std::vector<TargetStats> all;
  for (const auto& member : members_) {
    if (member->removed && member->active == 0) continue;
    all.push_back({.address = member->endpoint.address().to_string(),
                   .port = member->endpoint.port(),
                   .removed = member->removed,
                   .connections = member->connections,
                   .active = member->active,
                   .refused = member->refused});
  }
  return all;
}

}  // namespace slipway::dataplane
