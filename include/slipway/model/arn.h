// Account, region and Amazon Resource Names. ARNs are parsed at the edge and built here only, never spliced
// in handlers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::model {

// What every key begins with (decisions.md 3).
struct Scope {
  std::string account;  // 12 digits
  std::string region;
  auto operator<=>(const Scope&) const = default;
};

// The six colon-separated parts; `resource` may itself hold colons and slashes.
struct Arn {
  std::string partition, service, region, account, resource;
  // nullopt unless it begins with "arn:" and has six parts.
  static std::optional<Arn> parse(std::string_view text);
  std::string str() const;
  // The part of `resource` before its first '/' or ':' ("cluster", "task"), and what follows it.
  std::string_view type() const;
  std::string_view rest() const;
};

// "arn:aws:ecs:<region>:<account>:<resource>"; the partition is aws-cn in cn-* and aws-us-gov in us-gov-*
// regions.
std::string ecs_arn(const Scope& scope, std::string_view resource);
std::string cluster_arn(const Scope& scope, std::string_view name);
std::string task_arn(const Scope& scope, std::string_view cluster, std::string_view id);
std::string container_arn(const Scope& scope, std::string_view cluster, std::string_view task_id,
                          std::string_view id);
std::string container_instance_arn(const Scope& scope, std::string_view cluster, std::string_view id);
std::string service_arn(const Scope& scope, std::string_view cluster, std::string_view name);
// `id`: the deployment's 19 digits.
std::string service_revision_arn(const Scope& scope, std::string_view cluster, std::string_view service,
                                 std::string_view id);
// `id`: 21 of [A-Za-z0-9_-].
std::string service_deployment_arn(const Scope& scope, std::string_view cluster, std::string_view service,
                                   std::string_view id);
std::string task_definition_arn(const Scope& scope, std::string_view family, std::int64_t revision);

// The role that ECS itself acts with in an account.
std::string service_linked_role_arn(const Scope& scope);

// The account's root, or the user that an access key stands for: "arn:aws:iam::<account>:root".
std::string root_arn(const std::string& account);

}  // namespace slipway::model
