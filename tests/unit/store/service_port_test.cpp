#include <gtest/gtest.h>

#include "store_support.h"

namespace slipway::store::testing {
namespace {

using Ports = std::vector<model::ServicePort>;

const model::ServicePort kWeb{a_service("web").arn, 80, 0x7F4F0101, 80};
const model::ServicePort kAdmin{a_service("web").arn, 8080, 0x7F4F0101, 8080};
const model::ServicePort kApi{a_service("api").arn, 80, 0xFFFFFFFF, 65535};

void put_all(Store& store) {
  store.write([](Transaction& transaction) {
    for (const auto& port : {kAdmin, kWeb, kApi}) transaction.put(port);
  });
}

TEST(ServicePorts, are_kept_across_restarts_and_listed_by_service_and_container_port) {
  const TempDir directory;
  put_all(*open_store(directory.str()));
  auto store = open_store(directory.str());
  EXPECT_EQ(store->model().service_ports(), (Ports{kApi, kWeb, kAdmin}));
}

TEST(ServicePorts, are_replaced_and_removed_one_by_one) {
  const TempDir directory;
  const model::ServicePort moved{kWeb.service, 80, 0x7F000001, 20001};
  {
    auto store = open_store(directory.str());
    put_all(*store);
    store->write([&](Transaction& transaction) {
      transaction.put(moved);
      transaction.remove_service_port(kApi);
    });
    EXPECT_EQ(store->model().service_ports(), (Ports{moved, kAdmin}));
  }
  EXPECT_EQ(open_store(directory.str())->model().service_ports(), (Ports{moved, kAdmin}));
}

TEST(ServicePorts, go_with_their_service_and_with_a_reset) {
  const TempDir directory;
  {
    auto store = open_store(directory.str());
    put_all(*store);
    store->write([](Transaction& transaction) {
      transaction.put(kWeb);
      transaction.remove_service(kWeb.service);
    });
    EXPECT_EQ(store->model().service_ports(), (Ports{kApi}));
  }
  auto store = open_store(directory.str());
  EXPECT_EQ(store->model().service_ports(), (Ports{kApi}));
  store->reset();
  EXPECT_EQ(store->model().service_ports(), Ports());
}

}  // namespace
}  // namespace slipway::store::testing
