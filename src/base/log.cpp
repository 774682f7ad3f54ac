#include "slipway/base/log.h"

#include "base/log_sink.h"

namespace slipway {
namespace {

void append_json(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out += "\\u00";
      out.push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 0xFU]);
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

using Fields = std::initializer_list<Log::Field>;

void append_json_line(std::string& out, std::string_view time, LogLevel level, std::string_view event,
                      const Fields& fields) {
  ((((out += "{\"time\":\"") += time) += "\",\"level\":\"") += word(level)) += "\",\"event\":";
  append_json(out, event);
  for (const auto& [key, value] : fields) {
    out += ',';
    append_json(out, key);
    out += ':';
    append_json(out, value);
  }
  out += "}\n";
}

void append_text_line(std::string& out, std::string_view time, LogLevel level, std::string_view event,
                      const Fields& fields) {
  const std::string_view name = word(level);
  ((out += time) += ' ') += name;
  out.append(6 - name.size(), ' ');  // the longest word and a space
  out += event;
  for (const auto& [key, value] : fields) {
    ((out += ' ') += key) += '=';
    append_text(out, value);
  }
  out += '\n';
}

}  // namespace

Log::Log(LogLevel least, LogFormat format)
    : least_(least), format_(format), sink_(std::make_unique<LogSink>()) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  const auto append = format_ == LogFormat::Json ? append_json_line : append_text_line;
  sink_->write(level >= LogLevel::Warn,
               [&](std::string& out, std::string_view time) { append(out, time, level, event, fields); });
}

}  // namespace slipway
