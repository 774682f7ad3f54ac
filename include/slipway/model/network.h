// VPCs and subnets as tasks need them: adopted when a request names an unknown one, and how a VPC stands in
// the engine.
#pragma once

#include <string>

#include "slipway/base/time.h"
#include "slipway/model/arn.h"

namespace slipway::model {

struct Subnet {
  Scope scope;
  std::string id;  // subnet-…
  std::string vpc_id;
  std::string cidr;  // within the VPC's
  std::string availability_zone;
};

// The engine network that stands for a VPC (decisions.md 20).
struct VpcNetwork {
  Scope scope;
  std::string vpc_id;
  std::string engine_id;
  std::string name;  // the engine's name for it
  std::string cidr;  // what the engine really uses; differs from `wanted_cidr` where the engine refused that
  std::string wanted_cidr;
  TimePoint used_at;  // control time of the last task's end or start on it
};

}  // namespace slipway::model
