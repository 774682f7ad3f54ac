// Whose output is meant, and the answer as it comes: on a store, the simulated engine and a hand-moved clock.
#include "app/log_session.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "slipway/base/error.h"
#include "support/agent_world.h"

namespace slipway::app {
namespace {

using nlohmann::json;
using test::ContainerBuilder;

async::Awaitable<void> keep(std::string& to, std::string bytes, async::Wake* gate) {
  to += bytes;
  if (gate == nullptr) co_return;
  auto waiting = gate->wait();
  co_await std::move(waiting);
}

struct Page final : server::BodySink {
  async::Awaitable<void> write(std::string bytes) override { return keep(text, std::move(bytes), gate); }
  std::string text;
  async::Wake* gate = nullptr;  // what a write waits for
};

async::Awaitable<void> answer(LogContext context, LogWish wish, Page& page, bool& ended) {
  LogSession session(std::move(context), std::move(wish));
  auto running = session.run(page);
  co_await std::move(running);
  ended = true;
}

struct LogSessionTest : testing::Test {
  LogSessionTest() {
    model::Cluster cluster;
    cluster.scope = test::test_scope();
    cluster.name = "default";
    cluster.arn = model::cluster_arn(cluster.scope, cluster.name);
    if (!world.store().model().find_cluster(cluster.arn)) {
      world.store().write([&cluster](store::Transaction& transaction) { transaction.put(cluster); });
    }
  }
  ~LogSessionTest() override { stop(); }
  LogSessionTest(const LogSessionTest&) = delete;
  LogSessionTest& operator=(const LogSessionTest&) = delete;

  // A running task of service "web".
  std::string run(const std::vector<ContainerBuilder>& containers) {
    const std::string arn = world.run_task(world.define(containers));
    world.store().write([&](store::Transaction& transaction) {
      model::Task task = *transaction.find_task(arn);
      task.group = "service:web";
      transaction.put(task);
    });
    world.settle();
    return arn;
  }
  LogTarget find(const std::string& target, const std::string& container = "") {
    return find_log_target(world.store(),
                           {.target = target, .cluster = {}, .region = {}, .container = container});
  }
  LogContext context() {
    return {.executor = scope.executor(),
            .store = world.store(),
            .engine = world.engine(),
            .clock = world.clock(),
            .log = log,
            .watchers = watchers};
  }
  void begin(LogWish wish) {
    scope.spawn("answer", answer(context(), std::move(wish), page, ended));
    world.settle();
  }
  void stop() { world.await(scope.stop()); }
  // What was answered, as "container text".
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    std::istringstream in(page.text);
    for (std::string line; std::getline(in, line);) {
      const json object = json::parse(line);
      out.push_back(object.at("container").get<std::string>() + " " +
                    object.value("text", "! " + object.value("error", "")));
    }
    return out;
  }
  std::string refusal(const std::string& target, const std::string& container = "") {
    try {
      find(target, container);
    } catch (const AwsError& error) {
      return std::to_string(error.status()) + " " + error.what();
    }
    return "";
  }

