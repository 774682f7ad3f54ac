// A service, its deployments, and what ECS keeps of them: service revisions (what a deployment deploys),
// service deployments (the history), events. Values: copied, changed, put back into the store. What no rule
// looks at is kept in API shape (docs/decisions/001).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/api/ecs/DeploymentConfiguration.h"
#include "slipway/api/ecs/Service.h"
#include "slipway/api/ecs/ServiceRevision.h"
#include "slipway/base/time.h"
#include "slipway/model/arn.h"
#include "slipway/model/tag.h"

namespace slipway::model {

enum class ServiceStatus : std::uint8_t { Active, Draining, Inactive };
// INACTIVE deployments are not kept: a deployment without tasks leaves the list (control-plane.md 5.3).
enum class DeploymentStatus : std::uint8_t { Primary, Active };
enum class RolloutState : std::uint8_t { InProgress, Completed, Failed };

// An entry of Service.deployments[]. Its counts are those of its tasks and not stored.
struct Deployment {
  std::string id;  // 19 digits; the API shows "ecs-svc/<id>"; those of its service revision
  std::string definition_arn;
  DeploymentStatus status = DeploymentStatus::Primary;
  RolloutState rollout = RolloutState::InProgress;
  std::string rollout_reason;
  std::int64_t failed_tasks = 0;  // consecutive ones, while IN_PROGRESS
  TimePoint created_at;
  TimePoint updated_at;
  // Throttled starts (control-plane.md 5.4): rounds of starts that failed in a row, and when the next one may
  // be made.
  std::int64_t failed_starts = 0;
  std::optional<TimePoint> next_start_at;  // control time
  std::int64_t crashes = 0;  // tasks in a row that reached RUNNING and ended before they counted as healthy
  // When the last failure was counted (control time), and how many of its tasks counted as healthy then, or
  // fewer since: one more ends every row of failures.
  std::optional<TimePoint> last_failure_at;
  std::int64_t healthy_then = 0;
  bool operator==(const Deployment&) const = default;
};

// Why tasks of a service could not be placed, while that is so.
struct PlacementFailure {
  std::string text;  // of its event, without "(service S) "
  TimePoint since;
  TimePoint told_at;   // when the event was last written
  TimePoint retry_at;  // control time
  bool operator==(const PlacementFailure&) const = default;
};

struct Service {
  std::string arn;
  Scope scope;
  std::string cluster;  // name
  std::string name;
  ServiceStatus status = ServiceStatus::Active;
  std::int64_t desired_count = 0;
  std::int32_t minimum_healthy_percent = 100;
  std::int32_t maximum_percent = 200;
  bool circuit_breaker = false;
  bool rollback = false;                        // of the circuit breaker
  std::int64_t health_check_grace_seconds = 0;  // real time (decisions.md 7)
  std::vector<Deployment> deployments;          // PRIMARY first, then from new to old
  std::optional<Deployment> last_completed;     // as it was when it completed; where a rollback goes
  std::string current_deployment;               // ARN of the running service deployment, or of the last one
  std::optional<PlacementFailure> placement_failure;
  std::optional<TimePoint>
      steady_since;             // when the steady state was last told, nothing having happened since
  bool blocked_told = false;    // the event that min and max let nothing happen was written
  std::string protection_told;  // the event that protected tasks hold it up, as last written
  TimePoint created_at;
  TimePoint updated_at;
  std::optional<TimePoint> inactive_at;
  std::string created_by;  // ARN
  Tags tags;
  // What was asked for, as DescribeServices answers: launchType or capacityProviderStrategy, platformVersion,
  // platformFamily, deploymentConfiguration, deploymentController, networkConfiguration, placement*,
  // healthCheckGracePeriodSeconds, schedulingStrategy, propagateTags, enable*, availabilityZoneRebalancing,
  // taskDefinition, loadBalancers, serviceRegistries, roleArn.
  std::shared_ptr<const api::ecs::Service> document;
};
using ServicePtr = std::shared_ptr<const Service>;

// What one deployment deploys. Immutable but for the digests of its images, which become known with the first
// task.
struct ServiceRevision {
  std::string arn;
  std::string id;  // 19 digits
  Scope scope;
  std::string service_arn;
  TimePoint created_at;
  std::shared_ptr<const api::ecs::ServiceRevision> document;  // as DescribeServiceRevisions answers
};
using ServiceRevisionPtr = std::shared_ptr<const ServiceRevision>;

enum class ServiceDeploymentStatus : std::uint8_t {
  Pending,
  InProgress,
  Successful,
  StopRequested,
  Stopped,
  RollbackRequested,
  RollbackInProgress,
  RollbackSuccessful,
  RollbackFailed
};
enum class BreakerStatus : std::uint8_t { Disabled, Monitoring, Triggered, MonitoringComplete };

// One row of a service's history (control-plane.md 5.7). A rollback stays in the row of what it undoes.
struct ServiceDeployment {
  struct Rollback {
    std::string reason;
    TimePoint started_at;
    std::string revision_arn;
    bool operator==(const Rollback&) const = default;
  };
  std::string arn;
  Scope scope;
  std::string service_arn;
  ServiceDeploymentStatus status = ServiceDeploymentStatus::Pending;
  std::string status_reason;
  std::string target_revision;                // ARN
  std::vector<std::string> source_revisions;  // ARNs of revisions that had tasks when it was made
  std::optional<Rollback> rolled_back;
  BreakerStatus breaker = BreakerStatus::Disabled;
  std::int64_t breaker_failures = 0;
  std::int64_t breaker_threshold = 0;
  TimePoint created_at;
  TimePoint updated_at;
  std::optional<TimePoint> started_at, finished_at, stopped_at;
  std::shared_ptr<const api::ecs::DeploymentConfiguration> configuration;
};
using ServiceDeploymentPtr = std::shared_ptr<const ServiceDeployment>;

// Whether it goes on no more.
bool is_final(ServiceDeploymentStatus status);

struct ServiceEvent {
  std::string id;  // UUID
  TimePoint created_at;
  std::string message;
};

// Wire words, both ways where input or the store uses them.
std::string_view to_string(ServiceStatus status);
std::string_view to_string(DeploymentStatus status);
std::string_view to_string(RolloutState state);
std::string_view to_string(ServiceDeploymentStatus status);
std::string_view to_string(BreakerStatus status);
std::optional<ServiceStatus> parse_service_status(std::string_view text);
std::optional<DeploymentStatus> parse_deployment_status(std::string_view text);
std::optional<RolloutState> parse_rollout_state(std::string_view text);
std::optional<ServiceDeploymentStatus> parse_service_deployment_status(std::string_view text);
std::optional<BreakerStatus> parse_breaker_status(std::string_view text);

// "ecs-svc/<id>": startedBy of a deployment's tasks, and its id in the API.
std::string deployment_name(std::string_view id);
// The digits of such a name; empty when it is none. Points into the argument.
std::string_view deployment_of(std::string_view started_by);
// "service:<name>": the group of a service's tasks; and the name in such a group (empty: another kind).
std::string service_group(std::string_view name);
std::string_view service_of_group(std::string_view group);

}  // namespace slipway::model
