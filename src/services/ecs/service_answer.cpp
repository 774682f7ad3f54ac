#include "services/ecs/service_answer.h"

#include <utility>

namespace slipway::services::ecs {

namespace {

// `source`: what has find_revision.
template <class Source>
std::vector<model::ServiceRevisionPtr> revisions_of(const Source& source, const model::Service& service) {
  std::vector<model::ServiceRevisionPtr> revisions;
  for (const auto& deployment : service.deployments) {
    auto revision = source.find_revision(
        model::service_revision_arn(service.scope, service.cluster, service.name, deployment.id));
    if (revision) revisions.push_back(std::move(revision));
  }
  return revisions;
}

}  // namespace

ServiceFacts service_facts(const store::Model& model, const model::Service& service) {
  return {count_tasks(model.service_tasks(service.arn)), revisions_of(model, service),
          model.service_events(service.arn)};
}

api::ecs::Service shown_service(const store::Transaction& transaction, const model::Service& service) {
  const auto& model = transaction.model();
  const ServiceFacts facts{count_tasks(model.service_tasks(service.arn)), revisions_of(transaction, service),
                           model.service_events(service.arn)};
  return service_view(service, facts);
}

}  // namespace slipway::services::ecs
