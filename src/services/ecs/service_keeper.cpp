#include "services/ecs/service_keeper.h"

#include <algorithm>
#include <optional>

#include "services/ecs/service_launch.h"
#include "services/ecs/service_snapshot.h"
#include "services/ecs/task_launch.h"
#include "slipway/lifecycle/stop.h"

namespace slipway::services::ecs {

namespace {

constexpr std::chrono::hours kInactiveShown{24};
constexpr std::string_view kTasksMark = "{tasks}";
constexpr std::string_view kCountMark = "{count}";

void replace(std::string& text, std::string_view mark, const std::string& by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
    text.replace(at, mark.size(), by);
  }
}

// "(task a) (task b)"
std::string task_list(const std::vector<std::string>& ids) {
  std::string list;
  for (const auto& id : ids) list += (list.empty() ? "(task " : " (task ") + id + ")";
  return list;
}

void add_event(EcsContext& context, store::Transaction& transaction, const model::Service& service,
               std::string message, Now now) {
  transaction.add_event(service.arn, {context.ids.uuid(), now.control, std::move(message)});
}

void add_events(EcsContext& context, store::Transaction& transaction, const model::Service& service,
                const std::vector<scheduler::PlannedEvent>& events, const std::vector<std::string>& started,
                Now now) {
  for (const auto& event : events) {
    if (event.of_started && started.empty()) continue;
    std::string message = event.message;
    replace(message, kCountMark, std::to_string(started.size()));
    replace(message, kTasksMark, task_list(started));
    add_event(context, transaction, service, std::move(message), now);
  }
}

void stop_tasks(store::Transaction& transaction, const std::vector<scheduler::StopOrder>& orders, Now now) {
  for (const auto& order : orders) {
    const auto task = transaction.find_task(order.task_arn);
    if (!task) continue;
    transaction.put(
        lifecycle::request_stop(*task, model::StopCode::ServiceSchedulerInitiated, order.reason, now));
  }
}

void note_tasks(store::Transaction& transaction, const std::vector<std::string>& arns) {
  for (const auto& arn : arns) {
    const auto task = transaction.find_task(arn);
    if (!task) continue;
    model::Task noted = *task;
    noted.noted = true;
    transaction.put(std::move(noted));
  }
}

// What a service asks for where its tasks run with the platform version of a revision. LATEST is kept while
// it means that one.
std::optional<std::string> asked_platform(const std::optional<std::string>& asked,
                                          const std::optional<std::string>& version) {
  if (!version) return std::nullopt;
  if (asked && resolved_platform(*asked) == *version) return asked;
  return resolved_platform("LATEST") == *version ? "LATEST" : *version;
}

// A rollback takes back what the failed revision had changed.
void follow_revision(const store::Transaction& transaction, model::Service& service) {
  const auto revision = transaction.find_revision(model::service_revision_arn(
      service.scope, service.cluster, service.name, service.deployments.front().id));
  if (!revision) return;
  const auto& target = *revision->document;
  auto document = *service.document;
  document.task_definition = target.task_definition;
  document.launch_type = target.launch_type;
  document.capacity_provider_strategy = target.capacity_provider_strategy;
  document.platform_version = asked_platform(document.platform_version, target.platform_version);
  document.platform_family = target.platform_family;
  document.network_configuration = target.network_configuration;
  document.role_arn.reset();
  if (document.network_configuration) document.role_arn = model::service_linked_role_arn(service.scope);
  service.document = std::make_shared<const api::ecs::Service>(std::move(document));
}

// Of the container in a task of the deployment that has pulled its image; empty when none has.
std::string digest_of(const std::vector<model::TaskPtr>& tasks, const std::string& deployment,
                      const std::optional<std::string>& container) {
  for (const auto& task : tasks) {
    if (model::deployment_of(task->started_by) != deployment) continue;
    const auto found = std::ranges::find(task->containers, container, &model::Container::name);
    if (found != task->containers.end() && !found->image_digest.empty()) return found->image_digest;
  }
  return {};
}

// The digests of a revision's images are known once a task has pulled them.
void learn_digests(store::Transaction& transaction, const model::Service& service,
                   const std::vector<model::TaskPtr>& tasks) {
  for (const auto& deployment : service.deployments) {
    const auto revision = transaction.find_revision(
        model::service_revision_arn(service.scope, service.cluster, service.name, deployment.id));
    if (!revision || !revision->document->container_images) continue;
    std::shared_ptr<api::ecs::ServiceRevision> document;
    const auto& images = *revision->document->container_images;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (images[i].image_digest) continue;
      const auto digest = digest_of(tasks, deployment.id, images[i].container_name);
      if (digest.empty()) continue;
      if (!document) document = std::make_shared<api::ecs::ServiceRevision>(*revision->document);
      (*document->container_images)[i].image_digest = digest;
    }
    if (!document) continue;
    model::ServiceRevision learned = *revision;
    learned.document = std::move(document);
    transaction.put(std::move(learned));
  }
}

