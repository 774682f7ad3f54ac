// A task and its containers as planning, the agent and the API need them. What was registered stays in the
// task definition; overrides are kept in API shape (docs/decisions/001). Values: copied, changed, put back
// into the store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/api/ecs/TaskOverride.h"
#include "slipway/base/boxed.h"
#include "slipway/base/time.h"
#include "slipway/model/arn.h"
#include "slipway/model/tag.h"

namespace slipway::model {

// lastStatus, on one ordered scale (data-plane.md 1.1).
enum class TaskStatus : std::uint8_t {
  Provisioning,
  Pending,
  Activating,
  Running,
  Deactivating,
  Stopping,
  Deprovisioning,
  Stopped
};
enum class DesiredStatus : std::uint8_t { Running, Stopped };
enum class LaunchType : std::uint8_t { Ec2, Fargate, External };
enum class NetworkMode : std::uint8_t { Bridge, Host, Awsvpc, None };
enum class StopCode : std::uint8_t {
  None,
  TaskFailedToStart,
  EssentialContainerExited,
  UserInitiated,
  ServiceSchedulerInitiated,
  SpotInterruption,
  TerminationNotice
};
enum class HealthStatus : std::uint8_t { Unknown, Healthy, Unhealthy };
enum class Connectivity : std::uint8_t { None, Connected, Disconnected };

// What the agent knows of a container, on one ordered scale (data-plane.md 1.2). The API shows PENDING up to
// Created.
enum class ContainerState : std::uint8_t { None, Pulled, Created, Running, Stopped };

struct PortBinding {
  std::string bind_ip;
  std::uint16_t container_port = 0;
  std::uint16_t host_port = 0;
  std::string protocol;              // tcp, udp
  std::string container_port_range;  // "8000-8010", or empty; then host_port_range is set too and the ports
                                     // are its first
  std::string host_port_range;
  bool operator==(const PortBinding&) const = default;
};

struct Container {
  std::string name;  // of its definition, or kPauseName
  std::string id;    // UUID, the last part of its ARN
  std::string
      engine_name;  // the engine's name for it, stored before the create call; empty: none asked for yet
  std::string runtime_id;  // the engine's id; empty until created
  std::string image_digest;
  ContainerState known = ContainerState::None;
  DesiredStatus desired = DesiredStatus::Running;
  bool created = false;  // existed in the engine (a container that never did has no exit code)
  bool removed = false;  // ours no more: removed from the engine, or never made
  HealthStatus health = HealthStatus::Unknown;
  std::optional<std::int32_t> exit_code;
  std::string reason;                 // "<ErrorName>: <text>"; the first error stays
  std::vector<PortBinding> bindings;  // networkBindings (bridge); chosen before create
  std::vector<PortBinding>
      published;  // loopback addresses beside AWS's view (awsvpc), on the pause container
  std::optional<TimePoint> started_at;   // real time of the engine's last start
  std::optional<TimePoint> finished_at;  // real time of its end
  std::int32_t restarts = 0;             // by restartPolicy
  bool operator==(const Container&) const = default;
};

// Names of the containers that hold namespaces for a task (data-plane.md 5.1).
inline constexpr std::string_view kPauseName = "~internal~ecs~pause";
inline constexpr std::string_view kNamespacePauseName = "~internal~ecs~pause~namespace";
inline bool is_internal(const Container& container) { return container.name.starts_with("~internal~"); }

enum class AttachmentStatus : std::uint8_t {
  Precreated,
  Created,
  Attaching,
  Attached,
  Detaching,
  Detached,
  Deleted
};

// The task's elastic network interface (awsvpc).
struct NetworkInterface {
  std::string attachment_id;  // UUID
  std::string interface_id;   // eni-<17 hex>
  std::string subnet_id;
  std::string vpc_id;
  std::string network;  // the engine's network that stands for the VPC; empty until ensured
  std::string address;  // private IPv4; empty until assigned
  std::string mac;
  std::string private_dns_name;
  AttachmentStatus status = AttachmentStatus::Precreated;
  bool operator==(const NetworkInterface&) const = default;
};

struct NetworkConfiguration {
  std::vector<std::string> subnets;
  std::vector<std::string> security_groups;
  bool assign_public_ip = false;
  bool operator==(const NetworkConfiguration&) const = default;
};

struct Task {
  std::string arn;
  Scope scope;
  std::string cluster;  // name
  std::string id;       // 32 hex digits
  std::string definition_arn;
  std::string engine_id;     // decisions.md 3
  std::string instance_arn;  // container instance; empty for Fargate
  std::string group;
  std::string started_by;
  std::string capacity_provider;
  std::string platform_version;  // resolved, Fargate only: "1.4.0"
  std::string availability_zone;
  LaunchType launch_type = LaunchType::Ec2;
  NetworkMode network_mode = NetworkMode::Bridge;
  TaskStatus last_status = TaskStatus::Pending;
  DesiredStatus desired_status = DesiredStatus::Running;
  HealthStatus health = HealthStatus::Unknown;
  Connectivity connectivity = Connectivity::None;
  StopCode stop_code = StopCode::None;
  std::string stopped_reason;
  std::int64_t version = 1;          // transition counter
  std::string cpu;                   // CPU units, as the API shows; empty when there is none
  std::string memory;                // MiB
  std::int64_t reserved_cpu = 0;     // what placement charges
  std::int64_t reserved_memory = 0;  // MiB
  std::optional<std::int32_t> ephemeral_storage_gib;
  bool enable_execute_command = false;
  Boxed<NetworkInterface> eni;  // only awsvpc tasks have these two
  Boxed<NetworkConfiguration> network_configuration;
  std::shared_ptr<const api::ecs::TaskOverride> overrides;  // as given; nullptr when none
  std::vector<Container> containers;  // of the definition, in its order; then internal ones
  std::vector<std::string> volumes;   // task-scoped engine volumes to remove with the task
  Tags tags;
  TimePoint created_at;
  TimePoint updated_at;
  std::optional<TimePoint> connectivity_at, pull_started_at, pull_stopped_at, started_at, stopping_at,
      execution_stopped_at, stopped_at;
  bool cleaned = false;                      // nothing of it is left in the engine
  bool noted = false;                        // a service's: its end is accounted for by the service scheduler
  std::optional<TimePoint> protected_until;  // task protection, control time; past: none
};

using TaskPtr = std::shared_ptr<const Task>;

// Wire words, both ways where input uses them (nullopt: not a value of the enumeration).
std::string_view to_string(TaskStatus status);
std::string_view to_string(DesiredStatus status);
std::string_view to_string(LaunchType type);
std::string_view to_string(NetworkMode mode);  // "bridge", …
std::string_view to_string(StopCode code);     // empty for None
std::string_view to_string(HealthStatus status);
std::string_view to_string(Connectivity value);  // empty for None
std::string_view to_string(AttachmentStatus status);
// "PENDING", "RUNNING", "STOPPED".
std::string_view api_status(ContainerState state);
std::optional<DesiredStatus> parse_desired_status(std::string_view text);
std::optional<LaunchType> parse_launch_type(std::string_view text);
std::optional<NetworkMode> parse_network_mode(std::string_view text);
std::optional<TaskStatus> parse_task_status(std::string_view text);
std::optional<StopCode> parse_stop_code(std::string_view text);
std::optional<HealthStatus> parse_health_status(std::string_view text);
std::optional<Connectivity> parse_connectivity(std::string_view text);
std::optional<AttachmentStatus> parse_attachment_status(std::string_view text);

// The family in a task definition's ARN: "web" of "arn:…:task-definition/web:3". Points into the argument.
std::string_view family_of(std::string_view definition_arn);

}  // namespace slipway::model
