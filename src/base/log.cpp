// The only file that includes spdlog.
#include "slipway/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace slipway {
namespace {

void append_json(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// A value that reads as one word stays bare; any other is quoted, so that a line splits unambiguously.
void append_text(std::string& out, std::string_view value) {
  const bool bare = !value.empty() && value.find_first_of(" \"\\=\t\r\n") == std::string_view::npos;
  if (bare) {
    out += value;
  } else {
    append_json(out, value);
  }
}

std::string_view word(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warn:
      return "warn";
    case LogLevel::Error:
      return "error";
  }
  return "";
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warn:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

struct Log::Sink {
  std::shared_ptr<spdlog::logger> logger;
};

Log::Log(LogLevel least, LogFormat format) : least_(least), format_(format), sink_(std::make_unique<Sink>()) {
  auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink_->logger = std::make_shared<spdlog::logger>("slipway", console);
  sink_->logger->set_level(to_spdlog(least));
  sink_->logger->flush_on(spdlog::level::debug);
  if (format == LogFormat::Json) {
    sink_->logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", spdlog::pattern_time_type::utc);
  } else {
    sink_->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
  }
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  std::string line;
  if (format_ == LogFormat::Json) {
    line += "\"level\":";
    append_json(line, word(level));
    line += ",\"event\":";
    append_json(line, event);
    for (const auto& [key, value] : fields) {
      line += ",";
      append_json(line, key);
      line += ":";
      append_json(line, value);
    }
  } else {
    line += word(level);
    line.append(6 - line.size(), ' ');  // the longest word and a space
    line += event;
    for (const auto& [key, value] : fields) {
      line += " ";
      line += key;
      line += "=";
      append_text(line, value);
    }
  }
  sink_->logger->log(to_spdlog(level), "{}", line);
}

}  // namespace slipway
