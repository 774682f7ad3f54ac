#include "store/service_index.h"

#include <algorithm>

namespace slipway::store {
namespace {

bool is_of(const model::Service& service, const ServiceQuery& query) {
  return !query.launch_type ||
         (service.document && service.document->launch_type == to_string(*query.launch_type));
}

}  // namespace

bool ServiceIndex::NewestFirst::operator()(const model::ServiceDeploymentPtr& a,
                                           const model::ServiceDeploymentPtr& b) const {
  return a->created_at != b->created_at ? a->created_at > b->created_at : a->arn > b->arn;
}

void ServiceIndex::enter(const model::ServicePtr& service) {
  if (service->status == model::ServiceStatus::Inactive) return;
  Cluster& cluster = at_key(clusters_, model::cluster_arn(service->scope, service->cluster));
  cluster.live[service->name] = service;
  if (service->status == model::ServiceStatus::Active) ++cluster.active;
}

void ServiceIndex::leave(const model::Service& service) {
  if (service.status == model::ServiceStatus::Inactive) return;
  const auto cluster = clusters_.find(model::cluster_arn(service.scope, service.cluster));
  if (service.status == model::ServiceStatus::Active) --cluster->second.active;
  cluster->second.live.erase(service.name);
  if (cluster->second.live.empty()) clusters_.erase(cluster);
}

void ServiceIndex::put(model::ServicePtr service) {
  Entry& known = at_key(services_, service->arn);
  if (known.service) leave(*known.service);
  enter(service);
  known.service = std::move(service);
}

void ServiceIndex::put(model::ServiceRevisionPtr revision) {
  at_key(services_, revision->service_arn).revisions.insert(revision->arn);
  at_key(revisions_, revision->arn) = std::move(revision);
}

void ServiceIndex::put(model::ServiceDeploymentPtr deployment) {
  auto& of_service = at_key(services_, deployment->service_arn).deployments;
  auto& known = at_key(deployments_, deployment->arn);
  if (known) of_service.erase(known);
  of_service.insert(deployment);
  known = std::move(deployment);
}

void ServiceIndex::add_event(std::string_view service_arn, model::ServiceEvent event) {
  auto& events = at_key(services_, service_arn).events;
  events.push_back(std::move(event));
  if (events.size() > kKeptEvents) events.pop_front();
}

void ServiceIndex::remove(std::string_view arn) {
  const auto found = services_.find(arn);
  if (found == services_.end()) return;
  const Entry& gone = found->second;
  if (gone.service) leave(*gone.service);
  for (const auto& revision : gone.revisions) revisions_.erase(revision);
  for (const auto& deployment : gone.deployments) deployments_.erase(deployment->arn);
  services_.erase(found);
}

const ServiceIndex::Entry* ServiceIndex::entry(std::string_view service_arn) const {
  const auto found = services_.find(service_arn);
  return found == services_.end() ? nullptr : &found->second;
}

model::ServicePtr ServiceIndex::find(std::string_view arn) const {
  const Entry* known = entry(arn);
  return known ? known->service : nullptr;
}

std::vector<model::ServicePtr> ServiceIndex::query(const ServiceQuery& query) const {
  std::vector<model::ServicePtr> found;
  const auto cluster = clusters_.find(query.cluster_arn);
  if (cluster == clusters_.end()) return found;
  const auto& live = cluster->second.live;
  for (auto at = live.upper_bound(query.after_name); at != live.end() && found.size() < query.limit; ++at) {
    if (is_of(*at->second, query)) found.push_back(at->second);
  }
  return found;
}

std::vector<model::ServicePtr> ServiceIndex::all() const {
  std::vector<model::ServicePtr> found;
  found.reserve(services_.size());
  for (const auto& [arn, known] : services_) {
    if (known.service) found.push_back(known.service);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->arn < b->arn; });
  return found;
}

std::size_t ServiceIndex::active(std::string_view cluster_arn) const {
  const auto found = clusters_.find(cluster_arn);
  return found == clusters_.end() ? 0 : found->second.active;
}

std::size_t ServiceIndex::live(std::string_view cluster_arn) const {
  const auto found = clusters_.find(cluster_arn);
  return found == clusters_.end() ? 0 : found->second.live.size();
}

std::vector<model::ServiceEvent> ServiceIndex::events(std::string_view service_arn) const {
  const Entry* known = entry(service_arn);
  if (!known) return {};
  return {known->events.rbegin(), known->events.rend()};
}

std::size_t ServiceIndex::event_count(std::string_view service_arn) const {
  const Entry* known = entry(service_arn);
  return known ? known->events.size() : 0;
}

std::optional<TimePoint> ServiceIndex::last_event_at(std::string_view service_arn) const {
  const Entry* known = entry(service_arn);
  if (!known || known->events.empty()) return std::nullopt;
  return known->events.back().created_at;
}

model::ServiceRevisionPtr ServiceIndex::find_revision(std::string_view arn) const {
  const auto found = revisions_.find(arn);
  return found == revisions_.end() ? nullptr : found->second;
}

model::ServiceDeploymentPtr ServiceIndex::find_deployment(std::string_view arn) const {
  const auto found = deployments_.find(arn);
  return found == deployments_.end() ? nullptr : found->second;
}

std::vector<model::ServiceDeploymentPtr> ServiceIndex::deployments(std::string_view service_arn) const {
  const Entry* known = entry(service_arn);
  if (!known) return {};
  return {known->deployments.begin(), known->deployments.end()};
}

}  // namespace slipway::store
