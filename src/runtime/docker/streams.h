// Decoders of the engine's endless answers: lines out of pieces, events, progress of a pull. They do no I/O:
// bytes in, values out. Control thread only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::runtime::docker {

// Cuts a stream into lines; empty lines and the carriage returns at their ends are dropped. A line longer
// than 1 MiB (the engine writes none) is dropped too.
class LineSplitter final {
 public:
  // The lines that `bytes` completes.
  std::vector<std::string> feed(std::string_view bytes);

 private:
  std::string rest_;
  bool overlong_ = false;
};

struct ContainerEvent {
  std::string id;
  Labels labels;  // the event's attributes: the container's labels, its name and image
};

// One line of GET /events; nullopt when it is not about a container.
std::optional<ContainerEvent> decode_event(const std::string& line);

// The progress stream of POST /images/create.
class PullDecoder final {
 public:
  // The texts that changed the picture: a layer that entered a new stage, the closing status.
  std::vector<std::string> feed(std::string_view bytes);
  // What the stream said went wrong.
  const std::optional<EngineError>& error() const { return error_; }

 private:
  void read_line(const std::string& line, std::vector<std::string>& out);

  LineSplitter lines_;
  std::map<std::string, std::string> stages_;  // layer -> last status
  std::optional<EngineError> error_;
};

// The kind of a pull's failure by its text: NotFound, Denied, else `otherwise`.
EngineErrorKind classify_pull_error(std::string_view message, EngineErrorKind otherwise);

}  // namespace slipway::runtime::docker
