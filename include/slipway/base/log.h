// The log: an event name and key/value pairs, one line each, to standard error. Thread-safe.
// Levels: error = our bug or lost data; warn = an outside failure that is retried, or a help that AWS would
// not give; info = a state transition; debug = decisions and reads. Never environment values or secrets.
// A warning or error is written before the call returns, with all lines before it; any other line within 20
// ms and at the end of the program at the latest, so that only a crash or a kill -9 loses the last of those.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace slipway {

enum class LogLevel { Debug, Info, Warn, Error };
enum class LogFormat { Text, Json };

class LogSink;

class Log {
 public:
  using Field = std::pair<std::string_view, std::string>;

  Log(LogLevel least, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(LogLevel level) const { return level >= least_; }
  void write(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

  void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::Debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::Info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::Warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(LogLevel::Error, event, fields);
  }

 private:
  LogLevel least_;
  LogFormat format_;
  std::unique_ptr<LogSink> sink_;
};

}  // namespace slipway
