#include "slipway/scheduler/strategy.h"

#include <algorithm>

namespace slipway::scheduler {

namespace {

// a/b < c/d without division; the weights are positive.
bool is_lower(std::int64_t tasks, std::int64_t weight, std::int64_t other_tasks, std::int64_t other_weight) {
  return tasks * other_weight < other_tasks * weight;
}

std::size_t next_by_weight(const std::vector<Share>& shares, const std::vector<std::int64_t>& weighted) {
  std::size_t best = shares.size();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i].weight <= 0) continue;
    if (best == shares.size() || is_lower(weighted[i], shares[i].weight, weighted[best], shares[best].weight))
      best = i;
  }
  return best == shares.size() ? 0 : best;
}

}  // namespace

std::vector<std::string> distribute(const std::vector<Share>& shares, std::size_t count) {
  std::vector<std::string> providers;
  for (const auto& share : shares) {
    for (std::int64_t i = share.present; i < share.base && providers.size() < count; ++i)
      providers.push_back(share.provider);
  }
  std::vector<std::int64_t> weighted;  // tasks beyond the base, which the ratio is about
  weighted.reserve(shares.size());
  for (const auto& share : shares) weighted.push_back(std::max<std::int64_t>(0, share.present - share.base));
  while (providers.size() < count) {
    const auto index = next_by_weight(shares, weighted);
    providers.push_back(shares[index].provider);
    ++weighted[index];
  }
  return providers;
}

}  // namespace slipway::scheduler
