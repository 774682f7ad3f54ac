// What both engines promise, container by container. Labels steer the simulated engine, commands the real
// one.
#include <algorithm>

#include "slipway/base/id_source.h"
#include "slipway/runtime/tar.h"
#include "unit/runtime/engine_harness.h"

namespace slipway::runtime::test {
namespace {

using Factory = std::unique_ptr<EngineHarness> (*)();

// One harness per engine for the whole suite, so that Docker imports its image once.
EngineHarness& harness_of(Factory make) {
  static std::unique_ptr<EngineHarness> simulated = make_simulated_harness();
  static std::unique_ptr<EngineHarness> docker = make_docker_harness();
  return make == make_simulated_harness ? *simulated : *docker;
}

class EngineContract : public testing::TestWithParam<Factory> {
 protected:
  void SetUp() override {
    if (image_.empty()) GTEST_SKIP() << harness_.why_not();
  }
  void TearDown() override {
    for (const std::string& id : containers_) harness_.wait(engine().remove(id));
    for (const std::string& id : networks_) harness_.wait(engine().remove_network(id));
    for (const std::string& name : volumes_) harness_.wait(engine().remove_volume(name));
    harness_.wait(stop_scope());
  }

  Engine& engine() { return harness_.engine(); }

  async::Awaitable<bool> stop_scope() {
    co_await scope_.stop();
    co_return true;
  }

  std::string unique(const std::string& what) { return "slipway-contract-" + what + "-" + ids_.hex(12); }

  // "10.x.y.": ranges that tests running side by side do not share.
  std::string range(std::uint64_t which) {
    return "10." + std::to_string(128 + range_ % 100) + "." + std::to_string(range_ / 100 % 250 + which) +
           ".";
  }

  ContainerSpec spec() {
    ContainerSpec out;
    out.name = unique("c");
    out.image = image_;
    out.command = {{"/bin/busybox", "sleep", "600"}};
    out.labels = {{"dev.slipway.test", run_}, {"dev.slipway.sim.stop-seconds", "never"}};
    return out;
  }

  // Ends by itself with `code`.
  ContainerSpec ending(int code) {
    ContainerSpec out = spec();
    out.command = {{"/bin/busybox", "sh", "-c", "exit " + std::to_string(code)}};
    out.labels["dev.slipway.sim.run-seconds"] = "0.01";
    out.labels["dev.slipway.sim.exit-code"] = std::to_string(code);
    return out;
  }

  // Exits with 5 on SIGTERM.
  ContainerSpec obedient() {
    ContainerSpec out = spec();
    out.command = {
        {"/bin/busybox", "sh", "-c", "trap 'exit 5' TERM; while :; do /bin/busybox sleep 0.1; done"}};
    out.labels["dev.slipway.sim.stop-seconds"] = "0.1";
    out.labels["dev.slipway.sim.exit-code"] = "5";
    return out;
  }

  std::string create(const ContainerSpec& wanted) {
    const auto id = harness_.wait(engine().create(wanted));
    if (!id) throw std::runtime_error("create: " + id.error().message);
    containers_.push_back(*id);
    return *id;
  }

  std::string run(const ContainerSpec& wanted) {
    const std::string id = create(wanted);
    const auto started = harness_.wait(engine().start(id));
    if (!started) throw std::runtime_error("start: " + started.error().message);
    return id;
  }

  ContainerStatus inspect(const std::string& id) {
    const auto status = harness_.wait(engine().inspect(id));
    if (!status) throw std::runtime_error("inspect: " + status.error().message);
    return *status;
  }

  // Follows this test's events; each call of the listener wakes wait_for_state.
  void follow() {
    auto listener = [this](const std::string& id, const Labels& labels) {
      events_.emplace_back(id, labels);
      event_.call();
    };
    scope_.spawn("events", engine().follow_events({{"dev.slipway.test", run_}}, listener, [] {}));
    harness_.run_until([this] { return !events_.empty(); });
  }

