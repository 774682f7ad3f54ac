// The addresses of services, on real listeners: what is stored, listened on and aimed at. The data plane's
// own counts tell where connections would go.
#include "slipway/controllers/service_ports.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "slipway/async/manual_clock.h"
#include "slipway/network/address.h"

namespace slipway::controllers {
namespace {

using boost::asio::ip::tcp;
using model::TaskStatus;
using Words = std::vector<std::string>;

const model::Scope kScope{"000000000000", "us-east-1"};
const std::string kWeb = model::service_arn(kScope, "default", "web");

std::shared_ptr<const api::ecs::TaskDefinition> document(const std::vector<int>& ports) {
  api::ecs::TaskDefinition definition;
  definition.family = "web";
  definition.revision = 1;
  auto& container = definition.container_definitions.emplace().emplace_back();
  container.name = "app";
  auto& mappings = container.port_mappings.emplace();
  for (const int port : ports) mappings.emplace_back().container_port = port;
  return std::make_shared<const api::ecs::TaskDefinition>(std::move(definition));
}

class ServicePortsTest : public testing::Test {
 protected:
  ServicePortsTest() {
    store::StoreOptions options;
    options.server_id = "1234567890abcdef";
    store_ = store::Store::open(options, log_);
    start();
  }
  ~ServicePortsTest() override { end(); }

  void start() {
    plane_ = std::make_unique<dataplane::DataPlane>(log_);
    ports_ = std::make_unique<ServicePorts>(
        io_.get_executor(),
        ServicePorts::Parts{*store_, *plane_, clock_, log_, reach_,
                            [this](std::string id) { return addresses(this, std::move(id)); }});
    ports_->start();
    settle();
  }
  void end() {
    if (!ports_) return;
    boost::asio::co_spawn(io_, ports_->stop(), [](const std::exception_ptr&) {});
    settle();
    ports_.reset();
    plane_.reset();
  }
  void settle() {
    io_.restart();
    while (io_.poll() > 0) io_.restart();
  }

  static async::Awaitable<std::map<std::string, std::string>> addresses(ServicePortsTest* self,
                                                                        std::string id) {
    ++self->asked_;
    std::map<std::string, std::string> found;
    found.emplace("app", id == "c1" ? "172.18.0.5" : "172.18.0.6");
    co_return found;
  }

  void put_service(model::ServiceStatus status = model::ServiceStatus::Active,
                   const std::vector<int>& container_ports = {8080}) {
    store_->write([&](store::Transaction& transaction) {
      model::TaskDefinition definition;
      definition.scope = kScope;
      definition.family = "web";
      definition.revision = 1;
      definition.arn = model::task_definition_arn(kScope, "web", 1);
      definition.document = document(container_ports);
      model::Service service;
      service.arn = kWeb;
      service.scope = kScope;
      service.cluster = "default";
      service.name = "web";
      service.status = status;
      service.deployments.emplace_back().definition_arn = definition.arn;
      transaction.put(definition);
      transaction.put(service);
    });
    settle();
  }
  void put_task(const std::string& id, std::uint16_t host_port, TaskStatus status = TaskStatus::Running) {
    model::Task task;
    task.scope = kScope;
    task.cluster = "default";
    task.id = id;
    task.arn = model::task_arn(kScope, "default", id);
    task.definition_arn = model::task_definition_arn(kScope, "web", 1);
    task.group = "service:web";
    task.started_by = "ecs-svc/1";
    task.last_status = status;
    auto& container = task.containers.emplace_back();
    container.name = "app";
    container.runtime_id = "c" + id;
    container.known = model::ContainerState::Running;
    container.bindings.push_back({"0.0.0.0", 8080, host_port, "tcp", "", ""});
    store_->write([&](store::Transaction& transaction) { transaction.put(task); });
    settle();
  }

  OpenPort open(std::optional<std::uint16_t> port = std::nullopt) {
    const auto opened = ports_->open(kWeb, port);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().text);
    settle();
    return opened ? *opened : OpenPort{};
  }
  std::string refusal(std::optional<std::uint16_t> port = std::nullopt) {
    const auto opened = ports_->open(kWeb, port);
    return opened ? "opened" : opened.error().text;
  }
  // Of every listener: "address:port -> targets".
  Words listeners() const {
    Words words;
    for (const auto& listener : plane_->stats()) {
      std::string text = listener.address + ":" + std::to_string(listener.port) + " ->";
      for (const auto& target : listener.targets) {
        if (!target.removed) text += " " + target.address + ":" + std::to_string(target.port);
      }
      words.push_back(text);
    }
    return words;
  }
  std::string where(const OpenPort& port) const { return port.address + ":" + std::to_string(port.port); }

