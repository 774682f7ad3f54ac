// Watching a service until it is stable, telling what happens.
#pragma once

#include <chrono>
#include <string>

#include "cli/ecs_client.h"

namespace slipway::cli {

struct FollowedService {
  std::string cluster;
  std::string name;
  std::string deployment;  // id of the one that shall complete: "ecs-svc/<digits>"
  std::string last_event;  // id of the newest event that is not to be told; empty: tell all
};

// Prints the service's new events, from old to new, until one deployment is left, COMPLETED and with all of
// its tasks running. 0 when that is the deployment given; 1 when it failed, was rolled back or replaced.
// Throws CommandError when the service goes away or the time is over.
int follow_service(const EcsClient& client, const FollowedService& service, std::chrono::seconds timeout);

// DescribeServices for one; null when there is none or it is INACTIVE.
nlohmann::json describe_service(const EcsClient& client, const std::string& cluster, const std::string& name);

}  // namespace slipway::cli
