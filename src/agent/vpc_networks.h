// The engine networks that stand for VPCs (decisions.md 20): made at a VPC's first task, one at a time per
// VPC, removed when unused for an hour. Gives tasks their addresses. Reports by calls; its work runs in the
// agent's job scope. Control thread only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "agent/context.h"
#include "slipway/async/task_scope.h"
#include "slipway/lifecycle/fold.h"

namespace slipway::agent {

class VpcNetworks final {
 public:
  // `done` is called for each waiting task: the network is there, or why it cannot be (nullopt error with no
  // network: the engine did not answer).
  struct Outcome {
    std::optional<model::VpcNetwork> network;
    std::optional<runtime::EngineError> error;
  };
  using Listener = std::function<void(const std::string& task, const Outcome&)>;

  VpcNetworks(Context& context, Listener done) : context_(context), done_(std::move(done)) {}

  void want(async::TaskScope& jobs, const model::Task& task);
  void clear() { waiting_.clear(); }

  // Removes networks that no task has used for an hour, and those of ours that the state does not know.
  async::Awaitable<void> remove_unused();

 private:
  using Key = std::pair<model::Scope, std::string>;  // VPC

  static async::Awaitable<void> ensure(VpcNetworks* self, Key key);
  async::Awaitable<Outcome> find(Key key);
  async::Awaitable<Outcome> make(model::VpcNetwork network);
  // Whether the engine has the network after a moment.
  async::Awaitable<bool> appears(std::string name);
  void warn_of_range(const model::VpcNetwork& network);

  Context& context_;
  Listener done_;
  std::map<Key, std::set<std::string>> waiting_;
};

// Address and name for a task's interface in `network`; nullopt when the subnet has no free address.
std::optional<lifecycle::Placement> place_interface(const store::Model& model, const model::Task& task,
                                                    const model::VpcNetwork& network);

}  // namespace slipway::agent