  async::Awaitable<bool> await_state(std::string id, RunState state) {
    for (int i = 0; i < 100; ++i) {
      auto looking = engine().inspect(id);
      const auto seen = co_await std::move(looking);
      if (seen && seen->state == state) co_return true;
      auto waiting = event_.wait_real(harness_.clock(), Millis{100});
      co_await std::move(waiting);
    }
    co_return false;
  }

  static async::Awaitable<void> append(std::vector<LogPiece>& to, std::vector<LogPiece> pieces) {
    for (LogPiece& piece : pieces) to.push_back(std::move(piece));
    co_return;
  }
  static LogSink collect(std::vector<LogPiece>& to) {
    return [&to](std::vector<LogPiece> pieces) { return append(to, std::move(pieces)); };
  }

  std::vector<LogPiece> logs(LogRequest wanted) {
    std::vector<LogPiece> out;
    const auto read = harness_.wait(engine().logs(std::move(wanted), collect(out)));
    if (!read) throw std::runtime_error("logs: " + read.error().message);
    return out;
  }

  // What it printed, once that is `count` pieces or more.
  std::vector<LogPiece> await_logs(const std::string& id, std::size_t count) {
    std::vector<LogPiece> out;
    for (int i = 0; i < 100 && out.size() < count; ++i) {
      out = logs({.id = id, .since = {}, .tail = {}});
      if (out.size() < count) harness_.wait(pause());
    }
    return out;
  }
  async::Awaitable<bool> pause() {
    auto sleeping = harness_.clock().sleep_real(Millis{50});
    co_await std::move(sleeping);
    co_return true;
  }

  // Prints a line of stdout, then one of stderr, then nothing more.
  ContainerSpec talkative() {
    ContainerSpec out = spec();
    out.command = {{"/bin/busybox", "sh", "-c",
                    "/bin/busybox echo one; /bin/busybox sleep 0.3; /bin/busybox echo two >&2; "
                    "exec /bin/busybox sleep 600"}};
    out.labels["dev.slipway.sim.log"] = "one";
    out.labels["dev.slipway.sim.log-stderr"] = "two";
    return out;
  }

  static async::Awaitable<void> follow_logs(Engine& engine, std::string id, LogSink sink,
                                            std::optional<EngineResult<void>>& result) {
    LogRequest wanted{.id = std::move(id), .follow = true, .since = {}, .tail = {}};
    auto following = engine.logs(std::move(wanted), std::move(sink));
    result.emplace(co_await std::move(following));
  }

  bool wait_for_state(const std::string& id, RunState state) { return harness_.wait(await_state(id, state)); }

