// All services in memory with what belongs to them (service revisions, service deployments, events), found by
// ARN and listed by cluster; per-cluster counts. Part of the memory model; control thread. A change costs
// O(log n).
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/model/service.h"
#include "slipway/store/model.h"
#include "store/string_map.h"

namespace slipway::store {

// Events of a service that are kept (control-plane.md 5.6).
inline constexpr std::size_t kKeptEvents = 100;

class ServiceIndex final {
 public:
  // Each inserts or replaces by ARN.
  void put(model::ServicePtr service);
  void put(model::ServiceRevisionPtr revision);
  void put(model::ServiceDeploymentPtr deployment);
  // Newer than those that are there; forgets the oldest when there are too many.
  void add_event(std::string_view service_arn, model::ServiceEvent event);
  // With all that belongs to it.
  void remove(std::string_view arn);

  model::ServicePtr find(std::string_view arn) const;
  std::vector<model::ServicePtr> query(const ServiceQuery& query) const;
  // By ARN.
  std::vector<model::ServicePtr> all() const;
  std::size_t active(std::string_view cluster_arn) const;
  std::size_t live(std::string_view cluster_arn) const;
  // From new to old.
  std::vector<model::ServiceEvent> events(std::string_view service_arn) const;
  std::size_t event_count(std::string_view service_arn) const;
  std::optional<TimePoint> last_event_at(std::string_view service_arn) const;
  model::ServiceRevisionPtr find_revision(std::string_view arn) const;
  model::ServiceDeploymentPtr find_deployment(std::string_view arn) const;
  // From new to old.
  std::vector<model::ServiceDeploymentPtr> deployments(std::string_view service_arn) const;

 private:
  struct NewestFirst {
    bool operator()(const model::ServiceDeploymentPtr& a, const model::ServiceDeploymentPtr& b) const;
  };
  // What is there of one service; the service itself comes last when the store is read.
  struct Entry {
    model::ServicePtr service;
    std::set<std::string, std::less<>> revisions;  // ARNs
    std::set<model::ServiceDeploymentPtr, NewestFirst> deployments;
    std::deque<model::ServiceEvent> events;  // from old to new
  };
  // Those that are not INACTIVE.
  struct Cluster {
    std::map<std::string, model::ServicePtr, std::less<>> live;  // by name
    std::size_t active = 0;
  };

  const Entry* entry(std::string_view service_arn) const;
  void enter(const model::ServicePtr& service);
  void leave(const model::Service& service);

  StringMap<Entry> services_;
  StringMap<Cluster> clusters_;
  StringMap<model::ServiceRevisionPtr> revisions_;
  StringMap<model::ServiceDeploymentPtr> deployments_;
};

}  // namespace slipway::store
