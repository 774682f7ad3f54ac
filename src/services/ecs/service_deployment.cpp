#include <algorithm>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/service.h"
#include "services/ecs/service_lookup.h"
#include "services/ecs/service_view.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"

namespace slipway::services::ecs {

namespace {

// Throws for a text that is no ARN of that kind; whose it is decides the look-up.
void check_arn(std::string_view text, std::string_view type) {
  const auto arn = model::Arn::parse(text);
  if (!arn || arn->service != "ecs" || arn->type() != type) {
    throw api::ecs::invalid_parameter("Invalid identifier: Unsupported resource type");
  }
}

api::ecs::Failure missing(const std::string& arn) {
  api::ecs::Failure failure;
  failure.arn = arn;
  failure.reason = "MISSING";
  return failure;
}

bool is_listed(const model::ServiceDeployment& deployment,
               const api::ecs::ListServiceDeploymentsRequest& request) {
  if (request.status && !request.status->empty() &&
      std::ranges::find(*request.status, model::to_string(deployment.status)) == request.status->end()) {
    return false;
  }
  if (!request.created_at) return true;
  const auto& [before, after] = *request.created_at;
  return (!before || deployment.created_at <= *before) && (!after || deployment.created_at >= *after);
}

std::string time_text(const std::optional<TimePoint>& time) {
  return time ? std::to_string(time->time_since_epoch().count()) : "";
}

std::uint64_t filters_of(const model::Service& service,
                         const api::ecs::ListServiceDeploymentsRequest& request) {
  std::string status;
  for (const auto& word : request.status.value_or(std::vector<std::string>{})) status += word + ' ';
  const auto created = request.created_at.value_or(api::ecs::CreatedAt{});
  return filter_hash({service.arn, status, time_text(created.before), time_text(created.after)});
}

template <class Object>
bool is_ours(const std::shared_ptr<const Object>& object, const Caller& caller) {
  return object && object->scope == caller.scope;
}

}  // namespace

api::ecs::DescribeServiceRevisionsResponse describe_service_revisions(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeServiceRevisionsRequest& request) {
  rules::check_rules("DescribeServiceRevisions", request);
  api::ecs::DescribeServiceRevisionsResponse response;
  auto& shown = response.service_revisions.emplace();
  auto& failures = response.failures.emplace();
  for (const auto& arn : *request.service_revision_arns) {
    check_arn(arn, "service-revision");
    const auto revision = transaction.find_revision(arn);
    if (is_ours(revision, caller)) {
      shown.push_back(service_revision_view(*revision));
    } else {
      failures.push_back(missing(arn));
    }
  }
  return response;
}

api::ecs::ListServiceDeploymentsResponse list_service_deployments(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::ListServiceDeploymentsRequest& request) {
  const auto& model = transaction.model();
  const auto cluster = get_cluster(model, caller.scope, request.cluster);
  rules::check_rules("ListServiceDeployments", request);
  const auto service = get_service(transaction, *cluster, *request.service);
  const PageContext page{"ListServiceDeployments", caller.scope, filters_of(*service, request)};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(20));
  const auto after = request.next_token ? parse_page_token(page, *request.next_token) : std::string{};
  const auto all = model.service_deployments(service->arn);
  auto at = all.begin();
  if (!after.empty()) {
    at = std::ranges::find_if(all, [&](const auto& deployment) { return deployment->arn == after; });
    if (at != all.end()) ++at;
  }
  api::ecs::ListServiceDeploymentsResponse response;
  auto& shown = response.service_deployments.emplace();
  for (; at != all.end(); ++at) {
    if (!is_listed(**at, request)) continue;
    if (shown.size() == limit) {
      response.next_token = make_page_token(page, *shown.back().service_deployment_arn);
      break;
    }
    shown.push_back(service_deployment_brief(**at, *service));
  }
  return response;
}

api::ecs::DescribeServiceDeploymentsResponse describe_service_deployments(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::DescribeServiceDeploymentsRequest& request) {
  rules::check_rules("DescribeServiceDeployments", request);
  const auto& model = transaction.model();
  api::ecs::DescribeServiceDeploymentsResponse response;
  auto& shown = response.service_deployments.emplace();
  auto& failures = response.failures.emplace();
  for (const auto& arn : *request.service_deployment_arns) {
    check_arn(arn, "service-deployment");
    const auto deployment = transaction.find_service_deployment(arn);
    const auto service =
        is_ours(deployment, caller) ? transaction.find_service(deployment->service_arn) : nullptr;
    if (service) {
      const auto tasks = count_tasks(model.service_tasks(service->arn));
      shown.push_back(service_deployment_view(*deployment, *service, tasks));
    } else {
      failures.push_back(missing(arn));
    }
  }
  return response;
}

api::ecs::StopServiceDeploymentResponse stop_service_deployment(
    EcsContext&, store::Transaction& transaction, const Caller& caller,
    const api::ecs::StopServiceDeploymentRequest& request) {
  rules::check_rules("StopServiceDeployment", request);
  const auto& arn = *request.service_deployment_arn;
  check_arn(arn, "service-deployment");
  const auto known = transaction.find_service_deployment(arn);
  const auto service = is_ours(known, caller) ? transaction.find_service(known->service_arn) : nullptr;
  if (!service) {
    throw api::ecs::service_deployment_not_found("The service deployment does not exist.");
  }
  if (request.stop_type.value_or("ROLLBACK") != "ROLLBACK") {
    throw api::ecs::invalid_parameter("The stop type " + *request.stop_type +
                                      " is not supported. Specify ROLLBACK and try again.");
  }
  if (known->status != model::ServiceDeploymentStatus::Pending &&
      known->status != model::ServiceDeploymentStatus::InProgress) {
    auto conflict = api::ecs::conflict("A service deployment that is " +
                                       std::string(model::to_string(known->status)) + " cannot be stopped.");
    conflict.set_resource_ids({arn});
    throw conflict;
  }
  auto deployment = *known;
  deployment.status = model::ServiceDeploymentStatus::RollbackRequested;
  deployment.updated_at = caller.now.control;
  transaction.put(std::move(deployment));
  // The scheduler wakes on services.
  auto woken = *service;
  woken.updated_at = caller.now.control;
  transaction.put(std::move(woken));
  api::ecs::StopServiceDeploymentResponse response;
  response.service_deployment_arn = arn;
  return response;
}

}  // namespace slipway::services::ecs
