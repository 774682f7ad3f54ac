// Secrets, environment files and roles: that their references can be such.
#include <algorithm>

#include "services/ecs/task_definition/validation.h"
#include "slipway/model/arn.h"

namespace slipway::services::ecs {
namespace {

bool is_word(char c, std::string_view more) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         more.find(c) != std::string_view::npos;
}

// A Secrets Manager or Systems Manager ARN, or the name of a parameter of the task's Region.
void check_reference(const api::ecs::Secret& secret) {
  const auto& from = *secret.value_from;
  if (from.starts_with("arn:")) {
    const auto arn = model::Arn::parse(from);
    const bool known = arn && ((arn->service == "ssm" && arn->resource.starts_with("parameter/")) ||
                               (arn->service == "secretsmanager" && arn->resource.starts_with("secret:")));
    if (!known) refuse("Invalid arn syntax");
    return;
  }
  const bool name = !from.empty() && from.size() <= 2048 &&
                    std::ranges::all_of(from, [](char c) { return is_word(c, "_.-/"); });
  if (!name) {
    refuse("The Systems Manager parameter name specified for secret " + *secret.name + " is invalid");
  }
}

void check_role(const std::optional<std::string>& role) {
  if (role && !role->empty() && !can_be_role(*role)) refuse("Role is not valid");
}

}  // namespace

bool can_be_role(std::string_view role) {
  if (!role.starts_with("arn:")) {
    return std::ranges::all_of(role, [](char c) { return is_word(c, "_+=,.@-/"); });
  }
  const auto arn = model::Arn::parse(role);
  return arn && arn->service == "iam" && arn->resource.starts_with("role/") && arn->resource.size() > 5;
}

void check_secrets(const Definition& definition) {
  check_role(definition.task_role_arn);
  check_role(definition.execution_role_arn);
  for (const auto& container : *definition.container_definitions) {
    for (const auto& secret : items(container.secrets)) check_reference(secret);
    if (container.log_configuration) {
      for (const auto& secret : items(container.log_configuration->secret_options)) check_reference(secret);
    }
    for (const auto& file : items(container.environment_files)) {
      const auto arn = model::Arn::parse(*file.value);
      if (!arn || arn->service != "s3") refuse("Invalid arn syntax");
    }
  }
}

}  // namespace slipway::services::ecs
