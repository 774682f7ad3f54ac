#include <algorithm>
#include <string_view>

#include "services/ecs/cluster_lookup.h"
#include "services/ecs/fragment_cache.h"
#include "services/ecs/json_reply.h"
#include "services/ecs/service.h"
#include "services/ecs/service_answer.h"
#include "services/ecs/service_document.h"
#include "services/ecs/service_lookup.h"
#include "services/ecs/tag_rules.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/api/ecs/errors.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

// What a description shows besides the service's own record: counts and times of its tasks, events. A
// record's revisions never change in what is shown.
FragmentCache::Stamp stamp_of(const ServiceFacts& facts) {
  std::uint64_t tasks = 0;
  for (const auto& [id, count] : facts.tasks) {
    tasks = tasks * 31 + filter_hash({id, std::to_string(count.running), std::to_string(count.pending),
                                      std::to_string(count.changed_at.time_since_epoch().count())});
  }
  const auto newest = facts.events.empty() ? 0 : facts.events.front().created_at.time_since_epoch().count();
  return {static_cast<std::int64_t>(tasks), newest, static_cast<std::int64_t>(facts.events.size())};
}

const std::string& service_text(EcsContext& context, const model::ServicePtr& service, bool tags) {
  const auto facts = service_facts(context.store.model(), *service);
  return context.fragments.get(service, tags ? 1 : 0, stamp_of(facts), [&] {
    auto view = service_view(*service, facts);
    if (tags) view.tags = tags_view(service->tags);
    return protocol::to_json(view);
  });
}

// Of a cluster that is no more ECS says here that it was not found (control-plane.md 3.1).
ClusterPtr listed_cluster(const store::Model& model, const Caller& caller,
                          const std::optional<std::string>& text) {
  const auto cluster = model.find_cluster(cluster_arn_of(caller.scope, text));
  if (!cluster || cluster->scope != caller.scope || cluster->status == model::ClusterStatus::Inactive) {
    throw api::ecs::cluster_not_found("Cluster not found.");
  }
  return cluster;
}

// Words that no service has, as long as it is refused to be made so.
bool matches_nothing(const api::ecs::ListServicesRequest& request) {
  return request.scheduling_strategy == "DAEMON" || request.resource_management_type == "ECS" ||
         (request.launch_type && !model::parse_launch_type(*request.launch_type));
}

}  // namespace

Reply describe_services(EcsContext& context, const Caller& caller,
                        const api::ecs::DescribeServicesRequest& request) {
  const auto& model = context.store.model();
  const auto cluster = get_cluster(model, caller.scope, request.cluster);
  rules::check_rules("DescribeServices", request);
  const bool tags = request.include && !request.include->empty();
  std::vector<model::ServicePtr> found;
  std::vector<std::string> missing;
  for (const auto& text : *request.services) {
    const auto arn = service_arn_in(*cluster, text);
    auto service = arn ? model.find_service(*arn) : nullptr;
    if (!service) {
      auto shown = arn && !text.starts_with("arn:") ? *arn : text;
      if (std::ranges::find(missing, shown) == missing.end()) missing.push_back(std::move(shown));
    } else if (std::ranges::find(found, service) == found.end()) {
      found.push_back(std::move(service));
    }
  }
  JsonReply reply;
  reply.begin("services");
  for (const auto& service : found) reply.add(service_text(context, service, tags));
  reply.begin("failures");
  for (const auto& arn : missing) reply.add_failure(arn, "MISSING");
  return Reply::json(reply.finish());
}

api::ecs::ListServicesResponse list_services(EcsContext&, store::Transaction& transaction,
                                             const Caller& caller,
                                             const api::ecs::ListServicesRequest& request) {
  const auto& model = transaction.model();
  const auto cluster = listed_cluster(model, caller, request.cluster);
  rules::check_rules("ListServices", request);
  const PageContext page{
      "ListServices", caller.scope,
      filter_hash({cluster->name, request.launch_type.value_or(""), request.scheduling_strategy.value_or(""),
                   request.resource_management_type.value_or("")})};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(10));
  store::ServiceQuery query;
  query.cluster_arn = cluster->arn;
  query.limit = limit + 1;
  if (request.launch_type) query.launch_type = model::parse_launch_type(*request.launch_type);
  if (request.next_token) query.after_name = parse_page_token(page, *request.next_token);
  api::ecs::ListServicesResponse response;
  auto& arns = response.service_arns.emplace();
  if (matches_nothing(request)) return response;
  const auto services = model.services(query);
  for (std::size_t i = 0; i < std::min(limit, services.size()); ++i) arns.push_back(services[i]->arn);
  if (services.size() > limit) response.next_token = make_page_token(page, services[limit - 1]->name);
  return response;
}

// Namespaces live in Cloud Map, which is not served: there is none to be found.
api::ecs::ListServicesByNamespaceResponse list_services_by_namespace(
    EcsContext&, store::Transaction&, const Caller&,
    const api::ecs::ListServicesByNamespaceRequest& request) {
  rules::check_rules("ListServicesByNamespace", request);
  throw api::ecs::namespace_not_found("The namespace " + *request.namespace_ +
                                      " was not found: Slipway does not serve AWS Cloud Map yet.");
}

}  // namespace slipway::services::ecs
