// Which tasks connections to a service go to, and where.
#include "controllers/service_targets.h"

#include <gtest/gtest.h>

namespace slipway::controllers {
namespace {

using model::ContainerState;
using model::DesiredStatus;
using model::HealthStatus;
using model::TaskStatus;
using Ids = std::vector<std::string>;

constexpr TimePoint kNow{Seconds{1'000'000}};

struct TaskBuilder {
  model::Task task;
  bool checked = false;

  explicit TaskBuilder(const std::string& id, const std::string& deployment = "1") {
    task.id = id;
    task.started_by = model::deployment_name(deployment);
    task.last_status = TaskStatus::Running;
    task.started_at = kNow - Seconds{3600};
  }
  TaskBuilder& age(int seconds) {
    task.started_at = kNow - Seconds{seconds};
    return *this;
  }
  TaskBuilder& health(HealthStatus health) {
    checked = true;
    task.health = health;
    return *this;
  }
  TaskBuilder& status(TaskStatus status) {
    task.last_status = status;
    return *this;
  }
  TaskBuilder& stopping() {
    task.desired_status = DesiredStatus::Stopped;
    return *this;
  }
  Candidate candidate() const { return {std::make_shared<const model::Task>(task), checked}; }
};

Serving serving(const std::vector<TaskBuilder>& tasks) {
  std::vector<Candidate> candidates;
  for (const auto& task : tasks) candidates.push_back(task.candidate());
  return serving_tasks(candidates, kNow);
}

Ids ids(const Serving& serving) {
  Ids list;
  for (const auto& task : serving.tasks) list.push_back(task->id);
  return list;
}

TEST(ServingTasks, are_those_that_run_and_are_to_run) {
  EXPECT_EQ(
      ids(serving({TaskBuilder("a"), TaskBuilder("b").status(TaskStatus::Pending),
                   TaskBuilder("c").stopping(), TaskBuilder("d").status(TaskStatus::Stopping).stopping(),
                   TaskBuilder("e").status(TaskStatus::Stopped).stopping(), TaskBuilder("f").age(0)})),
      (Ids{"a", "f"}));
  EXPECT_TRUE(serving({}).tasks.empty());
}

TEST(ServingTasks, with_health_checks_are_the_healthy_ones_while_there_are_any) {
  const TaskBuilder well = TaskBuilder("well").health(HealthStatus::Healthy);
  const TaskBuilder starting = TaskBuilder("starting").health(HealthStatus::Unknown);
  const TaskBuilder ill = TaskBuilder("ill").health(HealthStatus::Unhealthy);
  EXPECT_EQ(ids(serving({ill, starting, well})), (Ids{"well"}));
  EXPECT_EQ(ids(serving({ill, starting})), (Ids{"starting"}));
  EXPECT_EQ(ids(serving({ill})), (Ids{"ill"}));
}

TEST(ServingTasks, that_are_new_in_a_deployment_wait_until_they_count_as_healthy) {
  const auto seen =
      serving({TaskBuilder("old"), TaskBuilder("new", "2").age(39), TaskBuilder("newer", "2").age(10)});
  EXPECT_EQ(ids(seen), (Ids{"old"}));
  EXPECT_EQ(seen.look_again, kNow + Seconds{1});
  EXPECT_EQ(ids(serving({TaskBuilder("old"), TaskBuilder("new", "2").age(40)})), (Ids{"old", "new"}));
}

TEST(ServingTasks, serve_at_once_when_the_old_deployment_is_gone_or_not_settled_either) {
  EXPECT_EQ(ids(serving({TaskBuilder("old").stopping(), TaskBuilder("new", "2").age(1)})), (Ids{"new"}));
  const auto seen = serving({TaskBuilder("old").age(5), TaskBuilder("new", "2").age(1)});
  EXPECT_EQ(ids(seen), (Ids{"old", "new"}));
  EXPECT_EQ(seen.look_again, kNow + Seconds{35});
}

model::Task with_binding(model::PortBinding binding) {
  model::Task task;
  auto& container = task.containers.emplace_back();
  container.name = "app";
  container.runtime_id = "c1";
  container.known = ContainerState::Running;
  container.bindings.push_back(std::move(binding));
  return task;
}

std::string address(const std::optional<dataplane::Target>& target) {
  return target ? target->address + ":" + std::to_string(target->port) : "none";
}

const PortReach kHost{.published_at = "127.0.0.1"};

TEST(Targets, on_the_host_are_the_published_ports_whatever_address_the_api_shows) {
  const auto task = with_binding({"0.0.0.0", 80, 32768, "tcp", "", ""});
  EXPECT_EQ(address(target_of(task, 80, kHost, {})), "127.0.0.1:32768");
  EXPECT_EQ(address(target_of(task, 81, kHost, {})), "none");
  const auto instance = with_binding({"127.77.0.1", 80, 80, "tcp", "", ""});
  EXPECT_EQ(address(target_of(instance, 80, kHost, {})), "127.77.0.1:80");
  EXPECT_EQ(address(target_of(task, 80, PortReach{.published_at = "192.0.2.7"}, {})), "192.0.2.7:32768");
}

TEST(Targets, of_an_awsvpc_task_are_those_of_the_container_that_holds_its_network) {
  model::Task task;
  auto& pause = task.containers.emplace_back();
  pause.name = model::kPauseName;
  pause.known = ContainerState::Running;
  pause.published.push_back({"127.0.0.1", 8080, 40000, "tcp", "", ""});
  EXPECT_EQ(address(target_of(task, 8080, kHost, {})), "127.0.0.1:40000");
}

TEST(Targets, of_a_range_are_counted_from_its_begin) {
  const auto task = with_binding({"0.0.0.0", 8000, 9000, "tcp", "8000-8010", "9000-9010"});
  EXPECT_EQ(address(target_of(task, 8000, kHost, {})), "127.0.0.1:9000");
  EXPECT_EQ(address(target_of(task, 8010, kHost, {})), "127.0.0.1:9010");
  EXPECT_EQ(address(target_of(task, 8011, kHost, {})), "none");
}

TEST(Targets, are_never_udp_not_chosen_yet_or_of_a_container_that_does_not_run) {
  EXPECT_EQ(address(target_of(with_binding({"0.0.0.0", 80, 32768, "udp", "", ""}), 80, kHost, {})), "none");
  EXPECT_EQ(address(target_of(with_binding({"0.0.0.0", 80, 0, "tcp", "", ""}), 80, kHost, {})), "none");
  auto ended = with_binding({"0.0.0.0", 80, 32768, "tcp", "", ""});
  ended.containers[0].known = ContainerState::Stopped;
  EXPECT_EQ(address(target_of(ended, 80, kHost, {})), "none");
}

TEST(Targets, seen_from_a_container_are_addresses_on_the_networks_that_both_are_on) {
  const PortReach inside{.published_at = "", .networks = {"app"}};
  auto task = with_binding({"0.0.0.0", 80, 32768, "tcp", "", ""});
  ASSERT_EQ(asked_container(task, 80, inside), &task.containers[0]);
  EXPECT_EQ(asked_container(task, 81, inside), nullptr);
  EXPECT_EQ(asked_container(task, 80, kHost), nullptr);
  const std::string key = container_key(task.containers[0]);
  EXPECT_EQ(address(target_of(task, 80, inside, {})), "none");
  EXPECT_EQ(address(target_of(task, 80, inside, {{key, {{"other", "10.0.0.9"}}}})), "none");
  const AddressBook book{{key, {{"app", "172.18.0.5"}, {"bridge", "172.17.0.2"}}}};
  EXPECT_EQ(address(target_of(task, 80, inside, book)), "172.18.0.5:80");
  task.containers[0].started_at = kNow;  // another run
  EXPECT_EQ(address(target_of(task, 80, inside, book)), "none");
  task.eni.emplace().network = "app";
  task.eni->address = "172.31.0.4";
  EXPECT_EQ(address(target_of(task, 80, inside, {})), "172.31.0.4:80");
  EXPECT_EQ(asked_container(task, 80, inside), nullptr);
}

}  // namespace
}  // namespace slipway::controllers
