#include "slipway/model/arn.h"

#include <array>

namespace slipway::model {
namespace {

// Source: the AWS partitions as botocore's partitions.json lists them by region prefix.
std::string_view partition_of(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const auto part : parts) out += part;
  return out;
}

}  // namespace

std::optional<Arn> Arn::parse(std::string_view text) {
  if (!text.starts_with("arn:")) return std::nullopt;
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  return Arn{.partition = std::string(parts[1]),
             .service = std::string(parts[2]),
             .region = std::string(parts[3]),
             .account = std::string(parts[4]),
             .resource = std::string(text)};
}

std::string Arn::str() const {
  return join({"arn:", partition, ":", service, ":", region, ":", account, ":", resource});
}

std::string_view Arn::type() const {
  return std::string_view(resource).substr(0, resource.find_first_of("/:"));
}

std::string_view Arn::rest() const {
  const auto end = resource.find_first_of("/:");
  return end == std::string::npos ? std::string_view() : std::string_view(resource).substr(end + 1);
}

std::string ecs_arn(const Scope& scope, std::string_view resource) {
  return join({"arn:", partition_of(scope.region), ":ecs:", scope.region, ":", scope.account, ":", resource});
}

std::string cluster_arn(const Scope& scope, std::string_view name) {
  return ecs_arn(scope, join({"cluster/", name}));
}

std::string task_arn(const Scope& scope, std::string_view cluster, std::string_view id) {
  return ecs_arn(scope, join({"task/", cluster, "/", id}));
}

std::string container_arn(const Scope& scope, std::string_view cluster, std::string_view task_id,
                          std::string_view id) {
  return ecs_arn(scope, join({"container/", cluster, "/", task_id, "/", id}));
}

std::string container_instance_arn(const Scope& scope, std::string_view cluster, std::string_view id) {
  return ecs_arn(scope, join({"container-instance/", cluster, "/", id}));
}

std::string service_arn(const Scope& scope, std::string_view cluster, std::string_view name) {
  return ecs_arn(scope, join({"service/", cluster, "/", name}));
}

std::string service_revision_arn(const Scope& scope, std::string_view cluster, std::string_view service,
                                 std::string_view id) {
  return ecs_arn(scope, join({"service-revision/", cluster, "/", service, "/", id}));
}

std::string service_deployment_arn(const Scope& scope, std::string_view cluster, std::string_view service,
                                   std::string_view id) {
  return ecs_arn(scope, join({"service-deployment/", cluster, "/", service, "/", id}));
}

std::string task_definition_arn(const Scope& scope, std::string_view family, std::int64_t revision) {
  return ecs_arn(scope, join({"task-definition/", family, ":", std::to_string(revision)}));
}

std::string service_linked_role_arn(const Scope& scope) {
  return join({"arn:", partition_of(scope.region), ":iam::", scope.account,
               ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"});
}

std::string root_arn(const std::string& account) { return join({"arn:aws:iam::", account, ":root"}); }

}  // namespace slipway::model
