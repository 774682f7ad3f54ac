#include <gtest/gtest.h>

#include "store_support.h"

namespace slipway::store::testing {
namespace {

TEST(Model, lists_active_clusters_of_a_scope_by_name) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    for (const auto* name : {"c", "a", "b", "d"}) transaction.put(a_cluster(name));
    transaction.put(a_cluster("z", kOtherScope));
    auto gone = a_cluster("b");
    gone.status = model::ClusterStatus::Inactive;
    transaction.put(gone);
  });
  const auto& model = store->model();
  const auto page = model.clusters(kScope, "a", 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0]->name, "c");
  EXPECT_EQ(page[1]->name, "d");
  EXPECT_EQ(model.all_clusters().size(), 5u);
  EXPECT_EQ(model.find_cluster(a_cluster("b").arn)->status, model::ClusterStatus::Inactive);
  EXPECT_TRUE(model.clusters({.account = "999999999999", .region = "eu-west-1"}, "", 9).empty());
}

TEST(Model, charges_ports_by_address_and_protocol) {
  auto store = open_store();
  auto task = a_task(1);
  task.containers[0].bindings = {{.bind_ip = "127.0.0.1",
                                  .container_port = 80,
                                  .host_port = 8080,
                                  .protocol = "tcp",
                                  .container_port_range = "",
                                  .host_port_range = ""},
                                 {.bind_ip = "0.0.0.0",
                                  .container_port = 53,
                                  .host_port = 5300,
                                  .protocol = "udp",
                                  .container_port_range = "53-55",
                                  .host_port_range = "5300-5302"}};
  task.containers[0].published = {{.bind_ip = "127.0.0.1",
                                   .container_port = 81,
                                   .host_port = 8081,
                                   .protocol = "tcp",
                                   .container_port_range = "",
                                   .host_port_range = ""}};
  const auto put = [&] { store->write([&](Transaction& transaction) { transaction.put(task); }); };
  put();
  const auto& model = store->model();
  EXPECT_TRUE(model.port_taken("engine-1", "127.0.0.1", 8080, "tcp"));
  EXPECT_TRUE(model.port_taken("engine-1", "0.0.0.0", 8080, "tcp"));
  EXPECT_FALSE(model.port_taken("engine-1", "127.0.0.1", 8080, "udp"));
  EXPECT_FALSE(model.port_taken("engine-1", "127.77.0.1", 8080, "tcp"));
  EXPECT_FALSE(model.port_taken("engine-2", "127.0.0.1", 8080, "tcp"));
  EXPECT_TRUE(model.port_taken("engine-1", "127.77.0.1", 5302, "udp"));
  EXPECT_FALSE(model.port_taken("engine-1", "127.77.0.1", 5303, "udp"));
  EXPECT_TRUE(model.port_taken("engine-1", "127.0.0.1", 8081, "tcp"));
  EXPECT_EQ(model.resource_use("engine-1").tcp_ports, (std::set<std::uint16_t>{8080}));
  EXPECT_EQ(model.resource_use("engine-1").udp_ports, (std::set<std::uint16_t>{5300, 5301, 5302}));
  task.last_status = model::TaskStatus::Stopped;
  put();
  EXPECT_FALSE(model.port_taken("engine-1", "127.0.0.1", 8080, "tcp"));
  EXPECT_TRUE(model.resource_use("engine-1").tcp_ports.empty());
}

TEST(Model, charges_ec2_and_external_tasks_to_the_engine_but_not_fargate) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    for (int i = 0; i < 3; ++i) {
      auto task = a_task(i);
      task.launch_type = static_cast<model::LaunchType>(i);
      task.reserved_cpu = 100;
      task.reserved_memory = 10;
      transaction.put(task);
    }
  });
  EXPECT_EQ(store->model().resource_use("engine-1").cpu, 200);
  EXPECT_EQ(store->model().resource_use("engine-1").memory, 20);
  EXPECT_EQ(store->model().definition_uses(a_task(0).definition_arn), 3u);
}

TEST(Model, counts_tasks_by_state_and_launch_type) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    for (int i = 0; i < 8; ++i) {
      auto task = a_task(i);
      task.last_status = static_cast<model::TaskStatus>(i);
      task.launch_type = model::LaunchType::Fargate;
      task.instance_arn = "instance";
      transaction.put(task);
    }
  });
  const auto counts = store->model().task_counts(model::cluster_arn(kScope, "main"));
  EXPECT_EQ(counts, (model::TaskCounts{.running_fargate = 1, .pending_fargate = 3, .stopping = 3}));
  EXPECT_EQ(store->model().instance_tasks("instance"), (std::pair<std::int64_t, std::int64_t>(1, 3)));
  EXPECT_EQ(store->model().unfinished_tasks().size(), 8u);
}

TEST(Model, pages_through_tasks_without_losing_or_repeating_one) {
  auto store = open_store();
  store->write([](Transaction& transaction) {
    for (int i = 0; i < 57; ++i) transaction.put(a_task(i * 7 % 57));
  });
  TaskQuery query;
  query.cluster_arn = model::cluster_arn(kScope, "main");
  query.limit = 10;
  std::vector<std::string> seen;
  while (true) {
    const auto page = store->model().tasks(query);
    for (const auto& task : page) seen.push_back(task->arn);
    if (page.size() < query.limit) break;
    query.after_arn = page.back()->arn;
  }
  EXPECT_EQ(seen.size(), 57u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

}  // namespace
}  // namespace slipway::store::testing
