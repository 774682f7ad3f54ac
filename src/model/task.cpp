#include "slipway/model/task.h"

#include <array>

#include "model/words.h"

namespace slipway::model {
namespace {

// The words of each enumeration, in the order of its values.
constexpr std::array<std::string_view, 8> kTaskStatus{"PROVISIONING",   "PENDING",      "ACTIVATING",
                                                      "RUNNING",        "DEACTIVATING", "STOPPING",
                                                      "DEPROVISIONING", "STOPPED"};
constexpr std::array<std::string_view, 2> kDesiredStatus{"RUNNING", "STOPPED"};
constexpr std::array<std::string_view, 3> kLaunchType{"EC2", "FARGATE", "EXTERNAL"};
constexpr std::array<std::string_view, 4> kNetworkMode{"bridge", "host", "awsvpc", "none"};
constexpr std::array<std::string_view, 7> kStopCode{"",
                                                    "TaskFailedToStart",
                                                    "EssentialContainerExited",
                                                    "UserInitiated",
                                                    "ServiceSchedulerInitiated",
                                                    "SpotInterruption",
                                                    "TerminationNotice"};
constexpr std::array<std::string_view, 3> kHealth{"UNKNOWN", "HEALTHY", "UNHEALTHY"};
constexpr std::array<std::string_view, 3> kConnectivity{"", "CONNECTED", "DISCONNECTED"};
constexpr std::array<std::string_view, 7> kAttachment{"PRECREATED", "CREATED",  "ATTACHING", "ATTACHED",
                                                      "DETACHING",  "DETACHED", "DELETED"};

}  // namespace

std::string_view to_string(TaskStatus status) { return word(kTaskStatus, status); }
std::string_view to_string(DesiredStatus status) { return word(kDesiredStatus, status); }
std::string_view to_string(LaunchType type) { return word(kLaunchType, type); }
std::string_view to_string(NetworkMode mode) { return word(kNetworkMode, mode); }
std::string_view to_string(StopCode code) { return word(kStopCode, code); }
std::string_view to_string(HealthStatus status) { return word(kHealth, status); }
std::string_view to_string(Connectivity value) { return word(kConnectivity, value); }
std::string_view to_string(AttachmentStatus status) { return word(kAttachment, status); }

std::string_view api_status(ContainerState state) {
  if (state == ContainerState::Stopped) return "STOPPED";
  return state == ContainerState::Running ? "RUNNING" : "PENDING";
}

std::optional<TaskStatus> parse_task_status(std::string_view text) {
  return value_of<TaskStatus>(kTaskStatus, text);
}
std::optional<DesiredStatus> parse_desired_status(std::string_view text) {
  return value_of<DesiredStatus>(kDesiredStatus, text);
}
std::optional<LaunchType> parse_launch_type(std::string_view text) {
  return value_of<LaunchType>(kLaunchType, text);
}
std::optional<NetworkMode> parse_network_mode(std::string_view text) {
  return value_of<NetworkMode>(kNetworkMode, text);
}
std::optional<StopCode> parse_stop_code(std::string_view text) { return value_of<StopCode>(kStopCode, text); }
std::optional<HealthStatus> parse_health_status(std::string_view text) {
  return value_of<HealthStatus>(kHealth, text);
}
std::optional<Connectivity> parse_connectivity(std::string_view text) {
  return value_of<Connectivity>(kConnectivity, text);
}
std::optional<AttachmentStatus> parse_attachment_status(std::string_view text) {
  return value_of<AttachmentStatus>(kAttachment, text);
}

std::string_view family_of(std::string_view definition_arn) {
  const auto slash = definition_arn.find('/');
  if (slash == std::string_view::npos) return {};
  const auto name = definition_arn.substr(slash + 1);
  return name.substr(0, name.rfind(':'));
}

}  // namespace slipway::model
