// Task-level CPU and memory: the notations that ECS reads, and the pairs that Fargate has. Used when
// definitions are registered and when RunTask overrides them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::services::ecs {

// CPU units of "256", "1 vCPU", ".5 vCPU", "1vcpu"; nullopt for anything else (control-plane 4.1).
std::optional<std::int64_t> parse_task_cpu(std::string_view text);
// MiB of "512", "1 GB", "0.5GB"; nullopt for anything else.
std::optional<std::int64_t> parse_task_memory(std::string_view text);

// Whether ECS takes the size for a task, and what it says when not.
bool is_task_cpu(std::int64_t cpu);
bool is_task_memory(std::int64_t memory);
inline constexpr const char* kInvalidTaskCpu =
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS "
    "Developer Guide.";
inline constexpr const char* kInvalidTaskMemory =
    "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon "
    "ECS Developer Guide.";

// Whether Fargate runs tasks of that many CPU units and MiB (control-plane 4.4).
bool is_fargate_size(std::int64_t cpu, std::int64_t memory);
// What ECS says of a pair that Fargate does not have.
std::string no_fargate_size_text(std::int64_t cpu, std::int64_t memory);

}  // namespace slipway::services::ecs