// Starts what the plan asks for; what finds no place is noted in the service.
std::vector<std::string> start_tasks(EcsContext& context, store::Transaction& transaction,
                                     std::optional<model::Service>& service, const model::Service& before,
                                     scheduler::ServicePlan& plan, Now now) {
  const model::Service& current = service ? *service : before;
  auto launched = launch_service_tasks(context, transaction, current, plan.start, now);
  if (!launched.failure.empty()) {
    auto note = scheduler::note_placement_failure(current, std::move(launched.failure), now);
    service = std::move(note.service);
    if (note.event) plan.events.push_back(std::move(*note.event));
  } else if (current.placement_failure) {
    service = scheduler::note_placed(current);
  }
  return std::move(launched.task_ids);
}

void apply(EcsContext& context, store::Transaction& transaction, const model::Service& before,
           scheduler::ServicePlan plan, Now now) {
  std::optional<model::Service> service = std::move(plan.service);
  if (service && plan.rolled_back) follow_revision(transaction, *service);
  note_tasks(transaction, plan.noted);
  std::vector<std::string> started;
  if (plan.start > 0) started = start_tasks(context, transaction, service, before, plan, now);
  stop_tasks(transaction, plan.stop, now);
  add_events(context, transaction, before, plan.events, started, now);
  if (plan.deployment) transaction.put(std::move(*plan.deployment));
  if (service) {
    service->updated_at = now.control;
    transaction.put(std::move(*service));
  }
}

}  // namespace

LookAgain keep_service(EcsContext& context, const std::string& service_arn, Now now, bool room_came_free) {
  const store::Model& model = context.store.model();
  auto service = model.find_service(service_arn);
  if (!service || service->status == model::ServiceStatus::Inactive) return {};
  if (room_came_free && service->placement_failure) {
    model::Service hopeful = *service;
    hopeful.placement_failure->retry_at = now.control;
    service = std::make_shared<const model::Service>(std::move(hopeful));
  }
  const ServiceState state = service_state(model, std::move(service));
  auto plan = scheduler::plan_service(state.snapshot(), now);
  const LookAgain again{plan.look_again, plan.look_again_real, state.service->placement_failure.has_value()};
  context.store.write([&](store::Transaction& transaction) {
    learn_digests(transaction, *state.service, model.service_tasks(service_arn));
    if (!plan.empty()) apply(context, transaction, *state.service, std::move(plan), now);
  });
  return again;
}

void forget_services(store::Transaction& transaction, TimePoint now) {
  for (const auto& service : transaction.model().all_services()) {
    if (service->inactive_at && *service->inactive_at + kInactiveShown <= now) {
      transaction.remove_service(service->arn);
    }
  }
}

std::vector<std::string> why_service(const EcsContext& context, const std::string& service_arn, Now now) {
  auto service = context.store.model().find_service(service_arn);
  if (!service) return {};
  const ServiceState state = service_state(context.store.model(), std::move(service));
  return scheduler::plan_service(state.snapshot(), now).reasons;
}

}  // namespace slipway::services::ecs
