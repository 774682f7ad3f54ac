#include "slipway/scheduler/placement.h"

#include <algorithm>
#include <optional>

namespace slipway::scheduler {

namespace {

// Whether the instance has the attribute: `wanted` is "name" (any value) or "name=value".
bool has_attribute(const std::vector<std::string>& attributes, std::string_view wanted) {
  const bool by_name = wanted.find('=') == std::string_view::npos;
  return std::any_of(attributes.begin(), attributes.end(), [&](std::string_view attribute) {
    return attribute == wanted || (by_name && attribute.substr(0, attribute.find('=')) == wanted);
  });
}

bool intersect(const std::set<std::uint16_t>& a, const std::set<std::uint16_t>& b) {
  return std::any_of(a.begin(), a.end(), [&](std::uint16_t port) { return b.contains(port); });
}

// Why the candidate cannot take one more task; nullopt when it can.
std::optional<std::string> refusal(const Candidate& candidate, const Needs& needs) {
  if (!candidate.agent_connected) return "AGENT";
  for (const auto& attribute : needs.attributes) {
    if (!has_attribute(candidate.attributes, attribute)) return "ATTRIBUTE";
  }
  for (const auto& expression : needs.member_of) {
    if (!matches(expression, candidate.attributes)) return "MemberOf placement constraint unsatisfied.";
  }
  if (needs.distinct_instance && candidate.group_tasks > 0) {
    return "DistinctInstance placement constraint unsatisfied.";
  }
  if (needs.gpus > 0) return "RESOURCE:GPU";
  if (needs.cpu > candidate.cpu) return "RESOURCE:CPU";
  if (needs.memory > candidate.memory) return "RESOURCE:MEMORY";
  if (intersect(needs.ports.tcp, candidate.taken.tcp) || intersect(needs.ports.udp, candidate.taken.udp)) {
    return "RESOURCE:PORTS";
  }
  return std::nullopt;
}

void take(Candidate& candidate, const Needs& needs) {
  candidate.cpu -= needs.cpu;
  candidate.memory -= needs.memory;
  candidate.taken.tcp.insert(needs.ports.tcp.begin(), needs.ports.tcp.end());
  candidate.taken.udp.insert(needs.ports.udp.begin(), needs.ports.udp.end());
  ++candidate.group_tasks;
}

}  // namespace

Placement place(std::vector<Candidate> candidates, const Needs& needs, std::size_t count) {
  Placement placement;
  while (placement.arns.size() < count) {
    Candidate* best = nullptr;
    for (auto& candidate : candidates) {
      if (refusal(candidate, needs)) continue;
      if (!best || candidate.group_tasks < best->group_tasks) best = &candidate;
    }
    if (!best) {
      for (const auto& candidate : candidates) {
        placement.refusals.push_back(Refusal{candidate.arn, *refusal(candidate, needs)});
      }
      break;
    }
    take(*best, needs);
    placement.arns.push_back(best->arn);
  }
  return placement;
}

}  // namespace slipway::scheduler
