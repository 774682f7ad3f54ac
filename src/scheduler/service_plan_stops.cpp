#include "scheduler/service_plan_stops.h"

#include <algorithm>

#include "scheduler/service_plan_selection.h"

namespace slipway::scheduler {
namespace {

void append(TaskList& to, const TaskList& tasks) { to.insert(to.end(), tasks.begin(), tasks.end()); }

// The steps of one choice: each sees what those before it chose.
class Chooser final {
 public:
  Chooser(const model::Service& service, const Fleet& fleet, const Starts& starts, Now now)
      : service_(service),
        fleet_(fleet),
        starts_(starts),
        bounds_(bounds_of(service)),
        selector_(service, fleet, now) {}

  Stops choose() {
    scale_in_primary();
    if (starts_.hold == Hold::Failed) {
      scale_in_old();
    } else {
      stop_failing_primary();
      stop_idle_old();
      stop_settling_old();
      stop_healthy_old();
    }
    return std::move(stops_);
  }

 private:
  std::int64_t freed() const { return size_of(stops_.scaled_in) + size_of(stops_.unhealthy); }
  std::int64_t stuck() const { return starts_.stuck(service_, fleet_, freed()); }

  std::int64_t scale_in(const TaskList& tasks, std::int64_t count) {
    const Selection selection = selector_.pick(tasks, count);
    append(stops_.scaled_in, selection.chosen);
    append(stops_.kept, selection.kept);
    return size_of(selection.chosen);
  }

  // What is least worth first, at once. A failing task whose replacement is there or on its way is no
  // surplus; with a surplus it goes first, whatever protects it. The bound matters only where protected tasks
  // that are not healthy yet would be all that is left.
  void scale_in_primary() {
    const Crew& crew = fleet_.primary;
    std::int64_t surplus = crew.good() - service_.desired_count;
    if (surplus <= 0) return;
    append(stops_.scaled_in, crew.failing);
    surplus -= scale_in(crew.pending, surplus);
    surplus -= scale_in(crew.settling, surplus);
    const std::int64_t gone = scale_in(crew.healthy, std::min(surplus, healthy_ - bounds_.lower));
    healthy_ -= gone;
    if (gone == surplus) stops_.kept.clear();
  }

  // Replacement first; without room for one, and with none on its way, one task makes way.
  void stop_failing_primary() {
    const Crew& crew = fleet_.primary;
    if (crew.failing.empty() || !stops_.scaled_in.empty()) return;
    const std::int64_t failing = size_of(crew.failing);
    std::int64_t count =
        std::clamp<std::int64_t>(size_of(crew.healthy) + failing - service_.desired_count, 0, failing);
    const bool none_comes = starts_.count == 0 && crew.pending.empty() && crew.settling.empty();
    if (count == 0 && none_comes && stuck() > 0) count = 1;
    stops_.unhealthy = crew.failing;
    std::ranges::sort(stops_.unhealthy, {}, [](const ServiceTask* task) {
      return std::pair(task->created_at, std::string_view(task->id));
    });
    stops_.unhealthy.resize(static_cast<std::size_t>(count));
  }

  // Tasks of old deployments that nobody is served by.
  void stop_idle_old() {
    append(stops_.scaled_in, fleet_.old.failing);
    scale_in(fleet_.old.pending, size_of(fleet_.old.pending));
  }

  // RUNNING ones that do not count as healthy yet go early only while healthy and settling ones together stay
  // above the bound: where nothing better is there, they are what will be.
  void stop_settling_old() {
    const std::int64_t serving = healthy_ + size_of(fleet_.old.settling);
    const std::int64_t wanted = std::max(serving - service_.desired_count, stuck());
    scale_in(fleet_.old.settling, std::min(serving - bounds_.lower, wanted));
  }

  // Healthy ones make way for healthy ones, or for those that have no room; never below the bound.
  void stop_healthy_old() {
    const std::int64_t wanted = std::max(healthy_ - service_.desired_count, stuck());
    healthy_ -= scale_in(fleet_.old.healthy, std::min(healthy_ - bounds_.lower, wanted));
  }

  // After a failure the old tasks stay, but for those that are too many on their own.
  void scale_in_old() {
    const Crew& crew = fleet_.old;
    std::int64_t surplus = crew.alive() - service_.desired_count;
    for (const TaskList* list : {&crew.failing, &crew.pending, &crew.settling}) {
      surplus -= scale_in(*list, surplus);
    }
    surplus -= scale_in(crew.healthy, std::min(surplus, healthy_ - bounds_.lower));
    if (surplus <= 0) stops_.kept.clear();
  }

  const model::Service& service_;
  const Fleet& fleet_;
  const Starts& starts_;
  Bounds bounds_;
  Selector selector_;
  std::int64_t healthy_ = fleet_.healthy();  // that are left
  Stops stops_;
};

}  // namespace

Stops choose_stops(const model::Service& service, const Fleet& fleet, const Starts& starts, Now now) {
  return Chooser(service, fleet, starts, now).choose();
}

}  // namespace slipway::scheduler
