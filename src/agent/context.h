// What every part of the agent works with. Lives in Agent::State; control thread only.
#pragma once

#include "slipway/agent/agent.h"
#include "slipway/runtime/labels.h"

namespace slipway::agent {

struct Context {
  store::Store& store;
  runtime::Engine& engine;
  async::Clock& clock;
  IdSource& ids;
  Log& log;
  AgentSettings settings;
  AgentCounters counters;
  int making = 0;  // calls under way that make something; cut off, they would leave it behind

  // Labels of everything that this server makes.
  runtime::Labels labels() const {
    runtime::Labels labels;
    labels.emplace(runtime::kServerLabel, settings.server_id);
    if (!settings.data_dir.empty()) labels.emplace(runtime::kDataDirLabel, settings.data_dir);
    return labels;
  }
  // What finds everything that this server made.
  runtime::Labels own() const {
    runtime::Labels labels;
    labels.emplace(runtime::kServerLabel, settings.server_id);
    return labels;
  }
};

// While it lives, a call that makes something is under way.
class Making final {
 public:
  explicit Making(Context& context) : context_(context) { ++context_.making; }
  ~Making() { --context_.making; }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

 private:
  Context& context_;
};

// The engine did not say how the call ended: look before deciding anything.
inline bool outcome_unknown(const runtime::EngineError& error) {
  return error.kind == runtime::EngineErrorKind::Unreachable ||
         error.kind == runtime::EngineErrorKind::Timeout;
}

// As the Docker client that ECS's agent uses words the engine's errors.
inline std::string daemon_text(const runtime::EngineError& error) {
  return "Error response from daemon: " + error.message;
}

}  // namespace slipway::agent
