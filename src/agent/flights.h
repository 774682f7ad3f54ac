// What is under way for each task: in memory only, forgotten at a crash and found again by looking. Plain
// data of the driver and its jobs. Control thread only.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "slipway/lifecycle/plan.h"

namespace slipway::agent {

// What a job does, for `slipway why`.
struct Job {
  lifecycle::Action action;
  Seconds grace{0};  // of Stop
  TimePoint since;   // real time
};

struct Flight {
  lifecycle::Work work;
  std::map<std::string, Job> jobs;  // of containers in work.busy; "" for EnsureNetwork
  bool clean_up = false;            // a stopped task whose containers are to go now
  // Containers made again: because somebody has their ports (how often), because the engine refused default
  // limits.
  std::map<std::string, int> other_ports;
  lifecycle::Names without_ulimits;

  // Nothing to remember: a task that just runs needs no flight.
  bool idle() const {
    return work.busy.empty() && work.pulling.empty() && work.uncertain.empty() && !clean_up &&
           other_ports.empty() && without_ulimits.empty();
  }
};

using Flights = std::unordered_map<std::string, Flight>;

// In Work::busy: the job that removes what a stopped task left.
inline constexpr std::string_view kCleanUpJob = "~clean-up";

}  // namespace slipway::agent
