// Random changes, each seed a life: the indexes against brute force, and a restart against the life before
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "store/database.h"
#include "store/task_index.h"
#include "store_support.h"

namespace slipway::store::testing {
namespace {

// The answers of the model, worked out from a plain list of all tasks.
class BruteForce {
 public:
  explicit BruteForce(std::vector<model::TaskPtr> tasks) : tasks_(std::move(tasks)) {}

  std::vector<std::string> query(const TaskQuery& query) const {
    std::vector<std::string> found;
    for (const auto& task : tasks_) {
      const bool here =
          query.cluster_arn.empty() || model::cluster_arn(task->scope, task->cluster) == query.cluster_arn;
      if (here && task->arn > query.after_arn && matches(*task, query)) found.push_back(task->arn);
    }
    std::sort(found.begin(), found.end());
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
  }

  template <class Condition>
  std::int64_t count(Condition condition) const {
    return std::count_if(tasks_.begin(), tasks_.end(), [&](const auto& task) { return condition(*task); });
  }

  bool port_taken(const std::string& engine, std::uint16_t port, const std::string& protocol) const {
    return count([&](const model::Task& task) {
             if (task.last_status == model::TaskStatus::Stopped || task.engine_id != engine) return false;
             for (const auto& container : task.containers) {
               for (const auto* list : {&container.bindings, &container.published}) {
                 for (const auto& binding : *list) {
                   const int last = binding.host_port + (binding.host_port_range.empty() ? 0 : 2);
                   if (binding.protocol == protocol && port >= binding.host_port && port <= last) return true;
                 }
               }
             }
             return false;
           }) > 0;
  }

