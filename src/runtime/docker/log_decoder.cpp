#include "runtime/docker/log_decoder.h"

#include <algorithm>
#include <optional>

#include "slipway/runtime/log_time.h"

namespace slipway::runtime::docker {
namespace {

constexpr std::size_t kFrameHead = 8;
// An engine cuts lines at 16 KiB; what log plugins hand it may be longer.
constexpr std::size_t kLongestFrame = 16 * 1024 * 1024;
constexpr std::size_t kLongestStamp = 35;  // 2026-11-22T13:56:28.673946034+01:00
// Where the engine cuts a long line in two; in text form nothing but the second part's stamp shows it.
constexpr std::size_t kCut = 16 * 1024;
constexpr std::uint8_t kStdin = 0, kStderr = 2, kSystemError = 3;

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// The stamp at the beginning of `text` with the space after it, if there is one.
std::optional<LogTime> find_stamp(std::string_view text, std::size_t& size) {
  const auto space = text.substr(0, kLongestStamp + 1).find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  size = space + 1;
  return parse_log_time(text.substr(0, space));
}

}  // namespace

std::vector<LogPiece> LogDecoder::feed(std::string_view bytes) {
  std::vector<LogPiece> out;
  rest_ += bytes;
  begin_ = 0;
  if (error_.empty() && form_ == Form::Frames) read_frames(out);
  if (error_.empty() && form_ == Form::Text) read_text(out);
  rest_.erase(0, error_.empty() ? begin_ : rest_.size());
  return out;
}

void LogDecoder::read_frames(std::vector<LogPiece>& out) {
  while (error_.empty() && rest_.size() - begin_ >= kFrameHead) {
    const std::string_view all = std::string_view(rest_).substr(begin_);
    const auto stream = static_cast<std::uint8_t>(all[0]);
    const std::size_t size = big_endian(all.substr(4, 4));
    if (stream > kSystemError || size > kLongestFrame) {
      error_ = "the engine's stream of output cannot be read: it has no frames";
      return;
    }
    if (all.size() < kFrameHead + size) return;
    begin_ += kFrameHead + size;
    read_frame(stream, all.substr(kFrameHead, size), out);
  }
}

void LogDecoder::read_frame(std::uint8_t stream, std::string_view payload, std::vector<LogPiece>& out) {
  if (stream == kSystemError) {
    error_ = payload.substr(0, payload.find('\n'));
    if (error_.empty()) error_ = "the engine cannot read on";
    return;
  }
  if (stream == kStdin || payload.empty()) return;
  take_stamp(payload);
  // One frame is one line or a part of one; others are cut, so that no piece holds a newline.
  bool more = true;
  while (more) {
    const auto end = payload.find('\n');
    LogPiece piece;
    piece.stream = stream == kStderr ? LogStream::Stderr : LogStream::Stdout;
    piece.time = time_;
    piece.text = payload.substr(0, end);
    piece.ends_line = end != std::string_view::npos;
    payload.remove_prefix(piece.ends_line ? end + 1 : payload.size());
    more = !payload.empty();
    out.push_back(std::move(piece));
  }
}

void LogDecoder::take_stamp(std::string_view& text) {
  std::size_t size = 0;
  const auto stamp = find_stamp(text, size);
  if (!stamp) return;
  time_ = *stamp;
  text.remove_prefix(size);
}

void LogDecoder::read_text(std::vector<LogPiece>& out) {
  while (begin_ < rest_.size() && (stamped_ || read_stamp()) && read_line(out)) {
  }
}

// False when more bytes are needed.
bool LogDecoder::read_stamp() {
  std::string_view text = std::string_view(rest_).substr(begin_);
  const std::size_t before = text.size();
  if (before <= kLongestStamp && text.find_first_of(" \n") == std::string_view::npos) return false;
  take_stamp(text);
  begin_ += before - text.size();
  stamped_ = true;
  return true;
}

// The rest of a line, or the part of it before a cut. False when more bytes are needed.
bool LogDecoder::read_line(std::vector<LogPiece>& out) {
  const std::string_view text = std::string_view(rest_).substr(begin_);
  const auto end = text.substr(0, kCut + 1).find('\n');
  LogPiece piece;
  piece.time = time_;
  if (end != std::string_view::npos) {
    piece.text = text.substr(0, end);
    if (piece.text.ends_with('\r')) piece.text.pop_back();  // what a terminal makes of a newline
    begin_ += end + 1;
    stamped_ = false;
  } else {
    if (text.size() <= kCut) return false;
    std::size_t size = 0;
    const bool cut = find_stamp(text.substr(kCut), size).has_value();
    if (!cut && text.size() <= kCut + kLongestStamp) return false;
    piece.text = text.substr(0, kCut);
    piece.ends_line = false;
    begin_ += kCut;
    stamped_ = !cut;
  }
  out.push_back(std::move(piece));
  return true;
}

std::vector<LogPiece> LogDecoder::finish() {
  std::vector<LogPiece> out;
  if (!error_.empty() || rest_.empty()) return out;
  if (form_ == Form::Frames) {
    error_ = "the engine's stream of output ended in the middle of a frame";
    return out;
  }
  // Nothing comes any more that could tell a stamp from text, or a newline from a cut.
  LogPiece piece;
  std::string_view text = rest_;
  if (!stamped_) take_stamp(text);
  piece.time = time_;
  piece.text = text;
  piece.ends_line = false;
  rest_.clear();
  out.push_back(std::move(piece));
  return out;
}

}  // namespace slipway::runtime::docker