  EngineHarness& harness_ = harness_of(GetParam());
  RandomIdSource ids_;
  Log log_{LogLevel::Error, LogFormat::Text};
  async::TaskScope scope_{harness_.io.get_executor(), log_};
  async::Wake event_{harness_.io.get_executor()};
  std::uint64_t range_ = ids_.next() % 25'000;
  std::string run_ = ids_.hex(16);
  std::string image_ = harness_.image();
  std::vector<std::string> containers_, networks_, volumes_;
  std::vector<std::pair<std::string, Labels>> events_;
};

TEST_P(EngineContract, tells_what_it_is) {
  const auto info = harness_.wait(engine().info());
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->id.empty());
  EXPECT_FALSE(info->version.empty());
  EXPECT_TRUE(info->api_version.starts_with("1."));
  EXPECT_EQ(info->os_type, "linux");
  EXPECT_GT(info->cpus, 0);
  EXPECT_GT(info->memory_bytes, 0);
  EXPECT_FALSE(info->architecture.empty());
}

TEST_P(EngineContract, knows_an_imported_image_and_no_other) {
  const auto image = harness_.wait(engine().inspect_image(image_));
  ASSERT_TRUE(image);
  EXPECT_TRUE(image->id.starts_with("sha256:"));
  EXPECT_FALSE(image->architecture.empty());
  const auto none = harness_.wait(engine().inspect_image("slipway-no-such-image:1"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, EngineErrorKind::NotFound);
}

TEST_P(EngineContract, a_reference_that_is_none_cannot_be_pulled) {
  const auto pulled = harness_.wait(engine().pull("not:a:reference", nullptr));
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().kind, EngineErrorKind::Invalid);
}

TEST_P(EngineContract, a_container_lives_from_create_to_remove) {
  const ContainerSpec wanted = spec();
  const std::string id = create(wanted);
  EXPECT_EQ(id.size(), 64u);
  ContainerStatus status = inspect(id);
  EXPECT_EQ(status.id, id);
  EXPECT_EQ(status.name, wanted.name);
  EXPECT_EQ(status.labels, wanted.labels);
  EXPECT_EQ(status.state, RunState::Created);
  EXPECT_TRUE(status.created_at);
  EXPECT_FALSE(status.started_at);
  EXPECT_TRUE(status.image_id.starts_with("sha256:"));

  ASSERT_TRUE(harness_.wait(engine().start(id)));
  status = inspect(wanted.name);
  EXPECT_EQ(status.state, RunState::Running);
  ASSERT_TRUE(status.started_at);
  EXPECT_GE(*status.started_at, *status.created_at);
  EXPECT_FALSE(status.finished_at);
  EXPECT_TRUE(harness_.wait(engine().start(id))) << "starting what runs is no error";

  ASSERT_TRUE(harness_.wait(engine().remove(id)));
  const auto gone = harness_.wait(engine().inspect(id));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, EngineErrorKind::NotFound);
  EXPECT_TRUE(harness_.wait(engine().remove(id))) << "removing what is gone is no error";
}

TEST_P(EngineContract, a_name_is_taken_once) {
  const ContainerSpec wanted = spec();
  create(wanted);
  const auto again = harness_.wait(engine().create(wanted));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, EngineErrorKind::Conflict);
  EXPECT_TRUE(
      again.error().message.starts_with("Conflict. The container name \"/" + wanted.name + "\" is already"))
      << again.error().message;
}

TEST_P(EngineContract, a_container_of_an_unknown_image_is_not_created) {
  ContainerSpec wanted = spec();
  wanted.image = "slipway-no-such-image";
  const auto id = harness_.wait(engine().create(wanted));
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().kind, EngineErrorKind::NotFound);
  EXPECT_EQ(id.error().message, "No such image: slipway-no-such-image:latest");
}

TEST_P(EngineContract, an_exit_code_is_kept_and_announced) {
  follow();
  const std::string id = run(ending(3));
  ASSERT_TRUE(wait_for_state(id, RunState::Exited));
  const ContainerStatus status = inspect(id);
  EXPECT_EQ(status.exit_code, 3);
  EXPECT_FALSE(status.oom_killed);
  // No order of the two: Docker's own can be a millisecond apart the wrong way round.
  EXPECT_TRUE(status.finished_at && status.started_at);
  harness_.run_until([this] { return events_.size() >= 4; });  // connected, create, start, die
  EXPECT_EQ(events_.front().first, "");
  EXPECT_TRUE(std::all_of(events_.begin() + 1, events_.end(), [&](const auto& event) {
    return event.first == id && event.second.at("dev.slipway.test") == run_;
  }));
}

TEST_P(EngineContract, stop_lets_a_container_obey_its_signal) {
  const std::string id = run(obedient());
  ASSERT_TRUE(harness_.wait(engine().stop(id, Seconds{30})));
  const ContainerStatus status = inspect(id);
  EXPECT_EQ(status.state, RunState::Exited);
  EXPECT_EQ(status.exit_code, 5);
  EXPECT_TRUE(harness_.wait(engine().stop(id, Seconds{30}))) << "stopping what is stopped is no error";
}

TEST_P(EngineContract, stop_kills_after_the_grace_period) {
  const std::string id = run(spec());
  ASSERT_TRUE(harness_.wait(engine().stop(id, Seconds{1})));
  EXPECT_EQ(inspect(id).state, RunState::Exited);
  EXPECT_EQ(inspect(id).exit_code, 137);
}

