// A container instance: for now the local engine standing in as one for a cluster that has none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slipway/base/time.h"
#include "slipway/model/arn.h"
#include "slipway/model/tag.h"

namespace slipway::model {

enum class InstanceStatus : std::uint8_t { Active, Draining, Inactive };

struct ContainerInstance {
  std::string arn;
  Scope scope;
  std::string cluster;  // name
  std::string id;       // 32 hex digits
  std::string engine_id;
  std::string ec2_instance_id;
  std::string availability_zone;
  bool local_stand_in = true;   // never hinders DeleteCluster
  bool agent_connected = true;  // the engine answers
  InstanceStatus status = InstanceStatus::Active;
  std::int64_t cpu = 0;                 // registered CPU units
  std::int64_t memory = 0;              // registered MiB
  std::vector<std::string> attributes;  // names without a value, as "name", or "name=value"
  std::string engine_version;
  std::int64_t version = 1;
  TimePoint registered_at;
  Tags tags;
};

}  // namespace slipway::model