 private:
  std::vector<model::TaskPtr> tasks_;
};

std::vector<model::TaskPtr> all_tasks(const Store& store) {
  std::map<std::string, model::TaskPtr> tasks;
  for (int number = 0; number < 2000; ++number) {
    for (const auto* cluster : {"main", "other", "third"}) {
      if (auto task = store.find_task(model::task_arn(kScope, cluster, task_id(number))))
        tasks[task->arn] = task;
    }
  }
  std::vector<model::TaskPtr> list;
  for (const auto& [arn, task] : tasks) list.push_back(task);
  return list;
}

std::vector<std::string> arns(const std::vector<model::TaskPtr>& tasks) {
  std::vector<std::string> list;
  for (const auto& task : tasks) list.push_back(task->arn);
  return list;
}

void expect_queries_agree(const Store& store, const BruteForce& truth, std::mt19937& random) {
  const auto pick = [&](std::size_t count) { return random() % count; };
  const std::vector<std::string> words{"a", "b", "web"}, starters{"a", "b", "web", "ecs-svc/1"};
  for (int i = 0; i < 60; ++i) {
    TaskQuery query;
    if (pick(5) != 0)
      query.cluster_arn = model::cluster_arn(kScope, std::vector{"main", "other", "third"}[pick(3)]);
    if (pick(2) == 0) query.desired = model::DesiredStatus::Stopped;
    if (pick(3) == 0) query.family = words[pick(3)];
    if (pick(3) == 0) query.started_by = starters[pick(4)];
    if (pick(3) == 0) query.group = pick(2) == 0 ? "service:s" : "family:" + words[pick(3)];
    if (pick(4) == 0) query.instance_arn = model::container_instance_arn(kScope, "main", words[pick(2)]);
    if (pick(4) == 0) query.launch_type = static_cast<model::LaunchType>(pick(3));
    if (pick(3) == 0) query.after_arn = model::task_arn(kScope, "main", task_id(static_cast<int>(pick(500))));
    query.limit = pick(2) == 0 ? 1 + pick(20) : 5000;
    EXPECT_EQ(arns(store.model().tasks(query)), truth.query(query));
  }
}

void expect_sums_agree(const Store& store, const BruteForce& truth) {
  const auto& model = store.model();
  for (const auto* name : {"main", "other", "third"}) {
    const auto counts = model.task_counts(model::cluster_arn(kScope, name));
    EXPECT_EQ(counts.active(), truth.count([&](const model::Task& task) {
      return task.cluster == name && task.last_status != model::TaskStatus::Stopped;
    }));
  }
  for (const auto* engine : {"engine-1", "engine-2"}) {
    for (std::uint16_t port = 8000; port < 8025; ++port) {
      EXPECT_EQ(model.port_taken(engine, "", port, "tcp"), truth.port_taken(engine, port, "tcp")) << port;
      EXPECT_EQ(model.port_taken(engine, "", port, "udp"), truth.port_taken(engine, port, "udp")) << port;
    }
  }
  for (const auto* vpc : {"vpc-1", "vpc-2"}) {
    const auto lives_in = [&](const model::Task& task) {
      return task.last_status != model::TaskStatus::Stopped && task.eni && task.eni->vpc_id == vpc;
    };
    EXPECT_EQ(static_cast<std::int64_t>(model.interfaces(kScope, vpc)), truth.count(lives_in));
    for (int host = 0; host < 10; ++host) {
      const auto address = "10.0.0." + std::to_string(host);
      EXPECT_EQ(model.address_taken(kScope, vpc, address), truth.count([&](const model::Task& task) {
        return lives_in(task) && task.eni->address == address;
      }) > 0);
    }
  }
  for (const auto* family : {"a", "b", "web"}) {
    const auto arn = model::task_definition_arn(kScope, family, 1);
    EXPECT_EQ(static_cast<std::int64_t>(model.definition_uses(arn)),
              truth.count([&](const model::Task& task) {
                return task.definition_arn == arn && task.last_status != model::TaskStatus::Stopped;
              }));
  }
}

void expect_services_agree(const Store& store, const BruteForce& truth,
                           const std::vector<model::TaskPtr>& all) {
  const auto& model = store.model();
  for (const auto* cluster : {"main", "other", "third"}) {
    std::vector<std::string> live;
    std::size_t active = 0;
    for (const auto& service : model.all_services()) {
      if (service->cluster != cluster || service->status == model::ServiceStatus::Inactive) continue;
      live.push_back(service->arn);
      if (service->status == model::ServiceStatus::Active) ++active;
    }
    const auto arn = model::cluster_arn(kScope, cluster);
    EXPECT_EQ(model.live_services(arn), live.size());
    EXPECT_EQ(model.active_services(arn), active);
    std::vector<std::string> listed;
    for (const auto& service : model.services(services_of(arn))) listed.push_back(service->arn);
    EXPECT_EQ(listed, live);
    for (const auto* name : {"s", "t"}) {
      std::vector<std::string> own;
      for (const auto& task : all) {
        const bool stopped = task->last_status == model::TaskStatus::Stopped;
        const bool its = task->cluster == cluster && task->group == model::service_group(name) &&
                         task->started_by.starts_with("ecs-svc/");
        if (its && !(stopped && task->noted)) own.push_back(task->arn);
        // Nobody waits for ever: what is not noted has a service that can do it.
        if (its && stopped && !task->noted) {
          EXPECT_TRUE(model.find_service(model::service_arn(kScope, cluster, name))) << task->arn;
          EXPECT_TRUE(model.find_task(task->arn)) << task->arn;
        }
      }
      EXPECT_EQ(arns(model.service_tasks(model::service_arn(kScope, cluster, name))), own);
    }
  }
  EXPECT_EQ(static_cast<std::int64_t>(model.unfinished_tasks().size()),
            truth.count([](const model::Task& task) {
              return task.last_status != model::TaskStatus::Stopped || !task.cleaned;
            }));
}

class RandomLifeTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomLifeTest, keeps_every_index_equal_to_brute_force) {
  auto store = open_store();
  RandomLife life(GetParam());
  std::mt19937 random(GetParam());
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 200; ++i) life.step(*store);
    const auto all = all_tasks(*store);
    const BruteForce truth(all);
    expect_queries_agree(*store, truth, random);
    expect_sums_agree(*store, truth);
    expect_services_agree(*store, truth, all);
  }
}

TEST_P(RandomLifeTest, answers_every_query_the_same_after_a_restart) {
  const TempDir directory;
  RandomLife life(GetParam());
  auto store = open_store(directory.str());
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 150; ++i) life.step(*store);
    const auto before = describe(store->model());
    const auto latest = store->latest_timestamp();
    store.reset();
    store = open_store(directory.str());
    ASSERT_EQ(describe(store->model()), before);
    // A task whose time was the latest may be gone: then the clock may start earlier.
    EXPECT_LE(store->latest_timestamp(), latest);
    for (const auto& task : all_tasks(*store)) EXPECT_LE(latest_time(*task), store->latest_timestamp());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLifeTest, ::testing::Values(1u, 2u, 3u, 4u));

}  // namespace
}  // namespace slipway::store::testing
