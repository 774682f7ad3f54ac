// A service in a simulated world for the planner's property tests: tasks that start slowly, fail, crash, fall
// ill and stop slowly, clocks that jump, a cluster without room, users who interfere. No engine and no store:
// plans are applied to plain values as services/ecs applies them, and every plan is held against the rules.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "slipway/scheduler/service_plan.h"

namespace slipway::test {

class Chance final {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool percent(int chance) { return below(100) < chance; }
  int of(const std::vector<int>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

// How the tasks of one deployment behave; shares in percent.
struct Revision {
  bool checked = false;
  int fails_to_start = 0;
  int crashes = 0;
  int falls_ill = 0;
  int slowest_start = 5;  // seconds
  int longest_life = 60;  // of what crashes, seconds
};

struct SimTask {
  scheduler::ServiceTask seen;
  // Real time of what happens to it next, by itself; max: nothing.
  TimePoint runs_at = TimePoint::max(), fails_at = TimePoint::max(), judged_at = TimePoint::max(),
            ends_at = TimePoint::max();
  bool will_be_ill = false;
};

class ServiceWorld final {
 public:
  explicit ServiceWorld(std::uint64_t seed);

  // Random trouble for a while, then none; checks what must have become of the service. False after the first
  // broken rule (reported through GoogleTest).
  void live();

 private:
  // service_plan_world.cpp: the world
  void create();
  void deploy(bool good);
  void run_for(Seconds time, bool trouble);
  bool happen();  // what is due now; whether anything was
  TimePoint next_event() const;
  void step_task(SimTask& task);
  void act();
  void act_on_task();
  void act_on_service();
  void advance_to(TimePoint real);
  void settle();
  void calm_down();
  std::size_t start(std::size_t wanted, std::optional<scheduler::PlannedEvent>& note);
  void stop(SimTask& task, model::StopCode code);
  scheduler::ServiceSnapshot snapshot() const;
  scheduler::ServicePlan plan() const;
  void apply(const scheduler::ServicePlan& plan);
  void write(const std::string& event);
  model::ServiceDeployment* row();

  // service_plan_rules.cpp: what must hold
  void check_plan(const scheduler::ServicePlan& plan) const;
  void check_stops(const scheduler::ServicePlan& plan) const;
  void check_service() const;
  void check_row_change(const model::ServiceDeployment& before, const model::ServiceDeployment& after) const;
  void check_rest() const;
  void check_end() const;
  void check_silence();
  bool is_at_rest() const;
  std::int64_t alive() const;
  std::int64_t healthy() const;

  Chance chance_;
  Now now_;
  model::Service service_;
  std::map<std::string, model::ServiceDeployment> rows_;
  std::map<std::string, Revision> revisions_;  // by deployment id
  std::map<std::string, SimTask> tasks_;       // by ARN; until they are noted
  std::vector<std::string> events_;            // from old to new
  std::vector<std::string> last_reasons_;
  std::optional<TimePoint> look_, look_real_;
  std::int64_t capacity_ = 1000;
  bool can_roll_back_ = true;
  bool always_watched_ = false;  // by the circuit breaker
  bool changed_ = true;          // something that wakes the planner
  int made_ = 0;
};

}  // namespace slipway::test
