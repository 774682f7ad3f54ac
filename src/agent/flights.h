// What is under way for each task: in memory only, forgotten at a crash and found again by looking. Plain
// data of the driver and its jobs. Control thread only.
#pragma once

#include <string>
#include <unordered_map>

#include "slipway/lifecycle/plan.h"

namespace slipway::agent {

struct Flight {
  lifecycle::Work work;
  bool clean_up = false;  // a stopped task whose containers are to go now
  // A container's ports were chosen a second time because somebody took the first ones.
  lifecycle::Names second_ports;
};

using Flights = std::unordered_map<std::string, Flight>;

// In Work::busy: the job that removes what a stopped task left.
inline constexpr std::string_view kCleanUpJob = "~clean-up";

}  // namespace slipway::agent
