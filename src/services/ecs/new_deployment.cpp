#include "services/ecs/new_deployment.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "services/ecs/service_view.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::services::ecs {

namespace {

// 19 digits, not beginning with 0: deployment and revision share them (control-plane.md 2.1).
std::string deployment_id(IdSource& ids) {
  constexpr std::uint64_t kLeast = 1'000'000'000'000'000'000;
  return std::to_string(kLeast + ids.next() % (9 * kLeast));
}

std::string service_deployment_id(IdSource& ids) {
  constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  constexpr std::size_t kLength = 21;
  std::string id;
  while (id.size() < kLength) {
    // Each random number is good for ten characters of six bits.
    std::uint64_t bits = ids.next();
    for (int i = 0; i < 10 && id.size() < kLength; ++i, bits >>= 6) id += kCharacters[bits & 63];
  }
  return id;
}

std::vector<api::ecs::ContainerImage> images_of(const model::TaskDefinition& definition) {
  std::vector<api::ecs::ContainerImage> images;
  for (const auto& container : *definition.document->container_definitions) {
    auto& image = images.emplace_back();
    image.container_name = container.name;
    image.image = container.image;
  }
  return images;
}

model::ServiceRevision revision_of(const model::Service& service, std::string id,
                                   const NewDeployment& wanted) {
  const auto& document = *service.document;
  model::ServiceRevision revision;
  revision.arn = model::service_revision_arn(service.scope, service.cluster, service.name, id);
  revision.id = std::move(id);
  revision.scope = service.scope;
  revision.service_arn = service.arn;
  revision.created_at = wanted.now.control;
  api::ecs::ServiceRevision shown;
  shown.service_revision_arn = revision.arn;
  shown.service_arn = service.arn;
  shown.cluster_arn = model::cluster_arn(service.scope, service.cluster);
  shown.task_definition = wanted.definition.arn;
  shown.capacity_provider_strategy = document.capacity_provider_strategy;
  shown.launch_type = document.launch_type;
  if (!wanted.platform_version.empty()) shown.platform_version = wanted.platform_version;
  shown.platform_family = document.platform_family;
  shown.network_configuration = document.network_configuration;
  shown.container_images = images_of(wanted.definition);
  shown.service_connect_configuration = wanted.service_connect;
  shown.created_at = wanted.now.control;
  revision.document = std::make_shared<const api::ecs::ServiceRevision>(std::move(shown));
  return revision;
}

// Revisions that have tasks now, the newest deployment's first.
std::vector<std::string> source_revisions(const store::Model& model, const model::Service& service) {
  const auto tasks = count_tasks(model.service_tasks(service.arn));
  std::vector<std::string> arns;
  for (const auto& deployment : service.deployments) {
    const auto count = tasks.find(deployment.id);
    if (count == tasks.end() || count->second.wanted() == 0) continue;
    arns.push_back(model::service_revision_arn(service.scope, service.cluster, service.name, deployment.id));
  }
  return arns;
}

model::ServiceDeployment row_of(IdSource& ids, const model::Service& service,
                                const model::ServiceRevision& revision, const store::Model& model) {
  model::ServiceDeployment row;
  row.arn =
      model::service_deployment_arn(service.scope, service.cluster, service.name, service_deployment_id(ids));
  row.scope = service.scope;
  row.service_arn = service.arn;
  row.target_revision = revision.arn;
  row.source_revisions = source_revisions(model, service);
  row.breaker = service.circuit_breaker ? model::BreakerStatus::Monitoring : model::BreakerStatus::Disabled;
  row.breaker_threshold = scheduler::breaker_threshold(service.desired_count);
  row.created_at = row.updated_at = revision.created_at;
  row.configuration =
      std::make_shared<const api::ecs::DeploymentConfiguration>(*service.document->deployment_configuration);
  return row;
}

}  // namespace

model::Service open_deployment(IdSource& ids, store::Transaction& transaction, model::Service service,
                               const NewDeployment& wanted) {
  auto revision = revision_of(service, deployment_id(ids), wanted);
  auto row = row_of(ids, service, revision, transaction.model());
  const auto former = service.current_deployment.empty()
                          ? nullptr
                          : transaction.find_service_deployment(service.current_deployment);
  if (former && !model::is_final(former->status)) {
    transaction.put(scheduler::superseded(*former, wanted.now));
  }
  service = scheduler::begin_deployment(std::move(service), revision.id, wanted.definition.arn, wanted.now);
  service.current_deployment = row.arn;
  transaction.put(std::move(revision));
  transaction.put(std::move(row));
  return service;
}

}  // namespace slipway::services::ecs
