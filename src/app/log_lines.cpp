#include "app/log_lines.h"

#include <nlohmann/json.hpp>

#include "slipway/runtime/log_time.h"

namespace slipway::app {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLongestLine = 256 * 1024;

// How many bytes at the end of `text` begin a UTF-8 character without ending it.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

std::string dump(const ordered_json& line) {
  return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

void LineAssembler::feed(const std::vector<runtime::LogPiece>& pieces, std::vector<LogLine>& out) {
  for (const runtime::LogPiece& piece : pieces) {
    std::optional<LogLine>& open = open_[static_cast<std::size_t>(piece.stream)];
    if (!open) open = LogLine{.time = piece.time, .stream = piece.stream, .text = {}};
    open->text += piece.text;
    if (piece.ends_line) {
      out.push_back(std::move(*open));
      open.reset();
    } else if (open->text.size() >= kLongestLine) {
      LogLine rest{.time = piece.time, .stream = piece.stream, .text = {}};
      const std::size_t whole = open->text.size() - unfinished(open->text);
      rest.text = open->text.substr(whole);
      open->text.resize(whole);
      open->partial = true;
      out.push_back(std::move(*open));
      open = std::move(rest);
    }
  }
}

void LineAssembler::finish(std::vector<LogLine>& out) {
  for (std::optional<LogLine>& open : open_) {
    if (open && !open->text.empty()) out.push_back(std::move(*open));
    open.reset();
  }
}

std::string encode_line(const LogOrigin& origin, const LogLine& line) {
  ordered_json out{{"time", runtime::log_time_text(line.time)},
                   {"task", origin.task},
                   {"container", origin.container},
                   {"stream", line.stream == runtime::LogStream::Stdout ? "stdout" : "stderr"},
                   {"text", line.text}};
  if (line.partial) out["partial"] = true;
  return dump(out);
}

std::string encode_trouble(const LogOrigin& origin, std::string_view error) {
  return dump({{"task", origin.task}, {"container", origin.container}, {"error", error}});
}

}  // namespace slipway::app
