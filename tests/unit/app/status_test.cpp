#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "app/control_routes.h"

namespace slipway::app {
namespace {

using nlohmann::json;

const model::Scope kScope{"000000000000", "us-east-1"};

model::Container container(const std::string& name, model::ContainerState state) {
  model::Container made;
  made.name = name;
  made.id = name + "-id";
  made.known = state;
  return made;
}

model::Task task(const std::string& id, model::TaskStatus status) {
  model::Task made;
  made.scope = kScope;
  made.cluster = "web";
  made.id = id;
  made.arn = model::task_arn(kScope, "web", id);
  made.definition_arn = model::task_definition_arn(kScope, "app", 3);
  made.launch_type = model::LaunchType::Fargate;
  made.last_status = status;
  if (status == model::TaskStatus::Stopped) made.desired_status = model::DesiredStatus::Stopped;
  made.containers.push_back(container("app", model::ContainerState::Running));
  return made;
}

class Status : public testing::Test {
 protected:
  Status() {
    store::StoreOptions options;
    options.server_id = "1234567890abcdef";
    store_ = store::Store::open(options, log_);
    model::Cluster cluster;
    cluster.scope = kScope;
    cluster.name = "web";
    cluster.arn = model::cluster_arn(kScope, "web");
    store_->write([&cluster](store::Transaction& transaction) { transaction.put(cluster); });
  }

  void put(const model::Task& task) {
    store_->write([&task](store::Transaction& transaction) { transaction.put(task); });
  }
  json status() const { return json::parse(status_json(store_->model(), view_)); }

  Log log_{LogLevel::Error, LogFormat::Text};
  std::unique_ptr<store::Store> store_;
  StatusView view_{.published_at = "127.0.0.1"};
};

TEST_F(Status, shows_clusters_with_their_counts_and_every_task) {
  put(task("1", model::TaskStatus::Running));
  put(task("2", model::TaskStatus::Pending));
  put(task("3", model::TaskStatus::Stopped));
  const json seen = status();
  ASSERT_EQ(seen["clusters"].size(), 1U);
  EXPECT_EQ(seen["clusters"][0]["name"], "web");
  EXPECT_EQ(seen["clusters"][0]["status"], "ACTIVE");
  EXPECT_EQ(seen["clusters"][0]["runningTasks"], 1);
  EXPECT_EQ(seen["clusters"][0]["pendingTasks"], 1);
  ASSERT_EQ(seen["tasks"].size(), 3U);
  EXPECT_EQ(seen["tasks"][0]["taskDefinition"], "app:3");
  EXPECT_EQ(seen["tasks"][0]["launchType"], "FARGATE");
}

TEST_F(Status, gives_loopback_addresses_of_running_containers_only) {
  model::Task one = task("1", model::TaskStatus::Running);
  one.containers[0].bindings.push_back({"0.0.0.0", 80, 32768, "tcp", "", ""});
  one.containers[0].bindings.push_back({"127.77.0.1", 81, 8081, "udp", "", ""});
  one.containers.push_back(container("ended", model::ContainerState::Stopped));
  one.containers[1].bindings.push_back({"0.0.0.0", 82, 32769, "tcp", "", ""});
  put(one);
  const json addresses = status()["tasks"][0]["addresses"];
  ASSERT_EQ(addresses.size(), 2U);
  EXPECT_EQ(
      addresses[0],
      (json{
          {"container", "app"}, {"containerPort", 80}, {"protocol", "tcp"}, {"address", "127.0.0.1:32768"}}));
  EXPECT_EQ(addresses[1]["address"], "127.77.0.1:8081");
}

TEST_F(Status, finds_the_ports_of_an_awsvpc_task_on_its_pause_container_and_hides_that) {
  model::Task one = task("1", model::TaskStatus::Running);
  one.eni.emplace().address = "172.31.0.4";
  one.containers.push_back(container(std::string(model::kPauseName), model::ContainerState::Running));
  one.containers[1].published.push_back({"127.0.0.1", 8080, 40000, "tcp", "", ""});
  put(one);
  const json seen = status()["tasks"][0];
  EXPECT_EQ(seen["privateAddress"], "172.31.0.4");
  EXPECT_EQ(seen["containers"].size(), 1U);
  ASSERT_EQ(seen["addresses"].size(), 1U);
  EXPECT_EQ(seen["addresses"][0]["address"], "127.0.0.1:40000");
}

TEST_F(Status, says_how_a_task_ended) {
  model::Task one = task("1", model::TaskStatus::Stopped);
  one.stopped_reason = "Essential container in task exited";
  one.containers[0].known = model::ContainerState::Stopped;
  one.containers[0].exit_code = 7;
  put(one);
  const json seen = status()["tasks"][0];
  EXPECT_EQ(seen["stoppedReason"], "Essential container in task exited");
  EXPECT_EQ(seen["containers"][0]["exitCode"], 7);
  EXPECT_FALSE(seen["containers"][0].contains("reason"));
}

TEST_F(Status, lists_more_stopped_tasks_than_fit_a_page_of_the_store) {
  store_->write([](store::Transaction& transaction) {
    for (int i = 0; i < 1001; ++i)
      transaction.put(task(std::to_string(100000 + i), model::TaskStatus::Stopped));
  });
  EXPECT_EQ(status()["tasks"].size(), 1001U);
}

TEST_F(Status, metrics_are_families_in_the_text_format_of_prometheus) {
  put(task("1", model::TaskStatus::Running));
  boost::asio::io_context context;
  const TimePoint start{};
  async::SystemClock clock(context.get_executor(), {start, start}, 1, start);
  ControlContext control{
      .store = *store_,
      .clock = clock,
      .engine_kind = "simulated",
      .engine_version = "1",
      .engine_id = "e",
      .standing = {},
      .networks = {},
      .publish_address = "127.0.0.1",
      .task_endpoints = {},
      .request_counts =
          [] { return std::vector<server::Dispatcher::Count>{{"ecs", "RunTask", 200, 3, 1500}}; },
      .connections = [] { return std::size_t{2}; },
      .agent_counters = [] { return agent::AgentCounters{.launches = 5}; },
      .why = {},
      .engine_reachable = {},
      .reset = {}};
  const std::string text = metrics_text(control, Millis(1500), true);
  for (const char* line :
       {"slipway_uptime_seconds 1.5\n", "slipway_connections 2\n", "slipway_engine_reachable 1\n",
        "slipway_agent_launches_total 5\n", "# TYPE slipway_requests_total counter\n",
        "slipway_requests_total{service=\"ecs\",operation=\"RunTask\",status=\"200\"} 3\n",
        "slipway_request_seconds_total{service=\"ecs\",operation=\"RunTask\",status=\"200\"} 0.0015\n",
        "slipway_tasks{account=\"000000000000\",region=\"us-east-1\",cluster=\"web\",state=\"running\"} "
        "1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

}  // namespace
}  // namespace slipway::app
