// What `slipway status` and /_slipway/metrics say of the state.
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/control_routes.h"
#include "app/service_summary.h"

namespace slipway::app {
namespace {

using nlohmann::json;

// Where the user reaches a container's ports: bridge ports where they are published, whatever address the API
// shows, awsvpc ports at those of the pause container.
void add_addresses(json& list, const model::Container& container, const std::string& published_at) {
  for (const auto* bindings : {&container.bindings, &container.published}) {
    for (const model::PortBinding& binding : *bindings) {
      if (binding.host_port == 0) continue;
      const std::string& ip =
          binding.bind_ip.empty() || binding.bind_ip == "0.0.0.0" ? published_at : binding.bind_ip;
      list.push_back({{"container", container.name},
                      {"containerPort", binding.container_port},
                      {"protocol", binding.protocol},
                      {"address", ip + ":" + std::to_string(binding.host_port)}});
    }
  }
}

json task_json(const model::Task& task, const std::string& published_at) {
  json containers = json::array();
  json addresses = json::array();
  for (const model::Container& container : task.containers) {
    if (container.known == model::ContainerState::Running) add_addresses(addresses, container, published_at);
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
            {"taskDefinition", short_definition(task.definition_arn)},
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

json ports_json(const std::vector<controllers::OpenPort>& ports, const std::string& service) {
  json list = json::array();
  for (const auto& port : ports) {
    if (port.service != service) continue;
    list.push_back({{"containerPort", port.container_port},
                    {"address", port.address + ":" + std::to_string(port.port)}});
    if (!port.problem.empty()) list.back()["problem"] = port.problem;
  }
  return list;
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

std::string escape_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// One metric family after another in the text format.
class MetricsText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
  }
  // `labels` with their braces, or empty.
  template <class Value>
  void sample(const std::string& labels, Value value) {
    text_ << name_ << labels << ' ' << value << '\n';
  }
  std::string str() const { return text_.str(); }

 private:
  std::string name_;
  std::ostringstream text_;
};

void append_agent(MetricsText& text, const agent::AgentCounters& counters) {
  const std::pair<std::string, std::uint64_t> totals[] = {{"launches", counters.launches},
                                                          {"launch_failures", counters.launch_failures},
                                                          {"pulls", counters.pulls},
                                                          {"pull_failures", counters.pull_failures},
                                                          {"restarts", counters.restarts},
                                                          {"stops", counters.stops},
                                                          {"containers_removed", counters.removed},
                                                          {"engine_errors", counters.engine_errors}};
  for (const auto& [name, value] : totals) {
    text.family("slipway_agent_" + name + "_total", "counter", "What the agent did since start.");
    text.sample("", value);
  }
  const std::pair<std::string, std::size_t> gauges[] = {{"launches_in_flight", counters.launches_in_flight},
                                                        {"launches_waiting", counters.launches_waiting},
                                                        {"jobs", counters.jobs}};
  for (const auto& [name, value] : gauges) {
    text.family("slipway_agent_" + name, "gauge", "What the agent has under way.");
    text.sample("", value);
  }
}

void append_requests(MetricsText& text, const std::vector<server::Dispatcher::Count>& counts) {
  const auto labels = [](const server::Dispatcher::Count& count) {
    return "{service=\"" + escape_label(count.service) + "\",operation=\"" + escape_label(count.operation) +
           "\",status=\"" + std::to_string(count.status) + "\"}";
  };
  text.family("slipway_requests_total", "counter", "Answered API requests.");
  for (const auto& count : counts) text.sample(labels(count), count.requests);
  text.family("slipway_request_seconds_total", "counter", "Time spent in API requests.");
  for (const auto& count : counts) text.sample(labels(count), static_cast<double>(count.microseconds) / 1e6);
}

void append_tasks(MetricsText& text, const store::Model& model) {
  text.family("slipway_tasks", "gauge", "Tasks that are not STOPPED, by cluster and state.");
  for (const auto& cluster : model.all_clusters()) {
    const model::TaskCounts tasks = model.task_counts(cluster->arn);
    const std::string labels = "{account=\"" + cluster->scope.account + "\",region=\"" +
                               escape_label(cluster->scope.region) + "\",cluster=\"" + cluster->name +
                               "\",state=\"";
    text.sample(labels + "running\"}", tasks.running_ec2 + tasks.running_fargate + tasks.running_external);
    text.sample(labels + "pending\"}", tasks.pending_ec2 + tasks.pending_fargate + tasks.pending_external);
    text.sample(labels + "stopping\"}", tasks.stopping);
  }
}

}  // namespace

std::string status_json(const store::Model& model, const StatusView& view) {
  json clusters = json::array();
  json services = json::array();
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
    visit_tasks(model, cluster->arn,
                [&](const model::Task& task) { tasks.push_back(task_json(task, view.published_at)); });
  }
  for (const auto& service : model.all_services()) {
    if (service->status == model::ServiceStatus::Inactive) continue;
    services.push_back(service_json(model, *service));
    services.back()["ports"] = ports_json(view.service_ports, service->arn);
  }
  return json{{"clusters", clusters}, {"services", services}, {"tasks", tasks}}.dump() + "\n";
}

std::string metrics_text(const ControlContext& context, Millis uptime, bool engine_reachable) {
  MetricsText text;
  text.family("slipway_uptime_seconds", "gauge", "Seconds since the server started.");
  text.sample("", static_cast<double>(uptime.count()) / 1000.0);
  text.family("slipway_connections", "gauge", "Open client connections.");
  text.sample("", context.connections());
  text.family("slipway_engine_reachable", "gauge", "1 when the container engine answers.");
  text.sample("", engine_reachable ? 1 : 0);
  append_agent(text, context.agent_counters());
  append_requests(text, context.request_counts());
  append_tasks(text, context.store.model());
  return text.str();
}

}  // namespace slipway::app