  using Lines = std::vector<std::string>;
  Log log{LogLevel::Error, LogFormat::Text};
  test::World world;
  async::TaskScope scope{world.executor(), log};
  std::shared_ptr<LogWatchers> watchers = std::make_shared<LogWatchers>(world.store());
  Page page;
  bool ended = false;
};

TEST_F(LogSessionTest, a_target_is_an_arn_a_service_or_the_beginning_of_a_tasks_id) {
  const std::string arn = run({ContainerBuilder("app")});
  const std::string id = arn.substr(arn.rfind('/') + 1);
  EXPECT_EQ(find(arn).task_arn, arn);
  EXPECT_EQ(find(id).task_arn, arn);
  EXPECT_EQ(find(id.substr(0, 31)).task_arn, arn);
  EXPECT_EQ(find("web").service, "web");
  EXPECT_EQ(find("arn:aws:ecs:us-east-1:000000000000:service/default/web").service, "web");
  EXPECT_EQ(find("web", "app").container, "app");
}

TEST_F(LogSessionTest, what_is_not_there_or_not_clear_is_said) {
  const std::string arn = run({ContainerBuilder("app")});
  EXPECT_TRUE(refusal("").starts_with("400 "));
  EXPECT_EQ(refusal("nope"), "404 there is no service or task 'nope'; `slipway status` lists what runs");
  EXPECT_EQ(refusal("web", "nope"), "404 there is no container 'nope' there, only app");
  EXPECT_TRUE(refusal("arn:aws:ecs:us-east-1:000000000000:cluster/default").starts_with("400 "));
  EXPECT_TRUE(refusal("arn:aws:ecs:us-east-1:000000000000:service/default/nope").starts_with("404 "));
  EXPECT_TRUE(refusal("arn:aws:ecs:us-east-1:000000000000:task/default/0123").starts_with("404 "));

  model::Task twin = world.task(arn);
  const std::string beginning = twin.id.substr(0, 30);
  twin.id = beginning + (twin.id.ends_with("00") ? "11" : "00");
  twin.arn = model::task_arn(twin.scope, twin.cluster, twin.id);
  world.store().write([&twin](store::Transaction& transaction) { transaction.put(twin); });
  EXPECT_TRUE(refusal(beginning).starts_with("400 the ids of several tasks begin with '"))
      << refusal(beginning);
}

TEST_F(LogSessionTest, lines_of_several_containers_come_in_the_order_of_their_times) {
  const std::string arn = run({ContainerBuilder("a").sim("log", "1").sim("log-every", "2"),
                               ContainerBuilder("b").sim("log", "2").sim("log-every", "3")});
  world.advance(Seconds{4});
  begin({.target = find(arn), .since = {}, .tail = {}});
  EXPECT_TRUE(ended);
  EXPECT_EQ(lines(), (Lines{"a 1", "b 2", "a 1", "b 2", "a 1"}));
}

TEST_F(LogSessionTest, the_containers_of_stopped_tasks_are_there_for_an_hour) {
  const std::string arn = run({ContainerBuilder("app").sim("log", "last words").sim("run-seconds", "1")});
  world.advance(std::chrono::minutes(50));
  begin({.target = find(arn), .since = {}, .tail = {}});
  EXPECT_EQ(lines(), Lines{"app last words"});
}

TEST_F(LogSessionTest, tasks_that_ran_one_after_another_are_read_one_after_another) {
  for (int i = 0; i < 3; ++i) {
    run({ContainerBuilder("app").sim("log", std::to_string(i)).sim("run-seconds", "1")});
    world.advance(Seconds{30});
  }
  begin({.target = find("web"), .since = {}, .tail = {}});
  EXPECT_EQ(lines(), (Lines{"app 0", "app 1", "app 2"}));
}

TEST_F(LogSessionTest, since_and_tail_hold_for_each_container) {
  const std::string arn =
      run({ContainerBuilder("a").sim("log", "1\n2\n3"), ContainerBuilder("b").sim("log", "4")});
  begin({.target = find(arn), .since = {}, .tail = 1});
  EXPECT_EQ(lines(), (Lines{"b 4", "a 3"}));
  page.text.clear();
  begin({.target = find(arn), .since = world.clock().now().real + Seconds(1), .tail = {}});
  EXPECT_EQ(lines(), Lines{});
}

TEST_F(LogSessionTest, what_is_followed_goes_on_with_tasks_that_start_later) {
  run({ContainerBuilder("a").sim("log", "1").sim("log-every", "10")});
  begin({.target = find("web"), .since = {}, .tail = 0, .follow = true});
  EXPECT_EQ(lines(), Lines{});
  world.advance(Seconds{10});
  EXPECT_EQ(lines(), Lines{"a 1"});
  run({ContainerBuilder("b").sim("log", "2")});
  world.advance(Seconds{1});
  EXPECT_EQ(lines(), (Lines{"a 1", "b 2"}));
  EXPECT_FALSE(ended);
}

TEST_F(LogSessionTest, following_a_task_ends_with_it) {
  const std::string arn = run({ContainerBuilder("app").sim("log", "1").sim("run-seconds", "5")});
  begin({.target = find(arn), .since = {}, .tail = {}, .follow = true});
  EXPECT_EQ(lines(), Lines{"app 1"});
  EXPECT_FALSE(ended);
  world.advance(Seconds{6});
  EXPECT_TRUE(ended);
  EXPECT_EQ(lines(), Lines{"app 1"});
}

TEST_F(LogSessionTest, a_task_can_be_followed_before_its_containers_are_there) {
  const std::string arn =
      world.run_task(world.define({ContainerBuilder("app", "app:pull-5s").sim("log", "1")}));
  begin({.target = find(arn), .since = {}, .tail = {}, .follow = true});
  EXPECT_EQ(lines(), Lines{});
  world.advance(Seconds{10});
  EXPECT_EQ(lines(), Lines{"app 1"});
}

TEST_F(LogSessionTest, a_container_is_followed_through_its_restarts) {
  const std::string arn =
      run({ContainerBuilder("main"),
           ContainerBuilder("app").essential(false).restart(60).sim("log", "1").sim("run-seconds", "100")});
  begin({.target = find(arn), .since = {}, .tail = {}, .follow = true});
  world.advance(Seconds{150});
  EXPECT_EQ(lines(), (Lines{"app 1", "app 1"}));
}

TEST_F(LogSessionTest, an_engine_that_is_away_is_told_once_and_waited_for) {
  const std::string arn = run({ContainerBuilder("app").sim("log", "1").sim("log-every", "10")});
  begin({.target = find(arn), .since = {}, .tail = 0, .follow = true});
  world.engine().set_reachable(false);
  world.advance(Seconds{15});
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_TRUE(lines()[0].starts_with("app ! "));
  world.engine().set_reachable(true);
  world.advance(Seconds{10});
  EXPECT_GE(lines().size(), 2u);
  EXPECT_EQ(lines().back(), "app 1");
}

TEST_F(LogSessionTest, output_that_cannot_be_read_is_told) {
  const std::string arn = run({ContainerBuilder("a").sim("log", "1"), ContainerBuilder("b").sim("log", "2")});
  world.engine().fail_next("logs", 1,
                           {runtime::EngineErrorKind::Failed, "logging driver does not support reading"});
  begin({.target = find(arn), .since = {}, .tail = {}});
  EXPECT_TRUE(ended);
  EXPECT_EQ(lines(), (Lines{"a ! logging driver does not support reading", "b 2"}));
}

TEST_F(LogSessionTest, who_reads_slowly_holds_the_engine_back_and_who_leaves_leaves_nothing) {
  const std::string arn =
      run({ContainerBuilder("a").sim("log", std::string(1000, 'x')).sim("log-every", "0.01")});
  world.advance(Seconds{60});
  async::Wake gate(scope.executor());
  page.gate = &gate;
  begin({.target = find(arn), .since = {}, .tail = {}, .follow = true});
  const std::size_t first = page.text.size();
  EXPECT_GT(first, 10'000u);
  EXPECT_LT(first, 100'000u) << "of 6 MB";
  world.advance(Seconds{1});
  EXPECT_EQ(page.text.size(), first);
  stop();
  EXPECT_FALSE(ended);
  EXPECT_EQ(scope.size(), 0u);
}

}  // namespace
}  // namespace slipway::app
