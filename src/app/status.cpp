// What `slipway status` and /_slipway/metrics say of the state.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/control_routes.h"

namespace slipway::app {
namespace {

using nlohmann::json;

// Where a container's ports are reached on this machine: bridge ports where they are published, awsvpc ports
// through the pause container's loopback addresses.
void add_addresses(json& list, const model::Container& container) {
  for (const auto* bindings : {&container.bindings, &container.published}) {
    for (const model::PortBinding& binding : *bindings) {
      if (binding.host_port == 0) continue;
      const std::string ip =
          binding.bind_ip.empty() || binding.bind_ip == "0.0.0.0" ? "127.0.0.1" : binding.bind_ip;
      list.push_back({{"container", container.name},
                      {"containerPort", binding.container_port},
                      {"protocol", binding.protocol},
                      {"address", fmt::format("{}:{}", ip, binding.host_port)}});
    }
  }
}

json task_json(const model::Task& task) {
  json containers = json::array();
  json addresses = json::array();
  for (const model::Container& container : task.containers) {
    if (container.known == model::ContainerState::Running) add_addresses(addresses, container);
    if (model::is_internal(container)) continue;
    json item{{"name", container.name}, {"lastStatus", model::api_status(container.known)}};
    if (container.exit_code) item["exitCode"] = *container.exit_code;
    if (!container.reason.empty()) item["reason"] = container.reason;
    if (!container.runtime_id.empty()) item["runtimeId"] = container.runtime_id;
    containers.push_back(std::move(item));
  }
  json item{{"account", task.scope.account},
            {"region", task.scope.region},
            {"cluster", task.cluster},
            {"id", task.id},
            {"arn", task.arn},
            {"taskDefinition", task.definition_arn.substr(task.definition_arn.rfind('/') + 1)},
            {"group", task.group},
            {"launchType", model::to_string(task.launch_type)},
            {"lastStatus", model::to_string(task.last_status)},
            {"desiredStatus", model::to_string(task.desired_status)},
            {"healthStatus", model::to_string(task.health)},
            {"containers", containers},
            {"addresses", addresses}};
  if (!task.stopped_reason.empty()) item["stoppedReason"] = task.stopped_reason;
  if (task.eni && !task.eni->address.empty()) item["privateAddress"] = task.eni->address;
  return item;
}

void visit_tasks(const store::Model& model, const std::string& cluster_arn,
                 const std::function<void(const model::Task&)>& visit) {
  constexpr std::size_t kPage = 1000;
  for (const auto desired : {model::DesiredStatus::Running, model::DesiredStatus::Stopped}) {
    store::TaskQuery query;
    query.cluster_arn = cluster_arn;
    query.desired = desired;
    query.limit = kPage;
    for (;;) {
      const auto page = model.tasks(query);
      for (const auto& task : page) visit(*task);
      if (page.size() < kPage) break;
      query.after_arn = page.back()->arn;
    }
  }
}

void append_agent(std::string& out, const agent::AgentCounters& counters) {
  const std::pair<std::string_view, std::uint64_t> totals[] = {{"launches", counters.launches},
                                                               {"launch_failures", counters.launch_failures},
                                                               {"pulls", counters.pulls},
                                                               {"pull_failures", counters.pull_failures},
                                                               {"restarts", counters.restarts},
                                                               {"stops", counters.stops},
                                                               {"containers_removed", counters.removed},
                                                               {"engine_errors", counters.engine_errors}};
  for (const auto& [name, value] : totals) {
    out += fmt::format("# TYPE slipway_agent_{0}_total counter\nslipway_agent_{0}_total {1}\n", name, value);
  }
  const std::pair<std::string_view, std::size_t> gauges[] = {
      {"launches_in_flight", counters.launches_in_flight},
      {"launches_waiting", counters.launches_waiting},
      {"jobs", counters.jobs}};
  for (const auto& [name, value] : gauges) {
    out += fmt::format("# TYPE slipway_agent_{0} gauge\nslipway_agent_{0} {1}\n", name, value);
  }
}

std::string escape_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

}  // namespace

std::string status_json(const store::Model& model) {
  json clusters = json::array();
  json tasks = json::array();
  for (const auto& cluster : model.all_clusters()) {
    const model::TaskCounts counts = model.task_counts(cluster->arn);
    clusters.push_back(
        {{"account", cluster->scope.account},
         {"region", cluster->scope.region},
         {"name", cluster->name},
         {"arn", cluster->arn},
         {"status", cluster->status == model::ClusterStatus::Active ? "ACTIVE" : "INACTIVE"},
         {"runningTasks", counts.running_ec2 + counts.running_fargate + counts.running_external},
         {"pendingTasks", counts.pending_ec2 + counts.pending_fargate + counts.pending_external}});
    visit_tasks(model, cluster->arn, [&tasks](const model::Task& task) { tasks.push_back(task_json(task)); });
  }
  return json{{"clusters", clusters}, {"tasks", tasks}}.dump() + "\n";
}

std::string metrics_text(const ControlContext& context, Millis uptime, bool engine_reachable) {
  std::string out;
  const auto head = [&out](std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  };
  head("slipway_uptime_seconds", "gauge", "Seconds since the server started.");
  out += fmt::format("slipway_uptime_seconds {:.3f}\n", static_cast<double>(uptime.count()) / 1000.0);
  head("slipway_connections", "gauge", "Open client connections.");
  out += fmt::format("slipway_connections {}\n", context.connections());
  head("slipway_engine_reachable", "gauge", "1 when the container engine answers.");
  out += fmt::format("slipway_engine_reachable {}\n", engine_reachable ? 1 : 0);
  append_agent(out, context.agent_counters());
  const auto counts = context.request_counts();
  head("slipway_requests_total", "counter", "Answered API requests.");
  for (const auto& count : counts) {
    out +=
        fmt::format("slipway_requests_total{{service=\"{}\",operation=\"{}\",status=\"{}\"}} {}\n",
                    escape_label(count.service), escape_label(count.operation), count.status, count.requests);
  }
  head("slipway_request_seconds_total", "counter", "Time spent in API requests.");
  for (const auto& count : counts) {
    out +=
        fmt::format("slipway_request_seconds_total{{service=\"{}\",operation=\"{}\",status=\"{}\"}} {:.6f}\n",
                    escape_label(count.service), escape_label(count.operation), count.status,
                    static_cast<double>(count.microseconds) / 1e6);
  }
  head("slipway_tasks", "gauge", "Tasks that are not STOPPED, by cluster and state.");
  for (const auto& cluster : context.store.model().all_clusters()) {
    const model::TaskCounts tasks = context.store.model().task_counts(cluster->arn);
    const std::string labels = fmt::format("account=\"{}\",region=\"{}\",cluster=\"{}\"",
                                           cluster->scope.account, cluster->scope.region, cluster->name);
    out += fmt::format("slipway_tasks{{{},state=\"running\"}} {}\n", labels,
                       tasks.running_ec2 + tasks.running_fargate + tasks.running_external);
    out += fmt::format("slipway_tasks{{{},state=\"pending\"}} {}\n", labels,
                       tasks.pending_ec2 + tasks.pending_fargate + tasks.pending_external);
    out += fmt::format("slipway_tasks{{{},state=\"stopping\"}} {}\n", labels, tasks.stopping);
  }
  return out;
}

}  // namespace slipway::app
