#include "agent/engine_watch.h"

#include <algorithm>

#include "slipway/lifecycle/fold.h"

namespace slipway::agent {
namespace {

// Real time. A restart of the engine takes some seconds and shall not show.
constexpr Millis kPatience{10'000};
constexpr Millis kStoreRetry{1000};
constexpr std::size_t kTasksPerCommit = 200;  // requests are served in between

}  // namespace

void EngineWatch::opened() {
  open_ = true;
  changed_.call();
}

void EngineWatch::interrupted() {
  if (!open_) return;
  open_ = false;
  changed_.call();
}

async::Awaitable<void> EngineWatch::run(EngineWatch* self) {
  for (;;) {
    try {
      auto work = self->follow();
      co_await std::move(work);
    } catch (const boost::system::system_error&) {
      throw;  // cancelled
    } catch (const std::exception& error) {
      self->context_.log.warn("connectivity not stored", {{"error", error.what()}});
    }
    auto pause = self->context_.clock.sleep_real(kStoreRetry);
    co_await std::move(pause);
  }
}

// A call of `changed_` is not remembered: conditions are looked at before each wait. What is stored is
// compared each time, so that a commit that failed, or a task that came meanwhile, is made up for.
async::Awaitable<void> EngineWatch::follow() {
  for (;;) {
    if (open_) {
      auto noting = note(true);
      co_await std::move(noting);
      if (!open_) continue;
      auto waiting = changed_.wait();
      co_await std::move(waiting);
      continue;
    }
    auto patience = changed_.wait_real(context_.clock, kPatience);
    co_await std::move(patience);
    if (open_) continue;
    auto looking = context_.engine.list(context_.own());
    const auto listed = co_await std::move(looking);
    if (open_) continue;
    auto noting = note(listed.has_value());  // perhaps only its events do not come
    co_await std::move(noting);
  }
}

async::Awaitable<void> EngineWatch::note(bool answers) {
  if (answers != answers_) {
    context_.log.warn(answers ? "the engine answers again" : "the engine is away");
    answers_ = answers;
  }
  auto storing = store_state();
  co_await std::move(storing);
}

async::Awaitable<void> EngineWatch::store_state() {
  store_instances();
  std::vector<std::string> arns;
  const Now now = context_.clock.now();
  for (const auto& task : context_.store.model().unfinished_tasks()) {
    if (lifecycle::connected(*task, answers_, now)) arns.push_back(task->arn);
  }
  for (std::size_t begin = 0; begin < arns.size(); begin += kTasksPerCommit) {
    store_tasks(arns, begin, std::min(begin + kTasksPerCommit, arns.size()));
    auto pause = context_.clock.sleep_real(Millis{0});
    co_await std::move(pause);
  }
}

void EngineWatch::store_instances() {
  context_.store.write([this](store::Transaction& tx) {
    for (const auto& cluster : tx.model().all_clusters()) {
      for (const auto& known : tx.model().instances(cluster->arn)) {
        if (known->agent_connected == answers_) continue;
        auto instance = *known;
        instance.agent_connected = answers_;
        ++instance.version;  // as ECS counts: it is an event of the instance, but none of its tasks
        tx.put(std::move(instance));
      }
    }
  });
}

void EngineWatch::store_tasks(const std::vector<std::string>& arns, std::size_t begin, std::size_t end) {
  context_.store.write([&](store::Transaction& tx) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto task = tx.find_task(arns[i]);
      if (!task) continue;
      if (auto next = lifecycle::connected(*task, answers_, context_.clock.now())) tx.put(*std::move(next));
    }
  });
}

}  // namespace slipway::agent
