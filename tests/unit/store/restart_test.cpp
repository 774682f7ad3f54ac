#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store_support.h"

namespace slipway::store::testing {
namespace {

void fill(Store& store) {
  store.write([](Transaction& transaction) {
    transaction.put(a_cluster("main"));
    transaction.put(a_cluster("main", kOtherScope));
    auto gone = a_cluster("gone");
    gone.status = model::ClusterStatus::Inactive;
    transaction.put(gone);
    for (int revision = 1; revision <= 3; ++revision) {
      auto definition = a_definition("web", revision);
      definition.status = static_cast<model::DefinitionStatus>(revision - 1);
      if (revision > 1) definition.deregistered_at = at(77);
      if (revision > 2) definition.delete_requested_at = at(88);
      definition.tags = {{.key = "k", .value = "v"}};
      transaction.put(definition);
    }
    transaction.put(an_instance("i1"));
    transaction.put(a_full_task());
    transaction.put(a_task(8));
    const auto service = a_full_service();
    transaction.put(service);
    transaction.put(a_service("api", "other"));
    transaction.put(a_revision(service, "1"));
    transaction.put(a_full_deployment());
    transaction.add_event(service.arn, {.id = "e1", .created_at = at(20), .message = "(service web) a"});
    transaction.add_event(service.arn, {.id = "e2", .created_at = at(20), .message = "(service web) b"});
    transaction.put(a_service_task(9, service));
    transaction.put(model::ServicePort{service.arn, 80, 0x7F4F0101, 8080});
    const model::Subnet subnet{.scope = kScope,
                               .id = "subnet-1",
                               .vpc_id = "vpc-1",
                               .cidr = "10.0.0.0/24",
                               .availability_zone = "eu-west-1a"};
    transaction.put(subnet);
    model::VpcNetwork network{.scope = kScope,
                              .vpc_id = "vpc-1",
                              .engine_id = "engine-1",
                              .name = "net",
                              .cidr = "10.9.0.0/16",
                              .wanted_cidr = "10.0.0.0/16",
                              .used_at = at(90)};
    transaction.put(network);
    network.vpc_id = "vpc-2";
    transaction.put(network);
    transaction.remove_network(network);
  });
}

TEST(Restart, finds_everything_as_it_was) {
  const TempDir directory;
  auto store = open_store(directory.str());
  fill(*store);
  store->save_clock_anchor({.control = at(5000), .real = at(4000)});
  const auto before = describe(store->model());
  EXPECT_NE(before.find("network eu-west-1 vpc-1"), std::string::npos);
  EXPECT_EQ(before.find("vpc-2 engine-1"), std::string::npos);
  store.reset();
  EXPECT_FALSE(std::filesystem::exists(directory / "state.db-wal"));
  store = open_store(directory.str());
  EXPECT_EQ(describe(store->model()), before);
  const auto anchor = store->clock_anchor();
  ASSERT_TRUE(anchor);
  EXPECT_EQ(anchor->control, at(5000));
  EXPECT_EQ(anchor->real, at(4000));
  EXPECT_EQ(store->latest_timestamp(), at(5000));
}

TEST(Restart, keeps_the_identity_of_the_data_dir) {
  const TempDir directory;
  EXPECT_EQ(Store::open({.directory = directory.str(), .server_id = "first"}, quiet_log())->server_id(),
            "first");
  const auto store = Store::open({.directory = directory.str(), .server_id = "second"}, quiet_log());
  EXPECT_EQ(store->server_id(), "first");
  EXPECT_EQ(store->clock_anchor(), std::nullopt);
}

TEST(Restart, makes_the_directory_for_its_owner_only) {
  const TempDir parent;
  const auto path = parent / "a";
  open_store(path.string())->write([](Transaction& transaction) { transaction.put(a_task(1)); });
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((path / "state.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Restart, works_in_memory_without_touching_a_disk) {
  auto store = open_store();
  fill(*store);
  EXPECT_EQ(store->server_id(), "server-1");
  EXPECT_TRUE(store->find_task(a_full_task().arn));
  store->save_clock_anchor({.control = at(1), .real = at(1)});
  EXPECT_TRUE(store->clock_anchor());
}

TEST(Restart, empties_all_but_identity_clock_and_outbox_position_on_reset) {
  const TempDir directory;
  auto store = open_store(directory.str());
  const auto empty = describe(store->model());
  fill(*store);
  store->save_clock_anchor({.control = at(5000), .real = at(4000)});
  const auto seq = store->outbox_after(0, 100).back().seq;
  int announced = 0;
  store->subscribe([&](const Change&) { ++announced; });
  store->reset();
  EXPECT_EQ(announced, 0);
  EXPECT_EQ(describe(store->model()), empty);
  EXPECT_TRUE(store->outbox_after(0, 100).empty());
  store.reset();
  store = open_store(directory.str());
  EXPECT_EQ(describe(store->model()), empty);
  EXPECT_EQ(store->server_id(), "server-1");
  EXPECT_EQ(store->clock_anchor()->control, at(5000));
  store->write([](Transaction& transaction) {
    EXPECT_EQ(transaction.next_revision(kScope, "web"), 1);
    transaction.put(a_task(1));
  });
  EXPECT_EQ(store->outbox_after(0, 100).front().seq, seq + 1);
}

}  // namespace
}  // namespace slipway::store::testing
