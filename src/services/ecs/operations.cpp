#include "services/ecs/operations.h"

#include <utility>

#include "services/ecs/cluster.h"
#include "services/ecs/instance.h"
#include "services/ecs/service.h"
#include "services/ecs/tag.h"
#include "services/ecs/task.h"
#include "services/ecs/task_definition.h"
#include "slipway/api/ecs/service.h"

namespace slipway::services::ecs {

namespace {

template <class Input>
Binding bind(EcsContext& context, std::string_view operation,
             Reply (*handler)(EcsContext&, const Caller&, const Input&)) {
  return Binding{&api::ecs::kServiceTable, operation,
                 [&context, handler](const Caller& caller, const void* input) {
                   return handler(context, caller, *static_cast<const Input*>(input));
                 }};
}

template <class Output, class Input>
Binding bind(EcsContext& context, std::string_view operation,
             Output (*handler)(EcsContext&, store::Transaction&, const Caller&, const Input&)) {
  return Binding{&api::ecs::kServiceTable, operation,
                 [&context, handler](const Caller& caller, const void* input) {
                   return Reply::of(context.store.write([&](store::Transaction& transaction) {
                     return handler(context, transaction, caller, *static_cast<const Input*>(input));
                   }));
                 }};
}

}  // namespace

std::vector<Binding> operations(EcsContext& context) {
  return {bind(context, "CreateCluster", create_cluster),
          bind(context, "CreateService", create_service),
          bind(context, "DeleteCluster", delete_cluster),
          bind(context, "DeleteService", delete_service),
          bind(context, "DeleteTaskDefinitions", delete_task_definitions),
          bind(context, "DeregisterTaskDefinition", deregister_task_definition),
          bind(context, "DescribeClusters", describe_clusters),
          bind(context, "DescribeContainerInstances", describe_container_instances),
          bind(context, "DescribeServiceDeployments", describe_service_deployments),
          bind(context, "DescribeServiceRevisions", describe_service_revisions),
          bind(context, "DescribeServices", describe_services),
          bind(context, "DescribeTaskDefinition", describe_task_definition),
          bind(context, "DescribeTasks", describe_tasks),
          bind(context, "GetTaskProtection", get_task_protection),
          bind(context, "ListClusters", list_clusters),
          bind(context, "ListContainerInstances", list_container_instances),
          bind(context, "ListServiceDeployments", list_service_deployments),
          bind(context, "ListServices", list_services),
          bind(context, "ListServicesByNamespace", list_services_by_namespace),
          bind(context, "ListTagsForResource", list_tags_for_resource),
          bind(context, "ListTaskDefinitionFamilies", list_task_definition_families),
          bind(context, "ListTaskDefinitions", list_task_definitions),
          bind(context, "ListTasks", list_tasks),
          bind(context, "RegisterTaskDefinition", register_task_definition),
          bind(context, "RunTask", run_task),
          bind(context, "StopServiceDeployment", stop_service_deployment),
          bind(context, "StopTask", stop_task),
          bind(context, "TagResource", tag_resource),
          bind(context, "UntagResource", untag_resource),
          bind(context, "UpdateCluster", update_cluster),
          bind(context, "UpdateClusterSettings", update_cluster_settings),
          bind(context, "UpdateService", update_service),
          bind(context, "UpdateTaskProtection", update_task_protection)};
}

}  // namespace slipway::services::ecs
