#include "app/why.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/route_answers.h"
#include "app/service_summary.h"
#include "slipway/lifecycle/spec.h"
#include "slipway/scheduler/service_plan.h"

namespace slipway::app {
namespace {

using lifecycle::Wait;
using nlohmann::json;
using Sentences = std::vector<std::string>;

constexpr std::size_t kEvents = 5, kStopped = 5;

// The rules' sentences in the order of the containers; where the agent is at work, its own words instead.
Sentences merged(const std::vector<Wait>& rules, const std::vector<Wait>& agent) {
  const auto same = [](const Wait& wait) {
    return [&wait](const Wait& other) { return other.container == wait.container; };
  };
  Sentences sentences;
  for (const auto& wait : agent) {
    if (std::ranges::none_of(rules, same(wait))) sentences.push_back(wait.sentence);
  }
  for (const auto& wait : rules) {
    const auto better = std::ranges::find_if(agent, same(wait));
    sentences.push_back(better == agent.end() ? wait.sentence : better->sentence);
  }
  return sentences;
}

lifecycle::TaskSpec spec_of(const store::Model& model, const model::Task& task) {
  const auto definition = model.find_definition(task.definition_arn);
  if (!definition) return {};
  return lifecycle::make_spec(*definition->document, task.network_mode);
}

Sentences reasons_of(const store::Model& model, const model::Task& task, const WhySources& sources, Now now) {
  if (task.last_status == model::TaskStatus::Stopped) return {};
  Sentences sentences = merged(lifecycle::waiting(task, spec_of(model, task), now), sources.agent(task.arn));
  if (!sentences.empty() && !sources.engine_answers()) {
    sentences.insert(sentences.begin(), "The container engine does not answer: nothing starts or stops.");
  }
  if (task.desired_status == model::DesiredStatus::Stopped) {
    std::string why = "It is being stopped (" + std::string(model::to_string(task.stop_code)) + ")";
    if (!task.stopped_reason.empty()) why += ": " + task.stopped_reason;
    sentences.insert(sentences.begin(), why);
  }
  return sentences;
}

json container_json(const model::Container& container) {
  json item{{"name", container.name},
            {"lastStatus", model::api_status(container.known)},
            {"healthStatus", model::to_string(container.health)}};
  if (container.exit_code) item["exitCode"] = *container.exit_code;
  if (!container.reason.empty()) item["reason"] = container.reason;
  if (container.restarts > 0) item["restarts"] = container.restarts;
  return item;
}

json task_json(const model::Task& task) {
  json containers = json::array();
  for (const auto& container : task.containers) {
    if (!model::is_internal(container) || !container.reason.empty()) {
      containers.push_back(container_json(container));
    }
  }
  json item{{"arn", task.arn},
            {"id", task.id},
            {"taskDefinition", short_definition(task.definition_arn)},
            {"lastStatus", model::to_string(task.last_status)},
            {"desiredStatus", model::to_string(task.desired_status)},
            {"healthStatus", model::to_string(task.health)},
            {"containers", containers}};
  if (task.stop_code != model::StopCode::None) item["stopCode"] = model::to_string(task.stop_code);
  if (!task.stopped_reason.empty()) item["stoppedReason"] = task.stopped_reason;
  if (task.stopped_at) item["stoppedAt"] = iso_time(*task.stopped_at);
  return item;
}

// Of the service, those that ended last, from new to old.
std::vector<model::TaskPtr> last_stopped(const store::Model& model, const model::Service& service) {
  constexpr std::size_t kPage = 1000;
  store::TaskQuery query;
  query.cluster_arn = model::cluster_arn(service.scope, service.cluster);
  query.desired = model::DesiredStatus::Stopped;
  query.group = model::service_group(service.name);
  query.limit = kPage;
  std::vector<model::TaskPtr> newest;
  for (;;) {
    const auto page = model.tasks(query);
    std::ranges::copy_if(page, std::back_inserter(newest),
                         [](const auto& task) { return task->stopped_at.has_value(); });
    std::ranges::sort(newest, [](const auto& a, const auto& b) { return *a->stopped_at > *b->stopped_at; });
    if (newest.size() > kStopped) newest.resize(kStopped);
    if (page.size() < kPage) return newest;
    query.after_arn = page.back()->arn;
  }
}

json unsettled_tasks(const store::Model& model, const model::Service& service, const WhySources& sources,
                     Now now) {
  json list = json::array();
  for (const auto& task : model.service_tasks(service.arn)) {
    Sentences reasons = reasons_of(model, *task, sources, now);
    if (reasons.empty()) continue;
    json item = task_json(*task);
    item["reasons"] = std::move(reasons);
    list.push_back(std::move(item));
  }
  return list;
}

// A task without health checks counts for its service only after a while.
void add_settling(const store::Model& model, const model::Task& task, Now now, Sentences& reasons) {
  const bool runs = task.last_status == model::TaskStatus::Running &&
                    task.desired_status == model::DesiredStatus::Running && task.started_at;
  if (!runs || model::service_of_group(task.group).empty()) return;
  const TimePoint settled = *task.started_at + scheduler::kSettleTime;
  if (settled <= now.control || spec_of(model, task).has_health_checks()) return;
  reasons.push_back("It runs and counts as healthy for its service in " +
                    lifecycle::seconds_left(settled, now.control) + ", when it has run for " +
                    std::to_string(scheduler::kSettleTime.count()) + " s.");
}

}  // namespace

json why_service(const store::Model& model, const model::Service& service, const WhySources& sources,
                 Now now) {
  json answer = service_json(model, service);
  answer["kind"] = "service";
  // Nothing is planned for one that is gone.
  const bool gone = service.status == model::ServiceStatus::Inactive;
  answer["reasons"] = gone ? Sentences() : sources.planner(service.arn);
  answer["tasks"] = unsettled_tasks(model, service, sources, now);
  answer["steady"] = !gone && answer["reasons"].empty() && answer["tasks"].empty();
  json events = json::array();
  for (const auto& event : model.service_events(service.arn)) {
    if (events.size() == kEvents) break;
    events.push_back({{"createdAt", iso_time(event.created_at)}, {"message", event.message}});
  }
  answer["events"] = std::move(events);
  json stopped = json::array();
  for (const auto& task : last_stopped(model, service)) stopped.push_back(task_json(*task));
  answer["stopped"] = std::move(stopped);
  return answer;
}

json why_task(const store::Model& model, const model::Task& task, const WhySources& sources, Now now) {
  json answer = task_json(task);
  answer["kind"] = "task";
  answer["account"] = task.scope.account;
  answer["region"] = task.scope.region;
  answer["cluster"] = task.cluster;
  answer["group"] = task.group;
  Sentences reasons = reasons_of(model, task, sources, now);
  add_settling(model, task, now, reasons);
  answer["reasons"] = std::move(reasons);
  return answer;
}

}  // namespace slipway::app
