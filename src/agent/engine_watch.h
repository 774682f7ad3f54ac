// Whether the engine is there: from its event stream, and from a look of its own when that stays away. Tasks
// and container instances show it as connectivity and agentConnected. Made by the agent; control thread only.
#pragma once

#include <string>
#include <vector>

#include "agent/context.h"
#include "slipway/async/wake.h"

namespace slipway::agent {

class EngineWatch final {
 public:
  EngineWatch(Context& context, const boost::asio::any_io_executor& executor)
      : context_(context), changed_(executor) {}

  // The event stream was opened, or ended or could not be opened.
  void opened();
  void interrupted();
  // False from the moment at which the engine counts as away.
  bool answers() const { return answers_; }

  // For ever. What was stored by an earlier server is brought up to date first.
  static async::Awaitable<void> run(EngineWatch* self);

 private:
  async::Awaitable<void> follow();
  async::Awaitable<void> note(bool answers);
  async::Awaitable<void> store_state();
  void store_instances();
  void store_tasks(const std::vector<std::string>& arns, std::size_t begin, std::size_t end);

  Context& context_;
  async::Wake changed_;
  bool open_ = false;  // the event stream
  bool answers_ = true;
};

}  // namespace slipway::agent