TEST_P(EngineContract, stop_of_what_is_gone_succeeds) {
  EXPECT_TRUE(harness_.wait(engine().stop("slipway-no-such-container", Seconds{1})));
}

TEST_P(EngineContract, kill_ends_what_runs_and_conflicts_with_what_does_not) {
  const std::string id = run(spec());
  ASSERT_TRUE(harness_.wait(engine().kill(id, "SIGKILL")));
  ASSERT_TRUE(wait_for_state(id, RunState::Exited));
  EXPECT_EQ(inspect(id).exit_code, 137);
  const auto again = harness_.wait(engine().kill(id, "SIGKILL"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, EngineErrorKind::Conflict);
  const auto gone = harness_.wait(engine().kill("slipway-no-such-container", "SIGKILL"));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, EngineErrorKind::NotFound);
}

TEST_P(EngineContract, start_of_what_is_not_there_is_not_found) {
  const auto started = harness_.wait(engine().start("slipway-no-such-container"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, EngineErrorKind::NotFound);
  EXPECT_EQ(started.error().message, "No such container: slipway-no-such-container");
}

TEST_P(EngineContract, a_start_that_fails_leaves_its_reason) {
  ContainerSpec wanted = spec();
  wanted.command = {{"/no/such/program"}};
  wanted.labels["dev.slipway.sim.start-error"] = "exec: \"/no/such/program\": no such file or directory";
  const std::string id = create(wanted);
  const auto started = harness_.wait(engine().start(id));
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("no such file or directory"), std::string::npos);
  const ContainerStatus status = inspect(id);
  EXPECT_EQ(status.state, RunState::Created);
  EXPECT_EQ(status.error, started.error().message);
  EXPECT_NE(status.exit_code, 0);
}

TEST_P(EngineContract, lists_by_labels_also_by_their_presence) {
  const std::string created = create(spec());
  const std::string running = run(spec());
  const Labels mine{{"dev.slipway.test", run_}};
  const auto listed = harness_.wait(engine().list(mine));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2u);
  for (const ContainerStatus& status : *listed) {
    EXPECT_EQ(status.state, status.id == running ? RunState::Running : RunState::Created);
    EXPECT_EQ(status.labels.at("dev.slipway.test"), run_);
    EXPECT_TRUE(status.name.starts_with("slipway-contract-c-"));
  }
  const auto present = harness_.wait(engine().list({{"dev.slipway.test", ""}}));
  ASSERT_TRUE(present);
  EXPECT_GE(present->size(), 2u);
  const auto none = harness_.wait(engine().list({{"dev.slipway.test", run_}, {"dev.slipway.other", "x"}}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(EngineContract, a_published_port_is_shown_and_taken_once) {
  ContainerSpec wanted = spec();
  wanted.network_mode = "bridge";
  wanted.ports.push_back({.container_port = 80, .protocol = "tcp", .host_ip = "127.0.0.1", .host_port = 0});
  const ContainerStatus status = inspect(run(wanted));
  ASSERT_EQ(status.ports.size(), 1u);
  EXPECT_EQ(status.ports[0].container_port, 80);
  EXPECT_EQ(status.ports[0].host_ip, "127.0.0.1");
  EXPECT_GT(status.ports[0].host_port, 0);

  ContainerSpec second = wanted;
  second.name = unique("c");
  second.ports[0].host_port = status.ports[0].host_port;
  const auto started = harness_.wait(engine().start(create(second)));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, EngineErrorKind::Failed);
  EXPECT_NE(started.error().message.find("port is already allocated"), std::string::npos);
}

TEST_P(EngineContract, a_network_gives_addresses_and_cannot_go_while_in_use) {
  NetworkSpec wanted;
  wanted.name = unique("n");
  wanted.subnet = range(0) + "0/24";
  wanted.gateway = range(0) + "1";
  wanted.labels = {{"dev.slipway.test", run_}};
  const auto network = harness_.wait(engine().create_network(wanted));
  ASSERT_TRUE(network) << network.error().message;
  networks_.push_back(*network);

  NetworkSpec other = wanted;
  const auto same_name = harness_.wait(engine().create_network(other));
  ASSERT_FALSE(same_name);
  EXPECT_EQ(same_name.error().kind, EngineErrorKind::Conflict);
  other.name = unique("n");
  const auto same_range = harness_.wait(engine().create_network(other));
  ASSERT_FALSE(same_range);
  EXPECT_EQ(same_range.error().kind, EngineErrorKind::Denied);
  EXPECT_NE(same_range.error().message.find("Pool overlaps"), std::string::npos);

  ContainerSpec member = spec();
  NetworkAttachment attachment;
  attachment.network = wanted.name;
  attachment.address = range(0) + "25";
  attachment.aliases = {"web"};
  member.networks.push_back(attachment);
  const std::string id = run(member);
  const ContainerStatus status = inspect(id);
  EXPECT_EQ(status.addresses.at(wanted.name), range(0) + "25");
  EXPECT_EQ(status.mac_addresses.at(wanted.name).size(), 17u);

  ContainerSpec joined = spec();
  joined.network_mode = "container:" + id;
  EXPECT_EQ(inspect(run(joined)).state, RunState::Running);

  const auto info = harness_.wait(engine().inspect_network(wanted.name));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->id, *network);
  EXPECT_EQ(info->subnet, wanted.subnet);
  EXPECT_EQ(info->gateway, wanted.gateway);
  EXPECT_EQ(info->labels, wanted.labels);
  EXPECT_EQ(info->containers, 1u);
  const auto listed = harness_.wait(engine().list_networks(wanted.labels));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().name, wanted.name);

  const auto busy = harness_.wait(engine().remove_network(*network));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, EngineErrorKind::Conflict);
}

