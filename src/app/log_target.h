// Whose output /_slipway/logs is asked for. Pure functions of the state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slipway/model/task.h"
#include "slipway/store/store.h"

namespace slipway::app {

// What was asked for: an ARN of a task or a service, the name of a service, a task's id or the beginning of
// one; where there is no ARN, `cluster` (name or ARN) and `region` narrow it down. Empty: any.
struct LogQuestion {
  std::string target;
  std::string cluster;
  std::string region;
  std::string container;  // only this one
};

// One task, or all of a service: one of `task_arn` and `service` is empty.
struct LogTarget {
  std::string cluster_arn;
  std::string task_arn;
  std::string service;      // name
  std::string service_arn;  // with `service`
  std::string container;    // only this one; empty: all
};

// Throws AwsError: 404 when there is no such thing, 400 when there are several; the text says what to do.
LogTarget find_log_target(const store::Store& store, const LogQuestion& question);

// Its tasks as far as they are known, stopped ones too, by ARN.
std::vector<model::TaskPtr> tasks_of(const store::Store& store, const LogTarget& target);
// The target's containers of that task which have output in the engine: not those that hold namespaces, not
// what was never created or is removed.
std::vector<const model::Container*> containers_of(const model::Task& task, const LogTarget& target);

// No task of the target prints anything any more, and none will be started.
bool is_over(const store::Store& store, const LogTarget& target);

}  // namespace slipway::app
