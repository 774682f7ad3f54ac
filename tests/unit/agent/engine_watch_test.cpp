// Engines that go away, as tasks and container instances show it (data-plane.md 1.4, control-plane.md 6.4).
#include "agent/engine_watch.h"

#include <gtest/gtest.h>

#include "slipway/async/task_scope.h"
#include "support/agent_world.h"

namespace slipway::test {
namespace {

using model::Connectivity;

// A task that runs, on an instance.
struct Connected {
  World world;
  std::string task = world.run_task(world.define({ContainerBuilder("web")}));
  std::string instance;

  Connected() {
    model::Cluster cluster;
    cluster.scope = test_scope();
    cluster.name = "default";
    cluster.arn = model::cluster_arn(cluster.scope, cluster.name);
    model::ContainerInstance known;
    known.scope = cluster.scope;
    known.cluster = cluster.name;
    known.id = "0123";
    known.arn = instance = model::container_instance_arn(cluster.scope, cluster.name, known.id);
    world.store().write([&](store::Transaction& tx) {
      tx.put(std::move(cluster));
      tx.put(std::move(known));
    });
    world.settle();
  }
  Connectivity seen() const { return world.task(task).connectivity; }
  const model::ContainerInstance& shown() { return *world.store().model().find_instance(instance); }
};

TEST(EngineWatch, a_short_absence_does_not_show) {
  Connected it;
  const auto before = it.world.task(it.task);
  for (int i = 0; i < 3; ++i) {
    it.world.engine().set_reachable(false);
    it.world.advance(Seconds{9});
    EXPECT_EQ(it.seen(), Connectivity::Connected);
    it.world.engine().set_reachable(true);
    it.world.advance(Seconds{1});
  }
  it.world.engine().restart(true);
  it.world.advance(Seconds{60});
  EXPECT_EQ(it.world.task(it.task).connectivity_at, before.connectivity_at);
  EXPECT_TRUE(it.world.agent().engine_answers());
  EXPECT_EQ(it.shown().version, 1);
}

TEST(EngineWatch, a_long_absence_shows_until_it_ends) {
  Connected it;
  const auto before = it.world.task(it.task);
  it.world.engine().set_reachable(false);
  it.world.advance(Seconds{11});
  EXPECT_EQ(it.seen(), Connectivity::Disconnected);
  EXPECT_FALSE(it.world.agent().engine_answers());
  EXPECT_FALSE(it.shown().agent_connected);
  EXPECT_EQ(it.shown().version, 2);
  EXPECT_EQ(it.world.task(it.task).connectivity_at, before.connectivity_at);
  it.world.advance(Seconds{100});
  EXPECT_EQ(it.shown().version, 2);
  it.world.engine().set_reachable(true);
  it.world.advance(Seconds{1});
  const auto after = it.world.task(it.task);
  EXPECT_EQ(after.connectivity, Connectivity::Connected);
  EXPECT_GE(*after.connectivity_at, *before.connectivity_at + Seconds{111});
  EXPECT_EQ(after.version, before.version) << "ECS tells of it in events of the instance only";
  EXPECT_TRUE(it.world.agent().engine_answers());
  EXPECT_TRUE(it.shown().agent_connected);
  EXPECT_EQ(it.shown().version, 3);
  EXPECT_EQ(it.world.violations(), std::vector<std::string>());
}

TEST(EngineWatch, a_task_that_came_shortly_before_is_disconnected_too) {
  Connected it;
  it.world.engine().set_reachable(false);
  it.world.advance(Seconds{5});
  const auto late = it.world.run_task(it.world.define({ContainerBuilder("web")}));
  it.world.advance(Seconds{6});
  EXPECT_EQ(it.world.task(late).connectivity, Connectivity::Disconnected);
  it.world.engine().set_reachable(true);
  it.world.advance(Seconds{3});
  EXPECT_EQ(it.world.task(late).connectivity, Connectivity::Connected);
  EXPECT_EQ(it.world.task(late).last_status, model::TaskStatus::Running);
}

TEST(EngineWatch, a_server_killed_meanwhile_says_what_is_so) {
  Connected it;
  it.world.engine().set_reachable(false);
  it.world.advance(Seconds{5});
  it.world.restart_server();
  EXPECT_EQ(it.seen(), Connectivity::Connected);
  it.world.advance(Seconds{11});
  EXPECT_EQ(it.seen(), Connectivity::Disconnected);
  it.world.restart_server();
  it.world.advance(Seconds{60});
  EXPECT_EQ(it.seen(), Connectivity::Disconnected);
  EXPECT_FALSE(it.shown().agent_connected);
  EXPECT_EQ(it.shown().version, 2);
  it.world.engine().set_reachable(true);
  it.world.restart_server();
  it.world.advance(Seconds{1});
  EXPECT_EQ(it.seen(), Connectivity::Connected);
  EXPECT_TRUE(it.shown().agent_connected);
}

TEST(EngineWatch, a_server_killed_at_any_commit_of_it_makes_up_for_it) {
  for (int n = 1; n <= 6; ++n) {
    Connected it;
    it.world.engine().set_reachable(false);
    it.world.crash_at_commit(n);
    it.world.advance(Seconds{30});
    EXPECT_EQ(it.seen(), Connectivity::Disconnected) << n;
    EXPECT_FALSE(it.shown().agent_connected) << n;
    it.world.engine().set_reachable(true);
    it.world.advance(Seconds{30});
    EXPECT_EQ(it.seen(), Connectivity::Connected) << n;
    EXPECT_TRUE(it.shown().agent_connected) << n;
  }
}

TEST(EngineWatch, an_engine_whose_events_alone_do_not_come_is_there) {
  World world;
  agent::Context context{world.store(), world.engine(), world.clock(), world.ids(), world.log(), {}, {}};
  agent::EngineWatch watch(context, world.executor());
  async::TaskScope scope(world.executor(), world.log());
  scope.spawn("watch", agent::EngineWatch::run(&watch));
  world.advance(Seconds{40});
  EXPECT_TRUE(watch.answers());
  world.engine().set_reachable(false);
  world.advance(Seconds{11});
  EXPECT_FALSE(watch.answers());
  world.engine().set_reachable(true);
  world.advance(Seconds{11});
  EXPECT_TRUE(watch.answers());
  world.await(scope.stop());
}

}  // namespace
}  // namespace slipway::test
