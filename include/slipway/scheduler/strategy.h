// How a capacity provider strategy spreads tasks over its providers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace slipway::scheduler {

struct Share {
  std::string provider;
  std::int64_t base = 0;     // tasks that go here before weights count
  std::int64_t weight = 0;   // relative; 0 takes only base tasks
  std::int64_t present = 0;  // tasks that it has already
};

// The provider of each of `count` further tasks: first `base` tasks to their providers, then each task to the
// provider with the lowest tasks/weight (ties: in the order given). A lone provider without weight takes all.
// `shares` is not empty and, when it has several, one weight is positive (control-plane.md 6.5).
std::vector<std::string> distribute(const std::vector<Share>& shares, std::size_t count);

}  // namespace slipway::scheduler