TEST_P(EngineContract, a_container_can_be_on_two_networks) {
  ContainerSpec member = spec();
  for (const std::uint64_t which : {0u, 1u}) {
    NetworkSpec wanted;
    wanted.name = unique("n");
    wanted.subnet = range(which) + "0/24";
    const auto network = harness_.wait(engine().create_network(wanted));
    ASSERT_TRUE(network) << network.error().message;
    networks_.push_back(*network);
    NetworkAttachment attachment;
    attachment.network = wanted.name;
    member.networks.push_back(attachment);
  }
  const ContainerStatus status = inspect(run(member));
  EXPECT_TRUE(status.addresses.at(member.networks[0].network).starts_with(range(0)));
  EXPECT_TRUE(status.addresses.at(member.networks[1].network).starts_with(range(1)));
}

TEST_P(EngineContract, a_network_that_is_not_there_is_not_found) {
  const auto seen = harness_.wait(engine().inspect_network("slipway-no-such-network"));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, EngineErrorKind::NotFound);
  const auto removed = harness_.wait(engine().remove_network("slipway-no-such-network"));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().kind, EngineErrorKind::NotFound);
}

TEST_P(EngineContract, a_volume_cannot_go_while_a_container_has_it) {
  VolumeSpec wanted;
  wanted.name = unique("v");
  wanted.labels = {{"dev.slipway.test", run_}};
  ASSERT_TRUE(harness_.wait(engine().create_volume(wanted)));
  volumes_.push_back(wanted.name);
  EXPECT_TRUE(harness_.wait(engine().create_volume(wanted))) << "a volume that is there is taken";
  EXPECT_TRUE(harness_.wait(engine().inspect_volume(wanted.name)));
  const auto listed = harness_.wait(engine().list_volumes(wanted.labels));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().name, wanted.name);
  EXPECT_EQ(listed->front().labels, wanted.labels);

  ContainerSpec user = spec();
  Mount mount;
  mount.source = wanted.name;
  mount.target = "/data";
  user.mounts.push_back(mount);
  const std::string id = create(user);
  const auto busy = harness_.wait(engine().remove_volume(wanted.name));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, EngineErrorKind::Conflict);
  ASSERT_TRUE(harness_.wait(engine().remove(id)));
  ASSERT_TRUE(harness_.wait(engine().remove_volume(wanted.name)));
  volumes_.clear();
  const auto gone = harness_.wait(engine().inspect_volume(wanted.name));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, EngineErrorKind::NotFound);
}