  Log log_{LogLevel::Error, LogFormat::Text};
  boost::asio::io_context io_;
  async::ManualClock clock_{io_.get_executor(), TimePoint{Seconds{1'000'000}}};
  std::unique_ptr<store::Store> store_;
  PortReach reach_{.published_at = "127.0.0.1"};
  std::unique_ptr<dataplane::DataPlane> plane_;
  std::unique_ptr<ServicePorts> ports_;
  int asked_ = 0;
};

TEST_F(ServicePortsTest, an_address_is_given_once_and_follows_the_tasks) {
  put_service();
  const auto first = open();
  EXPECT_TRUE(first.address.starts_with("127.79."));
  EXPECT_EQ(first.port, 8080);
  EXPECT_EQ(first.container_port, 8080);
  EXPECT_EQ(where(open(8080)), where(first));
  EXPECT_EQ(listeners(), (Words{where(first) + " ->"}));
  put_task("1", 32768);
  put_task("2", 32769);
  put_task("3", 32770, TaskStatus::Pending);
  EXPECT_EQ(listeners(), (Words{where(first) + " -> 127.0.0.1:32768 127.0.0.1:32769"}));
  put_task("1", 32768, TaskStatus::Stopping);
  EXPECT_EQ(listeners(), (Words{where(first) + " -> 127.0.0.1:32769"}));
}

TEST_F(ServicePortsTest, tasks_that_run_already_are_its_targets_at_once) {
  put_service();
  put_task("1", 32768);
  const auto opened = ports_->open(kWeb, std::nullopt);
  ASSERT_TRUE(opened);
  EXPECT_EQ(listeners(), (Words{where(*opened) + " -> 127.0.0.1:32768"}));
}

TEST_F(ServicePortsTest, the_address_is_the_same_after_a_restart) {
  put_service();
  put_task("1", 32768);
  const auto before = open();
  end();
  start();
  EXPECT_EQ(listeners(), (Words{where(before) + " -> 127.0.0.1:32768"}));
  EXPECT_EQ(where(open()), where(before));
}

TEST_F(ServicePortsTest, a_deleted_service_takes_its_addresses_along) {
  put_service();
  open();
  put_service(model::ServiceStatus::Draining);
  EXPECT_EQ(listeners().size(), 1U) << "its tasks still run";
  EXPECT_NE(refusal().find("is DRAINING"), std::string::npos);
  put_service(model::ServiceStatus::Inactive);
  EXPECT_EQ(listeners(), Words());
  EXPECT_TRUE(store_->model().service_ports().empty());
  EXPECT_NE(refusal().find("is INACTIVE"), std::string::npos);
}

TEST_F(ServicePortsTest, a_reset_closes_what_is_not_stored_any_more) {
  put_service();
  open();
  store_->reset();
  ports_->forget();
  EXPECT_EQ(listeners(), Words());
}

TEST_F(ServicePortsTest, an_address_that_somebody_has_is_passed_over_and_the_next_one_stays) {
  put_service();
  const auto wanted = network::assign_service_port({}, {kWeb, 8080});
  const tcp::endpoint taken(boost::asio::ip::make_address_v4(wanted->address), wanted->port);
  tcp::acceptor holder(io_, taken);
  const auto other = open();
  EXPECT_EQ(other.address, "127.0.0.1");
  EXPECT_GE(other.port, 20000);
  holder.close();
  EXPECT_EQ(where(open()), where(other));
}

TEST_F(ServicePortsTest, an_address_that_is_lost_while_slipway_is_down_is_told_and_replaced_on_demand) {
  put_service();
  put_task("1", 32768);
  const auto before = open();
  end();
  tcp::acceptor holder(io_, tcp::endpoint(boost::asio::ip::make_address_v4(before.address), before.port));
  start();
  ASSERT_EQ(ports_->list().size(), 1U);
  EXPECT_NE(ports_->list()[0].problem.find("is in use by process"), std::string::npos);
  EXPECT_EQ(listeners(), Words());
  const auto after = open();
  EXPECT_NE(where(after), where(before));
  EXPECT_EQ(listeners(), (Words{where(after) + " -> 127.0.0.1:32768"}));
  EXPECT_EQ(ports_->list()[0].problem, "");
}

TEST_F(ServicePortsTest, one_address_stands_for_all_ports_of_a_service) {
  put_service(model::ServiceStatus::Active, {8080, 8081});
  EXPECT_NE(refusal().find("several TCP ports (8080, 8081)"), std::string::npos);
  EXPECT_EQ(open(8080).address, open(8081).address);
  EXPECT_EQ(listeners().size(), 2U);
}

TEST_F(ServicePortsTest, without_a_way_to_the_tasks_there_is_no_address) {
  end();
  reach_.why_not = "tasks are out of reach";
  start();
  put_service();
  EXPECT_EQ(refusal(), "tasks are out of reach");
  EXPECT_EQ(ports_->open("arn:none", std::nullopt).error().text, "there is no service arn:none");
}

TEST_F(ServicePortsTest, in_a_container_the_engine_is_asked_once_for_each_address) {
  end();
  reach_ = {.loopback = network::Loopback::OneAddress,
            .published_at = "",
            .networks = {"app"},
            .listen_at = "127.0.0.1",
            .shown_at = "172.18.0.2"};
  start();
  put_service();
  const auto opened = open();
  EXPECT_EQ(opened.address, "172.18.0.2");
  EXPECT_GE(opened.port, 20000);
  put_task("1", 32768);
  put_task("2", 32769);
  const std::string listener = "127.0.0.1:" + std::to_string(opened.port);
  EXPECT_EQ(listeners(), (Words{listener + " -> 172.18.0.5:8080 172.18.0.6:8080"}));
  put_task("2", 32769, TaskStatus::Stopping);
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(listeners(), (Words{listener + " -> 172.18.0.5:8080"}));
}

}  // namespace
}  // namespace slipway::controllers
