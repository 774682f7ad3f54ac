// Log drivers and FireLens.
#include <algorithm>
#include <array>
#include <span>

#include "services/ecs/task_definition/validation.h"

namespace slipway::services::ecs {
namespace {

using api::ecs::LogConfiguration;

constexpr std::array<std::string_view, 3> kFargateDrivers{"awslogs", "splunk", "awsfirelens"};
constexpr std::array<std::string_view, 8> kDrivers{"json-file", "syslog",  "journald", "gelf",
                                                   "fluentd",   "awslogs", "splunk",   "awsfirelens"};

bool has_option(const LogConfiguration& log, std::string_view option) {
  const auto& secrets = items(log.secret_options);
  return (log.options && log.options->contains(std::string(option))) ||
         std::ranges::any_of(secrets,
                             [option](const api::ecs::Secret& secret) { return secret.name == option; });
}

void check_driver(const std::string& driver, std::span<const std::string_view> drivers) {
  if (std::ranges::find(drivers, driver) != drivers.end()) return;
  std::string list;
  for (const auto known : drivers) list += (list.empty() ? "" : ",") + std::string(known);
  refuse(driver + " is not a valid log driver. Must be one of [" + list + "]");
}

void require_options(const LogConfiguration& log, std::initializer_list<std::string_view> options) {
  std::string missing;
  for (const auto option : options) {
    if (!has_option(log, option)) missing += (missing.empty() ? "" : ", ") + std::string(option);
  }
  if (!missing.empty()) refuse("Log driver " + *log.log_driver + " requires options: " + missing);
}

}  // namespace

void check_logging(const Definition& definition) {
  const bool fargate = requires_compatibility(definition, "FARGATE");
  bool routed = false;
  bool router = false;
  for (const auto& container : *definition.container_definitions) {
    router = router || container.firelens_configuration;
    if (!container.log_configuration) continue;
    const auto& log = *container.log_configuration;
    check_driver(*log.log_driver, fargate ? std::span<const std::string_view>(kFargateDrivers) : kDrivers);
    if (log.log_driver == "awslogs") require_options(log, {"awslogs-region", "awslogs-group"});
    if (log.log_driver == "splunk") require_options(log, {"splunk-token", "splunk-url"});
    routed = routed || log.log_driver == "awsfirelens";
  }
  if (routed && !router) {
    refuse(
        "When awsfirelens log driver is specified in log configuration, a firelens configuration object must "
        "be specified");
  }
  if (router && !routed) {
    refuse(
        "When a firelensConfiguration object is specified, at least one container has to be configured with "
        "the awsfirelens log driver");
  }
}

}  // namespace slipway::services::ecs
