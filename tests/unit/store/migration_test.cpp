// Databases of earlier versions (tests/golden/store) in the hands of this one.
#include <gtest/gtest.h>

#include "store/migrations/migrations.h"
#include "store/sqlite.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

std::string golden(const std::string& version) {
  return file_bytes(std::string(SLIPWAY_SOURCE_DIR) + "/tests/golden/store/" + version + ".sql");
}

void restore(const TempDir& directory, const std::string& version) {
  Connection connection((directory / "state.db").string());
  connection.exec(golden(version).c_str());
}

// What the golden databases hold.
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
      definition.tags = {{.key = "k", .value = "v"}};
      transaction.put(definition);
    }
    transaction.put(an_instance("i1"));
    auto full = a_full_task();
    full.noted = false;
    full.protected_until.reset();
    transaction.put(full);
    transaction.put(a_task(8));
    for (int number = 20; number < 24; ++number) {
      auto task = a_task(number);
      task.last_status = model::TaskStatus::Stopped;
      task.desired_status = model::DesiredStatus::Stopped;
      task.stopped_at = at(number);
      task.cleaned = number != 23;
      if (number == 22) {  // looks like a service's, from before there were services
        task.group = "service:web";
        task.started_by = "ecs-svc/1234567890123456789";
      }
      transaction.put(task);
    }
    transaction.put(model::Subnet{.scope = kScope,
                                  .id = "subnet-1",
                                  .vpc_id = "vpc-1",
                                  .cidr = "10.0.0.0/24",
                                  .availability_zone = "eu-west-1a"});
    transaction.put(model::VpcNetwork{.scope = kScope,
                                      .vpc_id = "vpc-1",
                                      .engine_id = "engine-1",
                                      .name = "net",
                                      .cidr = "10.9.0.0/16",
                                      .wanted_cidr = "10.0.0.0/16",
                                      .used_at = at(90)});
    transaction.put(model::Warning{.scope = kScope,
                                   .kind = "adopted-subnet",
                                   .resource = "subnet-1",
                                   .text = "text",
                                   .first_at = at(5),
                                   .last_at = at(6)});
  });
}

TEST(Migration, takes_over_everything_of_schema_1) {
  const TempDir directory;
  restore(directory, "001");
  auto store = open_store(directory.str());
  auto expected = open_store();
  fill(*expected);
  expected->write([](Transaction& transaction) {
    auto instance = an_instance("i1");
    instance.agent_connected = true;  // schema 1 knew nothing else
    transaction.put(std::move(instance));
  });
  EXPECT_EQ(describe(store->model()), describe(expected->model()));
  EXPECT_EQ(store->server_id(), "server-1");
  EXPECT_EQ(store->clock_anchor()->control, at(5000));
  EXPECT_EQ(store->outbox_after(0, 100).back().seq, 6);
  store->write([&](Transaction& transaction) {
    EXPECT_TRUE(transaction.find_token(kScope, "RunTask", "t"));
    const auto service = a_full_service();
    transaction.put(service);
    transaction.put(a_revision(service, "1"));
    transaction.put(a_full_deployment());
    transaction.add_event(service.arn, {.id = "e", .created_at = at(1), .message = "m"});
    transaction.put(a_service_task(50, service));
  });
  const auto before = describe(store->model());
  store.reset();
  store = open_store(directory.str());
  EXPECT_EQ(describe(store->model()), before);
  store->purge(at(23), at(0));
  EXPECT_TRUE(store->model().find_task(a_task(23).arn));
  for (int number = 20; number < 23; ++number) EXPECT_FALSE(store->find_task(a_task(number).arn)) << number;
}

// A migration that was released is never changed.
TEST(Migration, makes_schema_1_as_it_was_released) {
  const auto tables = [](Connection& connection) {
    return connection.text(
        "SELECT group_concat(sql, x'0a') FROM (SELECT sql FROM sqlite_master ORDER BY name)");
  };
  const TempDir directory;
  restore(directory, "001");
  Connection released((directory / "state.db").string());
  Connection made(":memory:");
  made.exec(kInitialSchema);
  EXPECT_EQ(tables(made), tables(released));
}

}  // namespace
}  // namespace slipway::store::testing
