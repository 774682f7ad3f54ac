#include "services/ecs/cluster.h"

#include <algorithm>

#include "services/ecs/capacity_strategy.h"
#include "services/ecs/cluster_load.h"
#include "services/ecs/cluster_lookup.h"
#include "services/ecs/cluster_view.h"
#include "services/ecs/tag_rules.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

using Settings = std::vector<api::ecs::ClusterSetting>;

// The part of a cluster's document that is set by what both CreateCluster and UpdateCluster take.
void set_settings(api::ecs::Cluster& document, const std::optional<Settings>& given) {
  if (!document.settings) {
    // The account's default, which nobody can change before account settings land.
    auto& setting = document.settings.emplace().emplace_back();
    setting.name = "containerInsights";
    setting.value = "disabled";
  }
  if (!given) return;
  for (const auto& setting : *given) {
    if (!setting.name || !setting.value) {
      throw api::ecs::invalid_parameter("Setting name and value should not be null or empty.");
    }
    auto& settings = *document.settings;
    const auto same = [&](const auto& known) { return known.name == setting.name; };
    const auto it = std::find_if(settings.begin(), settings.end(), same);
    if (it == settings.end()) {
      settings.push_back(setting);
    } else {
      *it = setting;
    }
  }
}

void set_configuration(api::ecs::Cluster& document,
                       const std::optional<api::ecs::ClusterConfiguration>& given) {
  if (!given) return;
  auto configuration = *given;
  if (auto& exec = configuration.execute_command_configuration) {
    const bool overrides = exec->logging == "OVERRIDE";
    if (exec->log_configuration && !overrides) {
      throw api::ecs::invalid_parameter(
          "You must set logging to 'OVERRIDE' when you supply a log configuration");
    }
    const auto& log = exec->log_configuration;
    if (overrides && (!log || (log->cloud_watch_log_group_name.value_or("").empty() &&
                               log->s3_bucket_name.value_or("").empty()))) {
      throw api::ecs::invalid_parameter(
          "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log "
          "configuration");
    }
    if (exec->log_configuration) {
      auto& shown = *exec->log_configuration;
      shown.cloud_watch_encryption_enabled = shown.cloud_watch_encryption_enabled.value_or(false);
      shown.s3_encryption_enabled = shown.s3_encryption_enabled.value_or(false);
    }
  }
  document.configuration = std::move(configuration);
}

// An empty namespace removes the default, and there never is one: Cloud Map, where namespaces live, is not
// served.
void check_namespace(const std::optional<api::ecs::ClusterServiceConnectDefaultsRequest>& defaults) {
  if (!defaults || defaults->namespace_.value_or("").empty()) return;
  throw api::ecs::namespace_not_found("The namespace " + *defaults->namespace_ +
                                      " was not found: Slipway does not serve AWS Cloud Map yet.");
}

model::Cluster new_cluster(const Caller& caller, const api::ecs::CreateClusterRequest& request) {
  model::Cluster cluster;
  cluster.scope = caller.scope;
  cluster.name = request.cluster_name.value_or("default");
  cluster.arn = model::cluster_arn(caller.scope, cluster.name);
  cluster.created_at = cluster.updated_at = caller.now.control;
  cluster.tags = checked_tags(request.tags);
  set_settings(cluster.document, request.settings);
  set_configuration(cluster.document, request.configuration);
  cluster.document.capacity_providers =
      checked_providers(caller.scope, request.capacity_providers.value_or(std::vector<std::string>{}));
  cluster.document.default_capacity_provider_strategy =
      checked_strategy(caller.scope, request.default_capacity_provider_strategy.value_or(Strategy{}),
                       *cluster.document.capacity_providers);
  check_namespace(request.service_connect_defaults);
  return cluster;
}

constexpr unsigned kCreated = kClusterConfiguration | kClusterSettings | kClusterTags;
constexpr unsigned kUpdated = kClusterConfiguration | kClusterSettings;

}  // namespace

api::ecs::CreateClusterResponse create_cluster(EcsContext&, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::CreateClusterRequest& request) {
  rules::check_rules("CreateCluster", request);
  auto cluster = new_cluster(caller, request);
  api::ecs::CreateClusterResponse response;
  const auto known = transaction.find_cluster(cluster.arn);
  if (known && known->status == model::ClusterStatus::Active) {
    response.cluster =
        cluster_view(*known, cluster_load(transaction.model(), known->arn, kCreated), kCreated);
    return response;
  }
  response.cluster = cluster_view(cluster, {}, kCreated);
  transaction.put(std::move(cluster));
  return response;
}

api::ecs::UpdateClusterResponse update_cluster(EcsContext&, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::UpdateClusterRequest& request) {
  rules::check_rules("UpdateCluster", request);
  auto cluster = *get_cluster(transaction.model(), caller.scope, request.cluster);
  set_settings(cluster.document, request.settings);
  set_configuration(cluster.document, request.configuration);
  check_namespace(request.service_connect_defaults);
  cluster.updated_at = caller.now.control;
  api::ecs::UpdateClusterResponse response;
  response.cluster =
      cluster_view(cluster, cluster_load(transaction.model(), cluster.arn, kUpdated), kUpdated);
  transaction.put(std::move(cluster));
  return response;
}

api::ecs::UpdateClusterSettingsResponse update_cluster_settings(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::UpdateClusterSettingsRequest& request) {
  rules::check_rules("UpdateClusterSettings", request);
  auto cluster = *get_cluster(transaction.model(), caller.scope, request.cluster);
  set_settings(cluster.document, request.settings);
  cluster.updated_at = caller.now.control;
  api::ecs::UpdateClusterSettingsResponse response;
  response.cluster =
      cluster_view(cluster, cluster_load(transaction.model(), cluster.arn, kUpdated), kUpdated);
  transaction.put(std::move(cluster));
  return response;
}

api::ecs::DeleteClusterResponse delete_cluster(EcsContext&, store::Transaction& transaction,
                                               const Caller& caller,
                                               const api::ecs::DeleteClusterRequest& request) {
  rules::check_rules("DeleteCluster", request);
  const auto& model = transaction.model();
  auto cluster = *get_cluster(model, caller.scope, request.cluster);
  const auto instances = model.instances(cluster.arn);
  for (const auto& instance : instances) {
    if (!instance->local_stand_in && instance->status != model::InstanceStatus::Inactive) {
      throw api::ecs::cluster_contains_container_instances(
          "The Cluster cannot be deleted while Container Instances are active or draining.");
    }
  }
  if (model.live_services(cluster.arn) > 0) {
    throw api::ecs::cluster_contains_services("The Cluster cannot be deleted while Services are active.");
  }
  if (model.task_counts(cluster.arn).active() > 0) {
    throw api::ecs::cluster_contains_tasks("The Cluster cannot be deleted while Tasks are active.");
  }
  for (const auto& instance : instances) transaction.remove_instance(instance->arn);
  cluster.status = model::ClusterStatus::Inactive;
  cluster.updated_at = caller.now.control;
  api::ecs::DeleteClusterResponse response;
  response.cluster = cluster_view(cluster, {}, 0);
  transaction.put(std::move(cluster));
  return response;
}

}  // namespace slipway::services::ecs
