// A service on the whole of Slipway but for its HTTP server: ECS's operations, the controller, the agent and
// a simulated engine, with a hand-moved clock. Random revisions, users and trouble; after each commit the
// rules hold, and once the world is calm the service is what it was asked to be.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/agent_world.h"

namespace slipway::test {

class Luck final {
 public:
  explicit Luck(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool percent(int chance) { return below(100) < chance; }
  template <class T>
  T of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

// How the tasks of a revision behave: those before Unpullable become healthy first.
enum class Nature {
  Good,
  StartsSlowly,
  BecomesHealthy,
  DiesLater,
  FallsIll,
  Unpullable,
  DoesNotStart,
  Crashes,
  NeverHealthy
};

struct ServiceWish {
  bool fargate = false;
  bool breaker = false;
  bool rollback = false;
  int desired = 1;
  int minimum = 100;
  int maximum = 200;
  Nature first = Nature::Good;
};

ServiceWish random_wish(Luck& luck);
bool is_checked(Nature nature);

// What may be made to fail.
inline const std::vector<std::string> kVerbs{"create", "start", "stop", "inspect", "remove", "list"};
inline constexpr const char* kService = "arn:aws:ecs:us-east-1:000000000000:service/default/web";

class ServiceStory final {
 public:
  ServiceStory(const ServiceWish& wish, std::int64_t memory_mib);

  // What users do.
  void deploy(Nature nature);
  void scale(int desired);
  void update(nlohmann::json members);
  void stop_deployment();
  void protect(const std::string& task, int minutes);
  void remove();

  void pass(Seconds time);
  // Everything works from now on.
  void calm_down();

  // What became of it: each reports through GoogleTest.
  void check_that_the_deployment_ended();
  // After a good deployment and enough time.
  void check_that_all_is_well();
  void check_that_all_is_gone();
  // Statuses and reasons, the same whenever the same happened.
  std::string end_state();

  model::Service service();
  std::vector<model::TaskPtr> tasks();  // that are not STOPPED
  bool deleted() const { return deleted_; }

  World world;

 private:
  std::string define(Nature nature);
  bool is_healthy(const model::Task& task, const model::Service& service);
  std::int64_t alive();
  std::int64_t healthy();
  void check_task(const model::Task& task);
  void write_events();

  bool fargate_ = false;
  bool deleted_ = false;
  std::map<std::string, Nature> natures_;  // by the ARN of the definition
  std::map<std::string, model::TaskPtr> known_;
  std::string last_event_;
};

}  // namespace slipway::test