TEST_P(EngineContract, a_health_check_is_reported) {
  ContainerSpec wanted = spec();
  wanted.health_check = HealthCheck{};
  wanted.health_check->test = {"CMD", "/bin/busybox", "true"};
  wanted.health_check->interval = Seconds{1};
  follow();
  const std::string id = run(wanted);
  EXPECT_EQ(inspect(id).health, Health::Starting);
  // create, start, health_status after the connection's own
  harness_.run_until([this] { return events_.size() >= 4; });
  EXPECT_EQ(inspect(id).health, Health::Healthy);
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineContract,
                         testing::Values(make_simulated_harness, make_docker_harness),
                         [](const testing::TestParamInfo<Factory>& parameter) {
                           return parameter.param == make_simulated_harness ? "simulated" : "docker";
                         });

TEST_P(EngineContract, tells_what_a_container_printed) {
  const std::string id = run(talkative());
  const auto all = await_logs(id, 2);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].text, "one");
  EXPECT_EQ(all[0].stream, LogStream::Stdout);
  EXPECT_EQ(all[1].text, "two");
  EXPECT_EQ(all[1].stream, LogStream::Stderr);
  EXPECT_TRUE(all[0].ends_line && all[1].ends_line);
  EXPECT_LT(all[0].time, all[1].time);
  EXPECT_LT(std::chrono::abs(all[1].time - harness_.clock().now().real), std::chrono::minutes(1));

  const std::vector<LogPiece> second{all[1]};
  EXPECT_EQ(logs({.id = id, .since = {}, .tail = 1}), second);
  EXPECT_EQ(logs({.id = id, .since = all[1].time, .tail = {}}), second);
  EXPECT_TRUE(logs({.id = id, .since = all[1].time + std::chrono::nanoseconds(1), .tail = {}}).empty());
  EXPECT_TRUE(logs({.id = id, .since = {}, .tail = 0}).empty());

  harness_.wait(engine().kill(id, "SIGKILL"));
  ASSERT_TRUE(wait_for_state(id, RunState::Exited));
  EXPECT_EQ(logs({.id = id, .since = {}, .tail = {}}), all);
}

TEST_P(EngineContract, follows_what_a_container_prints_until_it_ends) {
  const std::string id = run(talkative());
  std::vector<LogPiece> seen;
  std::optional<EngineResult<void>> result;
  scope_.spawn("logs", follow_logs(engine(), id, collect(seen), result));
  harness_.run_until([&seen] { return seen.size() == 2; });
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_FALSE(result);
  harness_.wait(engine().kill(id, "SIGKILL"));
  harness_.run_until([&result] { return result.has_value(); });
  ASSERT_TRUE(result);
  EXPECT_TRUE(*result);
  EXPECT_EQ(seen.size(), 2u);
}

TEST_P(EngineContract, there_is_no_output_of_what_is_not_there) {
  std::vector<LogPiece> seen;
  const auto missing =
      harness_.wait(engine().logs({.id = unique("none"), .since = {}, .tail = {}}, collect(seen)));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, EngineErrorKind::NotFound);
  EXPECT_TRUE(logs({.id = create(talkative()), .follow = true, .since = {}, .tail = {}}).empty());
}

TEST_P(EngineContract, removes_an_image_by_its_name) {
  const std::string name = "slipway-test/gone:" + run_;
  TarEntry file;
  file.path = "file";
  file.contents = run_;
  ASSERT_TRUE(harness_.wait(engine().import_image(make_tar({file}), name, {})));
  ASSERT_TRUE(harness_.wait(engine().inspect_image(name)));
  EXPECT_TRUE(harness_.wait(engine().remove_image(name)));
  EXPECT_FALSE(harness_.wait(engine().inspect_image(name)));
  const auto again = harness_.wait(engine().remove_image(name));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, EngineErrorKind::NotFound);
}

}  // namespace
}  // namespace slipway::runtime::test
