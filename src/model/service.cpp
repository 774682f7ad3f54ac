#include "slipway/model/service.h"

#include <algorithm>
#include <array>

#include "model/words.h"

namespace slipway::model {
namespace {

// The words of each enumeration, in the order of its values.
constexpr std::array<std::string_view, 3> kServiceStatus{"ACTIVE", "DRAINING", "INACTIVE"};
constexpr std::array<std::string_view, 2> kDeploymentStatus{"PRIMARY", "ACTIVE"};
constexpr std::array<std::string_view, 3> kRollout{"IN_PROGRESS", "COMPLETED", "FAILED"};
constexpr std::array<std::string_view, 9> kServiceDeployment{
    "PENDING",        "IN_PROGRESS",        "SUCCESSFUL",           "STOP_REQUESTED",
    "STOPPED",        "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED"};
constexpr std::array<std::string_view, 4> kBreaker{"DISABLED", "MONITORING", "TRIGGERED",
                                                   "MONITORING_COMPLETE"};

constexpr std::string_view kDeploymentPrefix = "ecs-svc/";
constexpr std::string_view kGroupPrefix = "service:";

}  // namespace

std::string_view to_string(ServiceStatus status) { return word(kServiceStatus, status); }
std::string_view to_string(DeploymentStatus status) { return word(kDeploymentStatus, status); }
std::string_view to_string(RolloutState state) { return word(kRollout, state); }
std::string_view to_string(ServiceDeploymentStatus status) { return word(kServiceDeployment, status); }
std::string_view to_string(BreakerStatus status) { return word(kBreaker, status); }

std::optional<ServiceStatus> parse_service_status(std::string_view text) {
  return value_of<ServiceStatus>(kServiceStatus, text);
}
std::optional<DeploymentStatus> parse_deployment_status(std::string_view text) {
  return value_of<DeploymentStatus>(kDeploymentStatus, text);
}
std::optional<RolloutState> parse_rollout_state(std::string_view text) {
  return value_of<RolloutState>(kRollout, text);
}
std::optional<ServiceDeploymentStatus> parse_service_deployment_status(std::string_view text) {
  return value_of<ServiceDeploymentStatus>(kServiceDeployment, text);
}
std::optional<BreakerStatus> parse_breaker_status(std::string_view text) {
  return value_of<BreakerStatus>(kBreaker, text);
}

bool is_final(ServiceDeploymentStatus status) {
  switch (status) {
    case ServiceDeploymentStatus::Pending:
    case ServiceDeploymentStatus::InProgress:
    case ServiceDeploymentStatus::StopRequested:
    case ServiceDeploymentStatus::RollbackRequested:
    case ServiceDeploymentStatus::RollbackInProgress:
      return false;
    case ServiceDeploymentStatus::Successful:
    case ServiceDeploymentStatus::Stopped:
    case ServiceDeploymentStatus::RollbackSuccessful:
    case ServiceDeploymentStatus::RollbackFailed:
      return true;
  }
  return true;
}

std::string deployment_name(std::string_view id) { return std::string(kDeploymentPrefix).append(id); }

std::string_view deployment_of(std::string_view started_by) {
  if (!started_by.starts_with(kDeploymentPrefix)) return {};
  const auto id = started_by.substr(kDeploymentPrefix.size());
  const bool digits = std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? id : std::string_view();
}

std::string service_group(std::string_view name) { return std::string(kGroupPrefix).append(name); }

std::string_view service_of_group(std::string_view group) {
  return group.starts_with(kGroupPrefix) ? group.substr(kGroupPrefix.size()) : std::string_view();
}

}  // namespace slipway::model
