// Why something does not happen: the reasons of the service planner, of the rules of a task's life and of the
// agent, put together for `slipway why`. Nothing is decided here. Control thread.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "slipway/lifecycle/waiting.h"
#include "slipway/store/model.h"

namespace slipway::app {

// What only the running parts know.
struct WhySources {
  std::function<std::vector<std::string>(const std::string& service_arn)> planner;
  std::function<std::vector<lifecycle::Wait>(const std::string& task_arn)> agent;
  std::function<bool()> engine_answers;
};

// {"kind": "service", …, "reasons", "tasks" (those with reasons), "events" and "stopped" (the newest)}
nlohmann::json why_service(const store::Model& model, const model::Service& service,
                           const WhySources& sources, Now now);
// {"kind": "task", …, "reasons", "containers"}; of a STOPPED one also how it ended.
nlohmann::json why_task(const store::Model& model, const model::Task& task, const WhySources& sources,
                        Now now);

}  // namespace slipway::app
