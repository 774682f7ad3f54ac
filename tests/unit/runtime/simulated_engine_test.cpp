// What only the simulated engine has: lives steered by labels, faults, and room for very many containers.
#include "slipway/runtime/simulated_engine.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "runtime/simulated/container_table.h"
#include "slipway/async/manual_clock.h"
#include "slipway/async/task_scope.h"

namespace slipway::runtime {
namespace {

namespace asio = boost::asio;

constexpr TimePoint kStart{Seconds{1'700'000'000}};

struct SimulatedEngineTest : testing::Test {
  asio::io_context io;
  Log log{LogLevel::Error, LogFormat::Text};
  SequenceIdSource ids;
  async::ManualClock clock{io.get_executor(), kStart};
  async::TaskScope scope{io.get_executor(), log};
  std::unique_ptr<SimulatedEngine> engine =
      make_simulated_engine(io.get_executor(), clock, ids, SimulatedMachine{.cpus = 4});

  void SetUp() override { ASSERT_TRUE(wait(engine->pull("app:1", nullptr))); }
  void TearDown() override {
    asio::co_spawn(io, scope.stop(), [](const std::exception_ptr&) {});
    run();
  }

  void run() {
    io.restart();
    io.poll();
  }
  void advance(Millis span) {
    clock.advance(span);
    run();
  }

  template <class T>
  static async::Awaitable<void> keep(async::Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }
  template <class T>
  void start_call(async::Awaitable<T> work, std::optional<T>& result) {
    scope.spawn("call", keep(std::move(work), result));
    run();
  }
  template <class T>
  T wait(async::Awaitable<T> work) {
    std::optional<T> result;
    start_call(std::move(work), result);
    if (!result) throw std::runtime_error("the call waits");
    return std::move(*result);
  }

  ContainerSpec spec(Labels labels) {
    ContainerSpec out;
    out.name = "c" + std::to_string(++names);
    out.image = "app:1";
    for (auto& [name, value] : labels) out.labels["dev.slipway.sim." + name] = value;
    return out;
  }
  std::string created(const ContainerSpec& wanted) { return *wait(engine->create(wanted)); }
  std::string started(const ContainerSpec& wanted) {
    const std::string id = created(wanted);
    EXPECT_TRUE(wait(engine->start(id)));
    return id;
  }
  ContainerStatus inspect(const std::string& id) { return *wait(engine->inspect(id)); }
  int names = 0;
};

TEST_F(SimulatedEngineTest, a_container_ends_by_itself_at_its_time) {
  const std::string id = started(spec({{"run-seconds", "10"}, {"exit-code", "7"}}));
  advance(Millis{9'999});
  EXPECT_EQ(inspect(id).state, RunState::Running);
  advance(Seconds{60});
  const ContainerStatus status = inspect(id);
  EXPECT_EQ(status.state, RunState::Exited);
  EXPECT_EQ(status.exit_code, 7);
  EXPECT_EQ(status.finished_at, kStart + Seconds{10}) << "although nobody looked at that time";
}

TEST_F(SimulatedEngineTest, the_oom_killer_ends_it) {
  const std::string id = started(spec({{"oom", "true"}, {"run-seconds", "1"}}));
  advance(Seconds{1});
  EXPECT_EQ(inspect(id).exit_code, 137);
  EXPECT_TRUE(inspect(id).oom_killed);
}

TEST_F(SimulatedEngineTest, start_takes_its_time) {
  const std::string id = created(spec({{"start-seconds", "5"}}));
  std::optional<EngineResult<void>> result;
  start_call(engine->start(id), result);
  advance(Seconds{4});
  EXPECT_FALSE(result);
  EXPECT_EQ(inspect(id).state, RunState::Created);
  advance(Seconds{1});
  ASSERT_TRUE(result && *result);
  EXPECT_EQ(inspect(id).started_at, kStart + Seconds{5});
}

TEST_F(SimulatedEngineTest, stop_obeys_after_its_time_or_is_killed_after_the_grace) {
  struct Case {
    Labels labels;
    Seconds ends_after;
    int code;
  };
  const std::vector<Case> cases{{{}, Seconds{0}, 143},
                                {{{"stop-seconds", "3"}, {"exit-code", "0"}}, Seconds{3}, 0},
                                {{{"stop-seconds", "3"}}, Seconds{3}, 143},
                                {{{"stop-seconds", "60"}}, Seconds{30}, 137},
                                {{{"stop-seconds", "never"}}, Seconds{30}, 137},
                                {{{"run-seconds", "2"}, {"stop-seconds", "never"}}, Seconds{2}, 0}};
  for (const Case& one : cases) {
    const std::string id = started(spec(one.labels));
    std::optional<EngineResult<void>> stopped;
    start_call(engine->stop(id, Seconds{30}), stopped);
    if (one.ends_after > Seconds{0}) {
      advance(one.ends_after - Millis{1});
      EXPECT_FALSE(stopped);
      advance(Millis{1});
    }
    ASSERT_TRUE(stopped && *stopped);
    EXPECT_EQ(inspect(id).exit_code, one.code);
  }
}

TEST_F(SimulatedEngineTest, a_crash_ends_a_stop_that_waits) {
  const std::string id = started(spec({{"stop-seconds", "never"}}));
  std::optional<EngineResult<void>> stopped;
  start_call(engine->stop(id, Seconds{30}), stopped);
  engine->crash(id, 139);
  run();
  ASSERT_TRUE(stopped && *stopped);
  EXPECT_EQ(inspect(id).exit_code, 139);
}

TEST_F(SimulatedEngineTest, health_follows_its_label) {
  struct Case {
    Labels labels;
    Health first, after_ten;
  };
  const std::vector<Case> cases{{{}, Health::Starting, Health::Healthy},
                                {{{"health", "healthy"}}, Health::Healthy, Health::Healthy},
                                {{{"health", "unhealthy"}}, Health::Unhealthy, Health::Unhealthy},
                                {{{"health", "healthy-after:20"}}, Health::Starting, Health::Starting},
                                {{{"health", "unhealthy-after:10"}}, Health::Healthy, Health::Unhealthy}};
  std::vector<std::string> containers;
  for (const Case& one : cases) {
    ContainerSpec wanted = spec(one.labels);
    wanted.health_check = HealthCheck{.test = {"CMD", "true"}, .interval = Seconds{10}};
    containers.push_back(started(wanted));
    EXPECT_EQ(inspect(containers.back()).health, one.first);
  }
  advance(Seconds{10});
  for (std::size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(inspect(containers[i]).health, cases[i].after_ten) << i;
}

TEST_F(SimulatedEngineTest, pulls_can_be_slow_or_fail) {
  const auto missing = wait(engine->pull("repo/missing:1", nullptr));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, EngineErrorKind::NotFound);
  EXPECT_EQ(missing.error().message,
            "manifest for repo/missing:1 not found: manifest unknown: manifest unknown");
  EXPECT_FALSE(wait(engine->pull("app:missing", nullptr)));
  std::optional<EngineResult<void>> slow;
  start_call(engine->pull("app:pull-20s", nullptr), slow);
  advance(Seconds{19});
  EXPECT_FALSE(slow);
  EXPECT_FALSE(wait(engine->inspect_image("app:pull-20s")));
  advance(Seconds{1});
  EXPECT_TRUE(slow && *slow);
  EXPECT_TRUE(wait(engine->inspect_image("app:pull-20s")));
}

TEST_F(SimulatedEngineTest, errors_can_be_wished_for) {
  const auto created_one = wait(engine->create(spec({{"create-error", "no"}})));
  ASSERT_FALSE(created_one);
  EXPECT_EQ(created_one.error().message, "no");
  engine->fail_next("create", 2, EngineError(EngineErrorKind::Timeout, "slow"));
  EXPECT_FALSE(wait(engine->create(spec({}))));
  EXPECT_EQ(wait(engine->create(spec({}))).error().kind, EngineErrorKind::Timeout);
  EXPECT_TRUE(wait(engine->create(spec({}))));
}

TEST_F(SimulatedEngineTest, an_unreachable_engine_fails_every_call_while_containers_go_on) {
  const std::string id = started(spec({{"run-seconds", "10"}}));
  std::vector<std::string> seen;
  int lost = 0;
  auto listener = [&seen](const std::string& container, const Labels&) { seen.push_back(container); };
  scope.spawn("events", engine->follow_events({}, listener, [&lost] { ++lost; }));
  run();
  EXPECT_EQ(seen, std::vector<std::string>{""});
  engine->set_reachable(false);
  EXPECT_EQ(wait(engine->inspect(id)).error().kind, EngineErrorKind::Unreachable);
  advance(Seconds{20});
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(lost, 1);
  engine->set_reachable(true);
  run();
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(seen, (std::vector<std::string>{"", ""}));
  EXPECT_EQ(inspect(id).state, RunState::Exited);
}

TEST_F(SimulatedEngineTest, a_restart_ends_containers_unless_they_live_on) {
  const std::string id = started(spec({}));
  engine->restart(true);
  EXPECT_EQ(inspect(id).state, RunState::Running);
  engine->restart(false);
  EXPECT_EQ(inspect(id).state, RunState::Exited);
  EXPECT_EQ(inspect(id).exit_code, 137);
}

TEST_F(SimulatedEngineTest, events_come_at_their_time_to_those_who_asked) {
  std::vector<std::string> seen;
  auto listener = [&seen](const std::string& container, const Labels&) { seen.push_back(container); };
  scope.spawn("events", engine->follow_events({{"dev.slipway.sim.run-seconds", ""}}, listener, [] {}));
  run();
  const std::string other = started(spec({}));
  const std::string id = started(spec({{"run-seconds", "10"}}));
  run();
  EXPECT_EQ(seen, (std::vector<std::string>{"", id, id}));
  advance(Seconds{10});
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_EQ(clock.next_deadline(), std::nullopt) << "what only runs needs no timer";
}

TEST_F(SimulatedEngineTest, joining_a_network_needs_a_running_container) {
  const std::string pause = created(spec({}));
  ContainerSpec joined = spec({});
  joined.network_mode = "container:" + pause;
  const std::string id = created(joined);
  const auto refused = wait(engine->start(id));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "cannot join network of a non running container: " + pause);
  EXPECT_TRUE(wait(engine->start(pause)));
  EXPECT_TRUE(wait(engine->start(id)));
}

TEST_F(SimulatedEngineTest, an_address_is_given_once) {
  NetworkSpec network;
  network.name = "vpc";
  network.subnet = "10.0.0.0/29";
  ASSERT_TRUE(wait(engine->create_network(network)));
  const auto member = [this](const std::string& address) {
    ContainerSpec out = spec({});
    NetworkAttachment attachment;
    attachment.network = "vpc";
    attachment.address = address;
    out.networks.push_back(attachment);
    return created(out);
  };
  EXPECT_TRUE(wait(engine->start(member("10.0.0.3"))));
  EXPECT_EQ(wait(engine->start(member("10.0.0.3"))).error().message, "Address already in use");
  for (const char* expected : {"10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"}) {
    const std::string id = member("");
    ASSERT_TRUE(wait(engine->start(id)));
    EXPECT_EQ(inspect(id).addresses.at("vpc"), expected);
  }
  EXPECT_FALSE(wait(engine->start(member(""))));
}

TEST(ContainerTable, a_hundred_thousand_containers_are_cheap) {
  constexpr int kContainers = 100'000;
  SequenceIdSource ids;
  simulated::ContainerTable table(ids);
  const auto in_use = [] {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = in_use();
  for (int i = 0; i < kContainers; ++i) {
    const std::string number = std::to_string(1'000'000 + i);
    const Labels labels{
        {"com.amazonaws.ecs.cluster", "default"},
        {"com.amazonaws.ecs.container-name", "app"},
        {"com.amazonaws.ecs.task-arn",
         "arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef012345678" + number},
        {"com.amazonaws.ecs.task-definition-family", "web"},
        {"com.amazonaws.ecs.task-definition-version", "1"},
        {"dev.slipway.server", "0123456789abcdef0123456789abcdef"}};
    table.insert("ecs-web-1-app-0123456789abc" + number, labels);
  }
  const std::size_t each = (in_use() - before) / kContainers;
  EXPECT_LE(each, 600u);
  RecordProperty("bytes_per_container", static_cast<int>(each));
  const std::string id = simulated::ContainerTable::id_of(table.all().begin()->first);
  EXPECT_EQ(table.find(id), table.all().begin()->first);
  EXPECT_EQ(table.find(id.substr(0, 12)), table.all().begin()->first);
  EXPECT_EQ(table.find(id.substr(0, 11)), std::nullopt);
  EXPECT_EQ(table.find("ecs-web-1-app-0123456789abc1000007").has_value(), true);
}

async::Awaitable<void> take(std::vector<std::string>& lines, std::vector<LogPiece> pieces) {
  for (const LogPiece& piece : pieces) lines.push_back(piece.text);
  co_return;
}

LogSink into(std::vector<std::string>& lines) {
  return [&lines](std::vector<LogPiece> pieces) { return take(lines, std::move(pieces)); };
}

TEST_F(SimulatedEngineTest, prints_what_its_labels_say_again_and_again_until_it_ends) {
  const std::string id = started(spec({{"log", "a\nb\n"}, {"log-every", "10"}, {"run-seconds", "25"}}));
  std::vector<std::string> lines;
  std::optional<EngineResult<void>> result;
  start_call(engine->logs({.id = id, .follow = true, .since = {}, .tail = 1}, into(lines)), result);
  EXPECT_EQ(lines, (std::vector<std::string>{"b"}));
  advance(Seconds{10});
  EXPECT_EQ(lines, (std::vector<std::string>{"b", "a", "b"}));
  EXPECT_FALSE(result);
  advance(Seconds{60});
  ASSERT_TRUE(result && *result);
  EXPECT_EQ(lines, (std::vector<std::string>{"b", "a", "b", "a", "b"}));
  lines.clear();
  EXPECT_TRUE(wait(engine->logs({.id = id, .since = kStart + Seconds{20}, .tail = {}}, into(lines))));
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "b"}));
}

TEST_F(SimulatedEngineTest, who_follows_the_output_learns_that_the_container_is_gone) {
  const std::string id = started(spec({{"log", "a"}}));
  std::vector<std::string> lines;
  std::optional<EngineResult<void>> result;
  start_call(engine->logs({.id = id, .follow = true, .since = {}, .tail = {}}, into(lines)), result);
  EXPECT_TRUE(wait(engine->remove(id)));
  run();
  EXPECT_TRUE(result && *result);
}

}  // namespace
}  // namespace slipway::runtime
