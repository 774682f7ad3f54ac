// Which container instance a task may run on. Pure: the caller gives a snapshot of the candidates and applies
// the answer. Called by RunTask (and by service planning) on the control thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::scheduler {

struct Ports {
  std::set<std::uint16_t> tcp{}, udp{};
};

// One container instance at this moment.
struct Candidate {
  std::string arn{};
  bool agent_connected = true;
  std::int64_t cpu = 0;                   // free CPU units
  std::int64_t memory = 0;                // free MiB
  Ports taken{};                          // host ports that tasks hold or the instance keeps for itself
  std::vector<std::string> attributes{};  // "name" or "name=value"
  std::size_t group_tasks = 0;            // tasks of the group that is being placed
};

// What one task asks of its instance.
struct Needs {
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  std::int64_t gpus = 0;
  Ports ports{};                          // fixed host ports
  std::vector<std::string> attributes{};  // "name" (must exist) or "name=value"
  std::vector<std::string> member_of{};   // expressions that is_understood() accepts; all must hold
  bool distinct_instance = false;         // at most one task of the group per instance
};

// A candidate that took no (further) task. `reason` as the API has it: "RESOURCE:CPU", "ATTRIBUTE", …
struct Refusal {
  std::string arn;
  std::string reason;
  bool operator==(const Refusal&) const = default;
};

struct Placement {
  std::vector<std::string> arns;  // of the instance for each task that was placed
  std::vector<Refusal> refusals;  // one per candidate when fewer than `count` were placed; else empty
};

// Places up to `count` equal tasks, one after the other, each on the fitting candidate with the fewest tasks
// of the group (ties: in the order given). Source of the reasons: control-plane.md 6.1.
Placement place(std::vector<Candidate> candidates, const Needs& needs, std::size_t count);

// Whether `expression` is within the part of the cluster query language that is served: one comparison
// `attribute:NAME ==|!=|equals|not_equals VALUE`, `… exists|!exists|not_exists`, `… in|!in|not_in [a, b]`.
bool is_understood(std::string_view expression);
// Whether an instance with these attributes satisfies an expression that is_understood() accepts.
bool matches(std::string_view expression, const std::vector<std::string>& attributes);

}  // namespace slipway::scheduler
