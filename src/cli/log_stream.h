// The output of containers as a running server gives it (GET /_slipway/logs): read line by line, and printed.
// For `slipway logs` and every command that shows what a task prints.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::cli {

// Whose output, and which part of it. `target`: an ARN of a task or a service, the name of a service, a
// task's id or the beginning of one; `cluster` and `region` narrow a name down. Empty members do not filter.
struct LogQuery {
  std::string target;
  std::string cluster, region;
  std::string container;
  std::string since;                 // "10m", or RFC 3339
  std::optional<std::int64_t> tail;  // the last lines of each container
  bool follow = false;               // until the task has ended, or the service is gone
};

// One line. With an `error` it says why output of that container is missing, and there is no text.
struct LogRecord {
  std::string time;  // RFC 3339
  std::string task;  // id
  std::string container;
  std::string stream;  // "stdout", "stderr"
  std::string text;
  bool partial = false;  // the line goes on in this container's next record of that stream
  std::string error;
};

struct LogReceiver {
  std::function<void(bool several)> opened{};             // whether more than one container may speak
  std::function<bool(const LogRecord& record)> record{};  // false: enough
};

// Returns at the end of the output, after a false of `record`, or when nobody reads our standard output any
// more. Throws CommandError with a text that says what to do.
void follow_logs(const std::string& endpoint, const LogQuery& query, const LogReceiver& receiver);

// The same with each line as the server sent it (JSON, without its newline).
struct LogLineReceiver {
  std::function<void(bool several)> opened{};
  std::function<bool(std::string_view line)> line{};
};
void follow_log_lines(const std::string& endpoint, const LogQuery& query, const LogLineReceiver& receiver);

// nullopt when `line` is none of the server's.
std::optional<LogRecord> parse_log_record(std::string_view line);

// Prints records on standard output, errors on standard error. With several sources each line begins with
// the short id of its task and its container, in a colour of their own on a terminal.
class LogPrinter final {
 public:
  void set_several(bool several) { several_ = several; }
  // False when nobody reads any more.
  bool print(const LogRecord& record);
  // Some output was missing.
  bool had_errors() const { return had_errors_; }

 private:
  std::string prefix(const LogRecord& record);

  bool several_ = false;
  bool had_errors_ = false;
  std::string open_;                            // whose line is not ended
  std::map<std::string, std::size_t> colours_;  // by source
};

}  // namespace slipway::cli
