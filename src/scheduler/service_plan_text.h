// The words of plan_service: event messages, reasons of states and stops
// (control-plane.md 5.3, 5.5, 5.7, 5.9; data-plane.md 1.6), and the bits of the sentences that tell what a
// service waits for. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/service_plan_fleet.h"

namespace slipway::scheduler::text {

// Stop reasons of tasks.
inline constexpr const char* kFailedHealthChecks = "Task failed container health checks";
std::string scaling(const ServiceTask& task);

// Reasons of a deployment's rollout state.
std::string in_progress(std::string_view deployment);
std::string completed(std::string_view deployment);
std::string rolling_back_to(std::string_view deployment);
inline constexpr const char* kBreakerFailed = "ECS deployment circuit breaker: tasks failed to start.";

// Reasons of a service deployment's status.
inline constexpr const char* kBreakerRolledBack =
    "Service deployment rolled back because the circuit breaker threshold was exceeded.";
inline constexpr const char* kUserRolledBack = "Service deployment rolled back by user.";
inline constexpr const char* kNoCandidate = "No rollback candidate was found to run the rollback.";

// Events. `service`: name; `deployment`: digits.
PlannedEvent event(const model::Service& service, std::string_view rest);
PlannedEvent started(const model::Service& service, std::int64_t count, std::int64_t replacing);
PlannedEvent deployment_failed(const model::Service& service, std::string_view why);
PlannedEvent deployment_completed(const model::Service& service);
PlannedEvent rolling_back_event(const model::Service& service);
PlannedEvent failed_health_checks(const model::Service& service, const ServiceTask& task);
PlannedEvent stopped_running(const model::Service& service, const TaskList& tasks);
PlannedEvent stopped_pending(const model::Service& service, std::int64_t count);
PlannedEvent under_protection(const model::Service& service, std::string_view deployment, std::int64_t count);
inline constexpr std::string_view kSteady = "has reached a steady state.";
inline constexpr std::string_view kThrottled =
    "is unable to consistently start tasks successfully. For more information, see the Troubleshooting "
    "section of the Amazon ECS Developer Guide.";
inline constexpr std::string_view kBlocked =
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again.";

// "1 task", "2 tasks".
std::string tasks(std::int64_t count);
// "12:03:40 UTC", with the date before it when that is not today's.
std::string clock(TimePoint at, TimePoint now);

}  // namespace slipway::scheduler::text
