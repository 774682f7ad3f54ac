// Thousands of services in a simulated world (service_plan_world.h). The seed of a failing case is printed;
// SLIPWAY_PROPERTY_SEED runs that one alone and prints its events, SLIPWAY_PROPERTY_CASES sets how many are
// tried.
#include <gtest/gtest.h>

#include <cstdlib>

#include "property/service_plan_world.h"

namespace slipway::test {
namespace {

TEST(ServicePlanWorld, whatever_happens_the_bounds_hold_and_every_deployment_ends) {
  const char* seed_given = std::getenv("SLIPWAY_PROPERTY_SEED");
  const char* cases_given = std::getenv("SLIPWAY_PROPERTY_CASES");
  const std::uint64_t first = seed_given == nullptr ? 1 : std::strtoull(seed_given, nullptr, 10);
  const std::uint64_t cases = seed_given != nullptr    ? 1
                              : cases_given != nullptr ? std::strtoull(cases_given, nullptr, 10)
                                                       : 1500;
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ": SLIPWAY_PROPERTY_SEED=" + std::to_string(seed));
    ServiceWorld(seed).live();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace slipway::test
