#include <ostream>

#include "slipway/protocol/codec.h"
#include "store/service_document.h"
#include "store_support.h"

namespace slipway::store::testing {

model::Service a_service(const std::string& name, const std::string& cluster) {
  model::Service service;
  service.scope = kScope;
  service.cluster = cluster;
  service.name = name;
  service.arn = model::service_arn(kScope, cluster, name);
  service.created_at = at(1);
  service.updated_at = at(2);
  api::ecs::Service document;
  document.launch_type = "EC2";
  service.document = std::make_shared<const api::ecs::Service>(document);
  return service;
}

model::Service a_full_service() {
  model::Service service = a_service("web");
  service.status = model::ServiceStatus::Draining;
  service.desired_count = 3;
  service.minimum_healthy_percent = 0;
  service.maximum_percent = 150;
  service.circuit_breaker = true;
  service.rollback = true;
  service.health_check_grace_seconds = 30;
  const model::Deployment deployment{.id = "1234567890123456789",
                                     .definition_arn = model::task_definition_arn(kScope, "web", 1),
                                     .status = model::DeploymentStatus::Active,
                                     .rollout = model::RolloutState::Failed,
                                     .rollout_reason = "ECS deployment circuit breaker: \"why\"",
                                     .failed_tasks = 4,
                                     .created_at = at(3),
                                     .updated_at = at(4),
                                     .failed_starts = 5,
                                     .next_start_at = at(60'000),
                                     .crashes = 6,
                                     .last_failure_at = at(2),
                                     .healthy_then = 7};
  model::Deployment primary;
  primary.id = "2";
  service.deployments = {primary, deployment};
  service.last_completed = deployment;
  service.current_deployment = model::service_deployment_arn(kScope, "main", "web", "row");
  service.placement_failure = model::PlacementFailure{
      .text = "was unable to place a task.", .since = at(5), .told_at = at(6), .retry_at = at(90'000)};
  service.steady_since = at(7);
  service.blocked_told = true;
  service.protection_told = "was unable to reach steady state.";
  service.inactive_at = at(8);
  service.created_by = "arn:aws:iam::123456789012:root";
  service.tags = {{.key = "k", .value = "v"}, {.key = "empty", .value = ""}};
  api::ecs::Service document;
  document.launch_type = "FARGATE";
  document.network_configuration.emplace().awsvpc_configuration.emplace().subnets = {"subnet-1"};
  service.document = std::make_shared<const api::ecs::Service>(document);
  return service;
}

model::ServiceRevision a_revision(const model::Service& service, const std::string& id) {
  model::ServiceRevision revision;
  revision.arn = model::service_revision_arn(kScope, service.cluster, service.name, id);
  revision.id = id;
  revision.scope = kScope;
  revision.service_arn = service.arn;
  revision.created_at = at(9);
  api::ecs::ServiceRevision document;
  document.container_images.emplace().emplace_back().image = "nginx";
  document.created_at = at(9);
  revision.document = std::make_shared<const api::ecs::ServiceRevision>(document);
  return revision;
}

model::ServiceDeployment a_deployment(const model::Service& service, const std::string& id) {
  model::ServiceDeployment deployment;
  deployment.arn = model::service_deployment_arn(kScope, service.cluster, service.name, id);
  deployment.scope = kScope;
  deployment.service_arn = service.arn;
  deployment.created_at = at(10);
  deployment.updated_at = at(11);
  return deployment;
}

model::ServiceDeployment a_full_deployment() {
  const auto service = a_service("web");
  model::ServiceDeployment deployment = a_deployment(service, "row");
  deployment.status = model::ServiceDeploymentStatus::RollbackInProgress;
  deployment.status_reason = "reason";
  deployment.target_revision = a_revision(service, "2").arn;
  deployment.source_revisions = {a_revision(service, "1").arn, a_revision(service, "0").arn};
  deployment.rolled_back = model::ServiceDeployment::Rollback{
      .reason = "alarm", .started_at = at(12), .revision_arn = a_revision(service, "1").arn};
  deployment.breaker = model::BreakerStatus::Triggered;
  deployment.breaker_failures = 3;
  deployment.breaker_threshold = 4;
  deployment.started_at = at(13);
  deployment.finished_at = at(14);
  deployment.stopped_at = at(15);
  api::ecs::DeploymentConfiguration configuration;
  configuration.maximum_percent = 150;
  deployment.configuration = std::make_shared<const api::ecs::DeploymentConfiguration>(configuration);
  return deployment;
}

ServiceQuery services_of(const std::string& cluster_arn) {
  ServiceQuery query;
  query.cluster_arn = cluster_arn;
  return query;
}

model::Task a_service_task(int number, const model::Service& service) {
  auto task = a_task(number, service.cluster);
  task.group = model::service_group(service.name);
  task.started_by = model::deployment_name("1");
  return task;
}

void describe_services(const Model& model, std::ostream& out) {
  for (const auto& service : model.all_services()) {
    out << "service " << service->arn << ' ' << service->scope.region << ' ' << service->cluster << ' '
        << service->name << ' ' << to_string(service->status) << ' '
        << service->created_at.time_since_epoch().count() << ' '
        << service->updated_at.time_since_epoch().count() << ' ' << write_service_document(*service)
        << " found " << (model.find_service(service->arn) == service) << '\n';
  }
  for (const auto& port : model.service_ports()) {
    out << "port " << port.service << ' ' << port.container_port << ' ' << port.address << ' ' << port.port
        << '\n';
  }
  for (const auto* cluster : {"main", "other"}) {
    const auto cluster_arn = model::cluster_arn(kScope, cluster);
    out << "services of " << cluster << ' ' << model.active_services(cluster_arn) << ' '
        << model.live_services(cluster_arn);
    for (const auto& service : model.services(services_of(cluster_arn))) out << ' ' << service->name;
    out << '\n';
    for (const auto* name : {"s", "t", "web"}) {
      const auto service = a_service(name, cluster);
      for (const auto& event : model.service_events(service.arn)) {
        out << "event " << event.id << ' ' << event.created_at.time_since_epoch().count() << ' '
            << event.message << '\n';
      }
      for (const auto& deployment : model.service_deployments(service.arn)) {
        out << "deployment " << deployment->arn << ' ' << deployment->scope.region << ' '
            << deployment->service_arn << ' ' << to_string(deployment->status) << ' '
            << deployment->created_at.time_since_epoch().count() << ' '
            << deployment->updated_at.time_since_epoch().count() << ' '
            << write_deployment_document(*deployment) << " found "
            << (model.find_service_deployment(deployment->arn) == deployment) << '\n';
      }
      for (const auto* id : {"0", "1", "2", "3", "4"}) {
        const auto revision = model.find_revision(a_revision(service, id).arn);
        if (!revision) continue;
        out << "revision " << revision->arn << ' ' << revision->id << ' ' << revision->scope.region << ' '
            << revision->service_arn << ' ' << revision->created_at.time_since_epoch().count() << ' '
            << protocol::to_json(*revision->document) << '\n';
      }
      for (const auto& task : model.service_tasks(service.arn)) out << "its task " << task->id << '\n';
    }
  }
}

}  // namespace slipway::store::testing
