// An ECS API of its own in memory, without an engine: what it accepts is launched nowhere and gone with it.
// `slipway validate` asks it what registering and creating would answer. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace slipway::app {

class Scratch final {
 public:
  // `strict`: as `serve --strict` answers.
  explicit Scratch(bool strict);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  struct Answer {
    int status = 0;
    std::string body;  // JSON
  };
  Answer call(const std::string& operation, const std::string& input);
  // What was helped with or does not act so far, as `status --aws-gaps` says it.
  std::vector<std::string> warnings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::app
