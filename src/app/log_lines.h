// What containers printed as the lines of /_slipway/logs. Pure, any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::app {

struct LogLine {
  runtime::LogTime time{};  // of its first piece
  runtime::LogStream stream = runtime::LogStream::Stdout;
  std::string text;      // any bytes
  bool partial = false;  // goes on in the next line of this stream
};

// Puts the pieces of one container's long lines together. A line of more than 256 KiB comes in parts.
class LineAssembler final {
 public:
  // The lines that `pieces` complete, appended to `out`.
  void feed(const std::vector<runtime::LogPiece>& pieces, std::vector<LogLine>& out);
  // At the end: what no newline has ended.
  void finish(std::vector<LogLine>& out);

 private:
  std::array<std::optional<LogLine>, 2> open_;  // by stream
};

// Where a line comes from.
struct LogOrigin {
  std::string task;  // id
  std::string container;
};

// {"time": …, "task": …, "container": …, "stream": "stdout", "text": …} and a newline, with "partial": true
// where it is so. Bytes that are no UTF-8 become U+FFFD.
std::string encode_line(const LogOrigin& origin, const LogLine& line);
// {"task": …, "container": …, "error": …} and a newline: why output of that container is missing.
std::string encode_trouble(const LogOrigin& origin, std::string_view error);

}  // namespace slipway::app
