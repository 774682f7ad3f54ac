// A cluster. Its settings, configuration, capacity providers and strategies are kept in API shape
// (docs/decisions/001).
#pragma once

#include <cstdint>
#include <string>

#include "slipway/api/ecs/Cluster.h"
#include "slipway/base/time.h"
#include "slipway/model/arn.h"
#include "slipway/model/tag.h"

namespace slipway::model {

enum class ClusterStatus : std::uint8_t { Active, Inactive };

struct Cluster {
  std::string arn;
  Scope scope;
  std::string name;
  ClusterStatus status = ClusterStatus::Active;
  TimePoint created_at;
  TimePoint updated_at;
  Tags tags;
  // Only settings, configuration, serviceConnectDefaults, capacityProviders and
  // defaultCapacityProviderStrategy are set.
  api::ecs::Cluster document;
};

// Task counts of a cluster by launch type; kept up to date by the store with every task change.
struct TaskCounts {
  std::int64_t running_ec2 = 0, running_fargate = 0, running_external = 0;  // lastStatus RUNNING
  std::int64_t pending_ec2 = 0, pending_fargate = 0,
               pending_external = 0;  // PROVISIONING, PENDING, ACTIVATING
  std::int64_t stopping = 0;          // past RUNNING, not STOPPED
  std::int64_t active() const {
    return running_ec2 + running_fargate + running_external + pending_ec2 + pending_fargate +
           pending_external + stopping;
  }
  bool operator==(const TaskCounts&) const = default;
};

}  // namespace slipway::model
