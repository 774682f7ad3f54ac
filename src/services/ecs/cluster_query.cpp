#include <algorithm>

#include "services/ecs/cluster.h"
#include "services/ecs/cluster_load.h"
#include "services/ecs/cluster_lookup.h"
#include "services/ecs/cluster_view.h"
#include "services/ecs/fragment_cache.h"
#include "services/ecs/json_reply.h"
#include "services/page_token.h"
#include "services/rules/rules.h"
#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

namespace {

unsigned parts_of(const std::optional<std::vector<std::string>>& include) {
  unsigned parts = 0;
  if (!include) return parts;
  for (const auto& word : *include) {
    if (word == "ATTACHMENTS") parts |= kClusterAttachments;
    if (word == "CONFIGURATIONS") parts |= kClusterConfiguration;
    if (word == "SETTINGS") parts |= kClusterSettings;
    if (word == "STATISTICS") parts |= kClusterStatistics;
    if (word == "TAGS") parts |= kClusterTags;
  }
  return parts;
}

// All counts of services in one number.
std::int64_t services_stamp(const ClusterLoad& load) {
  auto stamp = static_cast<std::uint64_t>(load.active_services);
  for (const auto& counts : {load.active, load.draining}) {
    for (const auto count : {counts.ec2, counts.fargate, counts.external}) {
      stamp = stamp * 10007 + static_cast<std::uint64_t>(count);
    }
  }
  return static_cast<std::int64_t>(stamp);
}

const std::string& cluster_text(EcsContext& context, const ClusterPtr& cluster, unsigned parts) {
  const auto& model = context.store.model();
  const auto load = cluster_load(model, cluster->arn, parts);
  const auto& tasks = load.tasks;
  const FragmentCache::Stamp stamp{tasks.running_ec2, tasks.running_fargate, tasks.running_external,
                                   tasks.pending_ec2, tasks.pending_fargate, tasks.pending_external,
                                   load.instances,    services_stamp(load)};
  return context.fragments.get(cluster, parts, stamp,
                               [&] { return protocol::to_json(cluster_view(*cluster, load, parts)); });
}

}  // namespace

Reply describe_clusters(EcsContext& context, const Caller& caller,
                        const api::ecs::DescribeClustersRequest& request) {
  rules::check_rules("DescribeClusters", request);
  const auto parts = parts_of(request.include);
  auto names = request.clusters.value_or(std::vector<std::string>{});
  if (names.empty()) names.emplace_back("default");
  std::vector<std::string> arns;
  for (const auto& name : names) {
    auto arn = cluster_arn_of(caller.scope, name);
    if (std::find(arns.begin(), arns.end(), arn) == arns.end()) arns.push_back(std::move(arn));
  }
  JsonReply reply;
  std::vector<const std::string*> missing;
  reply.begin("clusters");
  for (const auto& arn : arns) {
    const auto cluster = context.store.model().find_cluster(arn);
    if (cluster && cluster->scope == caller.scope) {
      reply.add(cluster_text(context, cluster, parts));
    } else {
      missing.push_back(&arn);
    }
  }
  reply.begin("failures");
  for (const auto* arn : missing) reply.add_failure(*arn, "MISSING");
  return Reply::json(reply.finish());
}

Reply list_clusters(EcsContext& context, const Caller& caller, const api::ecs::ListClustersRequest& request) {
  rules::check_rules("ListClusters", request);
  const PageContext page{"ListClusters", caller.scope, 0};
  const auto after = request.next_token ? parse_page_token(page, *request.next_token) : std::string{};
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(100));
  const auto clusters = context.store.model().clusters(caller.scope, after, limit + 1);
  JsonReply reply;
  reply.begin("clusterArns");
  for (std::size_t i = 0; i < std::min(limit, clusters.size()); ++i) reply.add_string(clusters[i]->arn);
  if (clusters.size() > limit) reply.next_token(make_page_token(page, clusters[limit - 1]->name));
  return Reply::json(reply.finish());
}

}  // namespace slipway::services::ecs
